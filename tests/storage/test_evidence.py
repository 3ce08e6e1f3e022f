"""Counts of where pictures and posts went, and how far logs were read, on both databases."""

from datetime import timedelta

from storage.database import Database
from storage.evidence import AccessLog
from tests.support.rows import NOW

HASH = "ab" * 32


async def test_counts_add_up_and_old_ones_go(database: Database) -> None:
    later = NOW + timedelta(days=1)
    async with database.unit_of_work() as records:
        await records.evidence.count_fetches({(HASH, 1, "", "served"): 2, (HASH, 2**40, "GPTBot", "refused"): 1}, NOW)
        await records.evidence.count_visits({("https://a/1", "b.example", "fetch", "", ""): 1}, NOW)
        await records.evidence.count_fetches({}, NOW)
    async with database.unit_of_work() as records:
        await records.evidence.count_fetches({(HASH, 1, "", "served"): 3}, later)
        fetches = await records.evidence.find_fetches([HASH, "cd" * 32])
        assert [(row.host_number, row.count, row.first_at, row.last_at) for row in fetches] == [
            (1, 5, NOW, later), (2**40, 1, NOW, NOW),
        ]  # fmt: skip
        assert [(row.netloc, row.count) for row in await records.evidence.find_visits("https://a/1")] == [
            ("b.example", 1)
        ]
        assert await records.evidence.remove_old(NOW + timedelta(seconds=1)) == 2
        assert [row.count for row in await records.evidence.find_fetches([HASH])] == [5]


async def test_the_place_in_a_log_is_kept(database: Database) -> None:
    for offset in (10, 2**40):
        async with database.unit_of_work() as records:
            await records.evidence.note_log(AccessLog(path="/var/log/a.log", inode=2**33, offset=offset))
    async with database.reading() as records:
        kept = await records.evidence.find_log("/var/log/a.log")
        assert kept is not None
        assert (kept.inode, kept.offset) == (2**33, 2**40)
        assert await records.evidence.find_log("/var/log/b.log") is None
        assert await records.hosts.find_netlocs([1, 2]) == {}
        assert await records.keys.find_ever(None, "ed25519") == []
