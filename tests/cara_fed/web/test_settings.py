"""An artist's settings, and what becomes of them on the wall."""

import re

import pytest

from cara_fed.services import Services
from storage.artists import Artist
from tests.cara_fed.web.conftest import Open
from tests.support.browsers import Browser
from tests.support.instances import jpeg

Artists = dict[str, Artist]
PROFILE = {
    "display_name": "Mara  Lind",
    "summary": "I draw salt.\nAnd https://mara.example too.",
    "field_name-0": "Shop",
    "field_value-0": "https://shop.example",
    "discoverable": "1",
}


async def test_a_profile_is_shown_as_it_was_saved(mara_there: Browser, visitor: Browser) -> None:
    files = {
        "avatar": ("me.jpg", jpeg(300, 300), "image/jpeg"),
        "banner": ("wide.jpg", jpeg(1600, 400), "image/jpeg"),
    }
    saved = await mara_there.fill_in("/settings", PROFILE, files=files)
    assert saved.headers["location"] == "/settings"
    form = await mara_there.follow(saved)
    assert "Saved." in form.text
    for words in ('value="Mara Lind"', "I draw salt.", 'value="Shop"', 'value="https://shop.example"'):
        assert words in form.text
    assert re.search(r'name="discoverable" value="1" checked', form.text)
    assert not re.search(r'name="indexable" value="1" checked', form.text)
    assert "Saved." not in (await mara_there.get("/settings")).text
    wall = await visitor.get("/@mara")
    assert "<bdi>Mara Lind</bdi>" in wall.text
    assert 'class="banner' in wall.text
    for url in re.findall(r'src="(/media/[^"]+)"', wall.text):
        assert (await visitor.get(url)).status_code == 200
    assert len(re.findall(r'<img src="/media/', wall.text)) == 2
    assert '<meta property="og:image" content="https://studio.example/media/' in wall.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"display_name": "x" * 101}, "At most 100 characters"),
        ({"summary": "x" * 5001}, "At most 5,000 characters"),
        ({"field_name-0": ""}, "Give it a name"),
        ({"field_name-0": "x" * 101}, "A line"),
    ],
)
async def test_a_refused_profile_keeps_what_was_typed(
    mara_there: Browser, visitor: Browser, changes: dict[str, str], said: str
) -> None:
    refused = await mara_there.fill_in("/settings", PROFILE | changes)
    assert refused.status_code == 422
    assert said in refused.text
    assert "https://shop.example" in refused.text
    assert "Mara Lind" not in (await visitor.get("/@mara")).text


async def test_a_portrait_that_is_no_picture_is_refused(mara_there: Browser) -> None:
    refused = await mara_there.fill_in("/settings", PROFILE, files={"avatar": ("me.exe", b"MZ" * 99, "image/png")})
    assert refused.status_code == 422
    assert 'class="error"' in refused.text


async def test_an_artists_opt_out_holds_for_the_wall_and_can_follow_the_site_again(
    mara_there: Browser, visitor: Browser
) -> None:
    saved = await mara_there.fill_in("/settings/opt-out", {"opt_out": "no-automated-use"})
    assert 'value="no-automated-use" checked' in (await mara_there.follow(saved)).text
    wall = await visitor.get("/@mara")
    assert wall.headers["content-usage"] == "train-ai=n, search=n"
    assert '<meta name="robots" content="noindex, noai, noimageai">' in wall.text
    assert (await visitor.get("/")).headers["content-usage"] == "train-ai=n"
    assert "As for all my work: No automated use" in (await mara_there.get("/publish")).text
    await mara_there.fill_in("/settings/opt-out", {"opt_out": ""})
    assert (await visitor.get("/@mara")).headers["content-usage"] == "train-ai=n"
    refused = await mara_there.fill_in("/settings/opt-out", {"opt_out": "perhaps"})
    assert refused.status_code == 422


async def test_where_one_is_signed_in_is_listed_and_can_be_ended(mara_there: Browser, browse: Open) -> None:
    phone, laptop = browse(), browse()
    phone.client.headers["user-agent"] = "Mozilla/5.0 (iPhone) Version/18.5 Mobile Safari/604.1"
    laptop.client.headers["user-agent"] = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
    await phone.log_in("mara")
    await laptop.log_in("mara")
    page = await mara_there.get("/settings/sessions")
    assert "Safari, iPhone" in page.text and "Firefox, Linux" in page.text
    assert page.text.count("this one") == 1
    assert len(re.findall('name="reference"', page.text)) == 2
    row = page.text.index("Safari, iPhone")
    reference = re.search(r'name="reference" value="([^"]+)"', page.text[row:])
    assert reference
    await mara_there.send("/settings/sessions/end", {"reference": reference[1]})
    assert (await phone.get("/settings")).status_code == 303
    assert (await laptop.get("/settings")).status_code == 200
    await mara_there.send("/settings/sessions/end-others")
    assert (await laptop.get("/settings")).status_code == 303
    assert (await mara_there.get("/settings")).status_code == 200


async def test_nobody_ends_anothers_session(mara_there: Browser, theo_there: Browser) -> None:
    page = await mara_there.get("/settings/sessions")
    assert "Log out everywhere else" not in page.text
    await theo_there.get("/settings")
    await theo_there.send("/settings/sessions/end", {"reference": ""})
    await theo_there.send("/settings/sessions/end-others")
    assert (await mara_there.get("/settings")).status_code == 200


@pytest.mark.parametrize("path", ["/settings", "/settings/opt-out", "/settings/password", "/settings/sessions"])
async def test_settings_are_for_who_is_signed_in(visitor: Browser, services: Services, path: str) -> None:
    assert (await visitor.get(path)).headers["location"].startswith("/login?next=%2Fsettings")
