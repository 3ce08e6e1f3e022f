"""Stories of appeals that come as a Flag, from the listed themselves."""

import pytest

from cara_fed.blocklist.appeals import MAX_OPEN, answer_appeal, file_appeal
from cara_fed.blocklist.entry_pages import EntryRef, find_own_entry, read_entry_id, ref_of
from cara_fed.blocklist.list_entry import EntryDraft, list_entry, retract_entry
from cara_fed.errors import InvalidInput, NotAllowed, NotFound
from storage.appeals import Appeal
from tests.support.fediverse import Fediverse, Instance
from tests.support.strangers import Stranger


@pytest.fixture
async def eve(fediverse: Fediverse, studio: Instance) -> Stranger:
    """Somebody who followed, so that her key is known, and was listed then."""
    eve = fediverse.stranger("scraper.example")
    await eve.post(studio.shared_inbox, eve.activity("Follow", studio.actor("mara")))
    await fediverse.settle()
    await list_entry(studio.services, EntryDraft("scraper.example", "feeds a model"))
    await list_entry(studio.services, EntryDraft("https://far.example/users/bot", "follows everybody"))
    return eve


async def open_appeals(studio: Instance) -> list[Appeal]:
    async with studio.services.database.reading() as records:
        return list(await records.appeals.find_page())


async def test_the_listed_may_appeal_and_nothing_else(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    page = f"{studio.base}/blocklists/ai-scrapers/scraper.example"
    flag = eve.activity("Flag", page, content="<p>We stopped in March.</p>")
    assert (await eve.post(studio.shared_inbox, flag)).status_code == 202
    assert (await eve.post(studio.shared_inbox, flag)).status_code == 202
    await fediverse.settle()

    (appeal,) = await open_appeals(studio)
    assert (appeal.entry_key, appeal.content, appeal.contact) == ("scraper.example", "We stopped in March.", eve.actor)
    for objects in (studio.actor("mara"), [page, studio.actor("mara")]):
        other = eve.activity("Flag", objects, number=9)
        assert (await eve.post(studio.shared_inbox, other)).status_code == 403
    for type_ in ("Like", "Follow"):
        assert (await eve.post(studio.shared_inbox, eve.activity(type_, page))).status_code == 403


async def test_an_appeal_is_signed_like_anything_else(studio: Instance, eve: Stranger) -> None:
    flag = eve.activity("Flag", f"{studio.base}/blocklists/ai-scrapers/scraper.example")
    assert (await eve.post(studio.shared_inbox, flag, unsigned=True)).status_code == 401


async def test_granting_takes_the_entry_back(fediverse: Fediverse, studio: Instance, eve: Stranger) -> None:
    assert await studio.followers_of("mara", "suspended") == {eve.actor}
    pk = await file_appeal(studio.services, EntryRef("scraper.example"), "We stopped.", "ops@scraper.example")
    enacted = await answer_appeal(studio.services, pk, grant=True, answer="They have; we looked.")
    assert enacted.resumed == 1
    assert await studio.followers_of("mara") == {eve.actor}
    async with studio.services.database.reading() as records:
        changes = await records.blocklist_changes.find_after(0, 10)
    assert (changes[-1].change_type, changes[-1].comment) == ("retraction", "They have; we looked.")
    with pytest.raises(NotFound, match="answered already"):
        await answer_appeal(studio.services, pk, grant=False, answer="No.")


async def test_refusing_leaves_it(studio: Instance, eve: Stranger) -> None:
    pk = await file_appeal(studio.services, EntryRef("scraper.example"), "We stopped.")
    assert not await answer_appeal(studio.services, pk, grant=False, answer="They have not.")
    assert studio.services.blocklist.find("scraper.example") is not None
    with pytest.raises(InvalidInput, match="answer"):
        await answer_appeal(studio.services, pk, grant=False, answer=" ")


async def test_what_cannot_be_appealed_against(studio: Instance, eve: Stranger) -> None:
    with pytest.raises(NotFound):
        await file_appeal(studio.services, EntryRef("nobody.example"), "We stopped.")
    with pytest.raises(InvalidInput, match="Say why"):
        await file_appeal(studio.services, EntryRef("scraper.example"), " ")
    with pytest.raises(InvalidInput, match="At most"):
        await file_appeal(studio.services, EntryRef("scraper.example"), "x" * 5001)
    for _ in range(MAX_OPEN):
        await file_appeal(studio.services, EntryRef("scraper.example"), "We stopped.")
    with pytest.raises(NotAllowed, match="wait for an answer"):
        await file_appeal(studio.services, EntryRef("scraper.example"), "We stopped.")


async def test_addresses_of_entries_lead_back_to_them(studio: Instance, eve: Stranger) -> None:
    await retract_entry(studio.services, "scraper.example")
    for kind, key in (("domain", "scraper.example"), ("actor", "https://far.example/users/bot")):
        async with studio.services.database.reading() as records:
            entry = await records.blocklist.find(kind, key)
            assert entry is not None
            ref = read_entry_id(f"{studio.base}{ref_of(entry).path}", studio.services.site)
            assert ref == ref_of(entry)
            found = await find_own_entry(records, ref)
        assert found is not None
        assert found.pk == entry.pk


@pytest.mark.parametrize(
    "id",
    [
        "https://studio.example/blocklists/ai-scrapers",
        "https://studio.example/blocklists/ai-scrapers/",
        "https://studio.example/blocklists/ai-scrapers/a/b",
        "https://far.example/blocklists/ai-scrapers/a.example",
        "https://studio.example/users/mara",
    ],
)
def test_other_addresses_are_no_entries(id: str, studio: Instance) -> None:
    assert read_entry_id(id, studio.services.site) is None
