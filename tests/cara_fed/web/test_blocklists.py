"""The public blocklist and the rooms behind it, looked at through browsers."""

import pytest

from cara_fed.blocklist.list_entry import EntryDraft, list_entry, retract_entry
from cara_fed.services import Services
from storage.artists import Artist
from tests.support.browsers import Browser
from tests.support.instances import add_follower

Artists = dict[str, Artist]
PATH = "/blocklists/ai-scrapers"
DRAFT = EntryDraft("scraper.example", "Harvests <b>everything</b>.", evidence=("https://report.example/1",))
BOT = EntryDraft("https://far.example/users/bot", "Follows everybody.", "alias", "filter")


async def test_everybody_can_read_who_is_listed_and_why(services: Services, visitor: Browser) -> None:
    assert "Nobody is listed." in (await visitor.get(PATH)).text
    await list_entry(services, DRAFT)
    await list_entry(services, BOT)
    page = await visitor.get(PATH)
    assert "Harvests &lt;b&gt;everything&lt;/b&gt;." in page.text
    assert f'href="{PATH}/scraper.example"' in page.text
    entry = await visitor.get(f"{PATH}/scraper.example")
    assert 'href="https://report.example/1"' in entry.text
    assert "Nobody has appealed." in entry.text


async def test_an_entry_that_was_taken_back_says_so(services: Services, visitor: Browser) -> None:
    await list_entry(services, DRAFT)
    await retract_entry(services, "scraper.example")
    assert "This entry was taken back on" in (await visitor.get(f"{PATH}/scraper.example")).text
    assert "scraper.example" not in (await visitor.get(PATH)).text


@pytest.mark.parametrize("name", ["nobody.example", "116000000000000000", "x", "scraper.example%2Fx"])
async def test_other_entries_have_no_page(visitor: Browser, name: str) -> None:
    assert (await visitor.get(f"{PATH}/{name}")).status_code == 404


async def test_a_visitor_appeals_and_an_admin_answers_in_public(
    services: Services, artists: Artists, visitor: Browser, ada_there: Browser
) -> None:
    await add_follower(services, artists["mara"], "https://scraper.example/users/bot")
    await list_entry(services, DRAFT)
    form = f"{PATH}/scraper.example/appeal"
    refused = await visitor.fill_in(form, {"content": " ", "contact": "ops@scraper.example"})
    assert refused.status_code == 422
    assert "Say why the entry is wrong." in refused.text
    sent = await visitor.fill_in(form, {"content": "We <i>stopped</i>.", "contact": "ops@scraper.example"})
    page = await visitor.follow(sent)
    assert "waiting for an answer" in page.text
    assert "stopped" not in page.text
    assert "ops@scraper.example" not in page.text

    room = await ada_there.get("/admin/appeals")
    assert "We &lt;i&gt;stopped&lt;/i&gt;." in room.text
    assert "ops@scraper.example" in room.text
    async with services.database.reading() as records:
        (appeal,) = await records.appeals.find_page()
    answer = {"appeal": str(appeal.pk), "decision": "grant"}
    empty = await ada_there.fill_in("/admin/appeals", answer | {"answer": ""})
    assert (empty.status_code, "Give an answer" in empty.text) == (422, True)
    done = await ada_there.fill_in("/admin/appeals", answer | {"answer": "True, we looked."})
    assert "1 follow is back" in (await ada_there.follow(done)).text
    page = await visitor.get(f"{PATH}/scraper.example")
    assert "True, we looked." in page.text
    assert services.blocklist.find("scraper.example") is None


async def test_appeals_are_limited_and_need_the_form(services: Services, visitor: Browser) -> None:
    await list_entry(services, DRAFT)
    form = f"{PATH}/scraper.example/appeal"
    for _ in range(5):
        assert (await visitor.fill_in(form, {"content": "We stopped."})).status_code == 303
    refused = await visitor.fill_in(form, {"content": "We stopped."})
    assert "tried too often" in refused.text
    assert (await visitor.client.post(form, data={"content": "We stopped."})).status_code == 400


@pytest.mark.parametrize("path", ["/admin/appeals", "/admin/lists", "/admin/history"])
async def test_the_rooms_are_for_those_who_run_the_place(mara_there: Browser, visitor: Browser, path: str) -> None:
    assert (await mara_there.get(path)).status_code == 403
    assert (await visitor.get(path)).status_code == 303


async def test_what_was_done_is_written_down(services: Services, ada_there: Browser) -> None:
    assert "Nothing was changed yet." in (await ada_there.get("/admin/history")).text
    entry = {"entry": "scraper.example", "kind": "domain"}
    await ada_there.send("/admin/blocklist", entry | {"reason": "Harvests.", "label": "alias", "policy": "drop"})
    for deed in ("allow", "forbid", "remove"):
        await ada_there.send(f"/admin/blocklist/{deed}", entry)
    async with services.database.reading() as records:
        done = await records.audit_log.find_page()
    assert [(each.author, each.action, each.subject) for each in reversed(done)] == [
        ("ada", action, "scraper.example") for action in ("list", "allow", "disallow", "retract")
    ]
    page = await ada_there.get("/admin/history")
    assert "drop: Harvests." in page.text


async def test_an_artist_reads_what_became_of_her_follows(
    services: Services, artists: Artists, mara_there: Browser
) -> None:
    path = "/settings/blocked-follows"
    assert "Nothing happened to your follows." in (await mara_there.get(path)).text
    await add_follower(services, artists["mara"], "https://scraper.example/users/bot")
    await list_entry(services, DRAFT)
    page = await mara_there.get(path)
    assert "https://scraper.example/users/bot" in page.text
    assert "suspended" in page.text
    table = await mara_there.get(f"{path}.csv")
    assert table.text.splitlines()[1].startswith(
        "https://scraper.example/users/bot,follower,suspended,scraper.example,"
    )
