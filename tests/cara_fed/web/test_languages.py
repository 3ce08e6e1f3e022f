"""Each reads this site in their own language: as they set it, as the browser was told or asks, as the instance does."""

import pytest

from cara_fed.services import Services
from cara_fed.words.languages import choose_tag, get_language
from cara_fed.words.speech import _, ngettext, speaking
from cara_fed.words.wishes import default_tag, negotiate
from cara_fed.words.writing import write_number, write_size
from storage.artists import Artist
from tests.support.browsers import Browser


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("fr", "fr"),
        ("fr-CA,en;q=0.8", "fr"),
        ("en-US,fr;q=0.9", "en"),  # an American who reads some French
        ("de, fr;q=0.4, en;q=0.7", "en"),
        ("fr;q=0, *", "en"),
        ("en;q=0.1,fr;q=0.2", "fr"),
        ("FR-latn-fr", "fr"),
        ("tlh", "en"),
        ("*", "en"),
        ("", "en"),
        (";;=,\x00,fr;q=nan,q", "en"),
        ("de," * 5000 + "fr", "en"),
    ],
)
def test_what_a_browser_asks_for_decides(asked: str, given: str) -> None:
    assert negotiate(asked, "en") == given


def test_an_instance_has_a_language_of_its_own() -> None:
    assert [default_tag(said) for said in (("fr-BE", "nl"), ("nl", "fr"), ("nl",), ())] == ["fr", "fr", "en", "en"]
    assert negotiate("tlh", "fr") == "fr"
    assert choose_tag(["../fr", "", "-", "x" * 9000]) is None


def test_words_and_numbers_are_in_the_language_spoken() -> None:
    assert (_("Follow"), write_number(1234.5), write_size(1_234_567)) == ("Follow", "1,234.5", "1.2 MB")
    with speaking("fr"):
        assert (_("Follow"), write_number(1234.5)) == ("Suivre", "1\u202f234,5")
        assert ngettext("%(num)s salt work here", "%(num)s salt works here", 0) == "0 salt works here"
        assert _("") == ""
    assert _("100%% of %(name)s", name="it") == "100% of it"
    assert get_language("en").direction == "ltr"


async def test_a_visitor_reads_what_the_browser_asks_for(visitor: Browser, artists: dict[str, Artist]) -> None:
    for _again in range(2):  # made, then kept
        french = await visitor.get("/@mara", accept_language="fr-FR,fr;q=0.9,en;q=0.5")
        english = await visitor.get("/@mara", accept_language="en-GB")
        assert '<html lang="fr" dir="ltr">' in french.text and "Se connecter" in french.text
        assert '<html lang="en" dir="ltr">' in english.text and "Log in" in english.text
        assert french.headers["content-language"] == "fr"
        assert {"accept-language", "cookie"} <= {name.strip().lower() for name in french.headers["vary"].split(",")}
        assert french.headers["etag"] != english.headers["etag"]


async def test_a_visitor_switches_and_is_led_back(visitor: Browser, artists: dict[str, Artist]) -> None:
    forged = await visitor.send("/language", {"language": "fr"}, headers={"sec-fetch-site": "cross-site"})
    assert forged.status_code == 400 and "set-cookie" not in forged.headers
    unknown = await visitor.send("/language", {"language": "../x", "back": "//evil.example"})
    assert unknown.headers["location"] == "/" and "set-cookie" not in unknown.headers

    answer = await visitor.send("/language", {"language": "fr", "back": "/@mara"})
    assert answer.headers["location"] == "/@mara"
    assert "Secure" in answer.headers["set-cookie"] and "HttpOnly" in answer.headers["set-cookie"]
    page = await visitor.get("/@mara", accept_language="en")
    assert 'lang="fr"' in page.text and page.headers["cache-control"].startswith("public")
    missing = await visitor.get("/nowhere")
    assert missing.status_code == 404 and '<html lang="fr"' in missing.text


async def test_an_artists_own_setting_comes_first(mara_there: Browser, services: Services) -> None:
    saved = await mara_there.fill_in("/settings/language", {"language": "fr"})
    assert '<html lang="fr"' in (await mara_there.follow(saved)).text
    assert '<html lang="fr"' in (await mara_there.get("/home", accept_language="en")).text
    await mara_there.send("/language", {"language": "en", "back": "/home"})
    assert '<html lang="en"' in (await mara_there.get("/home", accept_language="fr")).text
    await mara_there.fill_in("/settings/language", {"language": ""})
    assert '<html lang="fr"' in (await mara_there.get("/home", accept_language="fr")).text
    async with services.database.reading() as records:
        assert (await records.artists.get("mara")).language is None
