"""Subscriptions: a list that changes, fails, empties and goes away, and what stays in force meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from activitypub.origins import IdRule
from cara_fed.blocklist.entries import EntryRules
from cara_fed.blocklist.formats import ListUnreadable
from cara_fed.blocklist.subscriptions import Subscriber
from cara_fed.clock import Clock
from cara_fed.config import Subscription
from cara_fed.federation.addresses import AddressGuard
from cara_fed.federation.client import FederationClient
from cara_fed.federation.over_httpx import OverHttpx
from storage.blocklist import BlocklistEntry
from storage.database import Database
from storage.migrate import migrate
from storage.subscriptions import Subscription as State

URL = "https://lists.net/scrapers.csv"
OTHER = "https://others.net/list.csv"
ENFORCE = Subscription(url=URL, format="mastodon-csv")
REVIEW = Subscription(url=URL, format="mastodon-csv", action="review")
HEADER = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"


def listing(*domains: str) -> str:
    return HEADER + "".join(f"{domain},suspend,false,false,,false\n" for domain in domains)


MANY = tuple(f"host{number}.net" for number in range(12))


@dataclass
class Publisher:
    """Publishes one list with an ETag, or an error, or nothing at all."""

    body: str = ""
    status: int = 200
    content_type: str = "text/csv"
    etag: str = '"1"'
    asked: list[httpx.Request] = field(default_factory=list)

    def publish(self, body: str) -> None:
        self.body, self.etag = body, f'"{hash(body)}"'

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.status == 0:
            raise httpx.ConnectError("refused")
        if self.status == 200 and request.headers.get("if-none-match") == self.etag:
            return httpx.Response(304)
        headers = {"content-type": self.content_type, "etag": self.etag}
        return httpx.Response(self.status, text=self.body, headers=headers)


@dataclass
class Setting:
    """A subscriber with its database, and a clock that the test moves."""

    subscriber: Subscriber
    database: Database
    publisher: Publisher
    now: datetime = datetime(2026, 11, 21, 12, tzinfo=UTC)

    async def listed(self) -> dict[str, str]:
        async with self.database.reading() as records:
            return {entry.key: entry.source for entry in await records.blocklist.find_active(self.now)}

    async def state(self) -> State:
        async with self.database.reading() as records:
            state = await records.subscriptions.find(URL)
            assert state is not None
            return state

    async def revision(self) -> int:
        async with self.database.reading() as records:
            return await records.revisions.current("blocklist")

    async def list_locally(self, key: str, source: str = "local") -> None:
        async with self.database.unit_of_work() as records:
            pk = self.subscriber.clock.new_pk()
            await records.blocklist.add(
                BlocklistEntry(pk=pk, kind="domain", key=key, source=source, created_at=self.now)
            )


@pytest.fixture
async def setting(tmp_path: Path) -> AsyncIterator[Setting]:
    url = f"sqlite+aiosqlite:///{tmp_path}/cara.sqlite3"
    await asyncio.to_thread(migrate, url)
    database, publisher = Database(url), Publisher()
    client = FederationClient(OverHttpx(httpx.MockTransport(publisher.answer)), AddressGuard(), "test")
    made: list[Setting] = []
    clock = Clock(lambda: made[0].now)
    rules = EntryRules("art.studio.org", IdRule(allow_http=False))
    made.append(Setting(Subscriber(database, client, clock, rules), database, publisher))
    yield made[0]
    await database.dispose()


async def test_a_first_reading_adds_and_the_next_ones_add_change_and_retract(setting: Setting) -> None:
    setting.publisher.publish(listing("a.net", "b.net") + "ap.invalid,suspend\n")
    first = await setting.subscriber.refresh(ENFORCE)
    assert first.diff is not None
    assert [entry.key for entry in first.diff.added] == ["a.net", "b.net"]
    assert (first.applied, first.problem_count, first.error) == (True, 1, "")
    assert await setting.listed() == {"a.net": URL, "b.net": URL}

    setting.publisher.publish(HEADER + "b.net,silence,true,false,calmer,false\nc.net,suspend\n")
    second = await setting.subscriber.refresh(ENFORCE)
    assert second.diff is not None
    assert [entry.key for entry in second.diff.added] == ["c.net"]
    assert [entry.key for entry in second.diff.changed] == ["b.net"]
    assert second.diff.retracted == (("domain", "a.net"),)
    assert await setting.listed() == {"b.net": URL, "c.net": URL}
    async with setting.database.reading() as records:
        b, c = (
            await records.blocklist.find("domain", "b.net", URL),
            await records.blocklist.find("domain", "c.net", URL),
        )
    assert b is not None
    assert (b.policy, b.reason) == ("filter", "calmer")
    assert c is not None
    assert c.reason == "listed by lists.net"
    assert await setting.revision() == 2


async def test_what_was_retracted_can_be_listed_again(setting: Setting) -> None:
    for domains in (("a.net", "b.net"), ("b.net",), ("a.net", "b.net")):
        setting.publisher.publish(listing(*domains))
        await setting.subscriber.refresh(ENFORCE)
        assert set(await setting.listed()) == set(domains)


async def test_a_list_retracts_only_what_it_added(setting: Setting) -> None:
    await setting.list_locally("a.net")
    await setting.list_locally("a.net", OTHER)
    await setting.list_locally("b.net", OTHER)
    for domains in (("a.net", "b.net", "c.net"), ("c.net",)):
        setting.publisher.publish(listing(*domains))
        await setting.subscriber.refresh(ENFORCE)
    async with setting.database.reading() as records:
        active = {(entry.key, entry.source) for entry in await records.blocklist.find_active(setting.now)}
    assert active == {("a.net", "local"), ("a.net", OTHER), ("b.net", OTHER), ("c.net", URL)}


async def test_an_unchanged_list_is_asked_for_conditionally(setting: Setting) -> None:
    setting.publisher.publish(listing("a.net"))
    await setting.subscriber.refresh(ENFORCE)
    again = await setting.subscriber.refresh(ENFORCE)
    assert (again.diff, again.error) == (None, "")
    assert setting.publisher.asked[1].headers["if-none-match"] == setting.publisher.etag
    assert await setting.listed() == {"a.net": URL}
    assert await setting.revision() == 1


@pytest.mark.parametrize(
    ("status", "body", "content_type"),
    [
        (200, "", "text/csv"),
        (200, HEADER, "text/csv"),
        (200, listing(*MANY[:5]), "text/csv"),
        (200, "<html><body>moved</body></html>", "text/html"),
        (200, listing("ap.invalid", "127.0.0.1", "com"), "text/csv"),
        (404, "not found", "text/plain"),
        (500, listing("a.net"), "text/csv"),
        (403, "", "text/csv"),
        (0, "", ""),
    ],
)
async def test_a_failed_empty_or_shrunken_list_changes_nothing(
    setting: Setting, status: int, body: str, content_type: str
) -> None:
    setting.publisher.publish(listing(*MANY))
    await setting.subscriber.refresh(ENFORCE)
    before, state = await setting.listed(), await setting.state()

    setting.now += timedelta(days=1)
    setting.publisher.publish(body)
    setting.publisher.status, setting.publisher.content_type = status, content_type
    failed = await setting.subscriber.refresh(ENFORCE)

    assert failed.error
    assert failed.diff is None
    assert await setting.listed() == before
    assert await setting.revision() == 1
    after = await setting.state()
    assert (after.error, after.etag, after.succeeded_at) == (failed.error, state.etag, state.succeeded_at)
    assert after.fetched_at == setting.now

    setting.publisher.publish(listing(*MANY, "new.net"))
    setting.publisher.status, setting.publisher.content_type = 200, "text/csv"
    recovered = await setting.subscriber.refresh(ENFORCE)
    assert recovered.diff is not None
    assert [entry.key for entry in recovered.diff.added] == ["new.net"]
    assert (await setting.state()).error is None


async def test_an_admin_may_take_a_shrunken_list(setting: Setting) -> None:
    setting.publisher.publish(listing(*MANY))
    await setting.subscriber.refresh(ENFORCE)
    setting.publisher.publish(listing("host0.net"))
    assert (await setting.subscriber.refresh(ENFORCE)).error
    assert not (await setting.subscriber.refresh(ENFORCE, may_shrink=True)).error
    assert set(await setting.listed()) == {"host0.net"}


async def test_a_list_under_review_applies_nothing_and_shows_the_same_again(setting: Setting) -> None:
    setting.publisher.publish(listing("a.net"))
    for _ in range(2):
        refreshed = await setting.subscriber.refresh(REVIEW)
        assert refreshed.diff is not None
        assert [entry.key for entry in refreshed.diff.added] == ["a.net"]
        assert not refreshed.applied
    assert await setting.listed() == {}
    assert await setting.revision() == 0
    assert (await setting.subscriber.refresh(ENFORCE)).applied
    assert await setting.listed() == {"a.net": URL}


async def test_a_preview_tells_what_would_change_and_changes_nothing(setting: Setting) -> None:
    setting.publisher.publish(listing("a.net"))
    preview = await setting.subscriber.preview(ENFORCE)
    assert preview.diff is not None
    assert [entry.key for entry in preview.diff.added] == ["a.net"]
    assert await setting.listed() == {}
    setting.publisher.status = 404
    with pytest.raises(ListUnreadable, match="404"):
        await setting.subscriber.preview(ENFORCE)


async def test_a_list_is_due_by_its_hours_and_sooner_after_an_error(setting: Setting) -> None:
    assert await setting.subscriber.claim(ENFORCE)
    assert not await setting.subscriber.claim(ENFORCE)
    setting.publisher.publish(listing("a.net"))
    await setting.subscriber.refresh(ENFORCE)
    setting.now += timedelta(hours=23)
    assert not await setting.subscriber.claim(ENFORCE)
    setting.now += timedelta(hours=1)
    assert await setting.subscriber.claim(ENFORCE)
    setting.publisher.status = 503
    await setting.subscriber.refresh(ENFORCE)
    setting.now += timedelta(minutes=59)
    assert not await setting.subscriber.claim(ENFORCE)
    setting.now += timedelta(minutes=1)
    assert await setting.subscriber.claim(ENFORCE)


async def test_a_claim_whose_process_ended_is_taken_up_again(setting: Setting) -> None:
    assert await setting.subscriber.claim(ENFORCE)
    setting.now += timedelta(hours=1)
    assert await setting.subscriber.claim(ENFORCE)


async def test_two_processes_do_not_both_claim_a_list(setting: Setting) -> None:
    claims = await asyncio.gather(*(setting.subscriber.claim(ENFORCE) for _ in range(5)))
    assert claims.count(True) == 1


async def test_a_list_no_longer_subscribed_takes_its_entries_along(setting: Setting) -> None:
    await setting.list_locally("a.net")
    setting.publisher.publish(listing("a.net", "b.net"))
    await setting.subscriber.refresh(ENFORCE)
    assert await setting.subscriber.retire_all_but({URL}) == 0
    assert await setting.subscriber.retire_all_but(set()) == 2
    assert await setting.listed() == {"a.net": "local"}
    assert await setting.subscriber.retire_all_but(set()) == 0


async def test_a_list_of_another_format_is_read_anew(setting: Setting) -> None:
    setting.publisher.publish("a.net\n")
    await setting.subscriber.refresh(Subscription(url=URL, format="text"))
    assert (await setting.subscriber.refresh(ENFORCE)).diff is not None
