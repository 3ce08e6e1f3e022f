"""Our own blocklist as others read it: over HTTP, with its history, and only what was listed here."""

import csv
import io
from datetime import timedelta
from typing import Any

import httpx
import pytest

from activitypub.http_dates import format_http_date
from cara_fed.blocklist.bury import bury_entry
from cara_fed.blocklist.list_entry import EntryDraft, list_entry, retract_entry
from cara_fed.errors import NotAllowed, NotFound
from storage.blocklist_changes import BlocklistChange
from tests.support.fediverse import Fediverse, Instance
from tests.support.rows import make_entry
from tests.support.sending import send

BASE = "https://studio.example"
BOT = "https://far.example/users/bot"


@pytest.fixture
async def studio(fediverse: Fediverse) -> Instance:
    (studio,) = await fediverse.start("studio.example")
    return studio


async def ask(instance: Instance, url: str, method: str = "GET", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await send(instance.network, method, url, None, instance.time.now, headers=named)


async def read(instance: Instance, url: str) -> dict[str, Any]:
    response = await ask(instance, url)
    assert response.status_code == 200, response.text
    document: dict[str, Any] = response.json()
    return document


async def find_dataset(instance: Instance) -> dict[str, Any]:
    """As a stranger finds it: NodeInfo, then the datasets."""
    info = await read(instance, f"{instance.base}/nodeinfo/2.1")
    assert "fires" in info["protocols"]
    (dataset,) = (await read(instance, info["metadata"]["fires"]["datasets"]))["items"]
    return await read(instance, dataset["id"])


async def read_changes(instance: Instance) -> list[dict[str, Any]]:
    """Every change, from the first page to the empty one."""
    url = (await read(instance, (await find_dataset(instance))["endpoints"]["changes"]))["first"]
    changes: list[dict[str, Any]] = []
    while items := (page := await read(instance, url))["orderedItems"]:
        assert len(items) <= 100
        assert page["type"] == "OrderedCollectionPage"
        changes.extend(items)
        url = page["next"]
    assert page["next"] == url
    return changes


async def test_a_recommendation_says_why_on_what_evidence_and_until_when(
    fediverse: Fediverse, studio: Instance
) -> None:
    until = fediverse.time.now + timedelta(days=90)
    draft = EntryDraft("far.example", "sells posts", "answer-engine", "drop", ("https://x.example/log",), until, "ada")
    await list_entry(studio.services, draft)

    (change,) = await read_changes(studio)
    (label,) = change.pop("labels")
    assert (await read(studio, label))["name"] == "answer-engine"
    dataset = await find_dataset(studio)
    assert change.pop("id").startswith(f"{dataset['id']}/changes/")
    assert change == {
        "type": "Recommendation",
        "published": "2026-11-22T12:00:00.000Z",
        "entityKind": "domain",
        "entityKey": "far.example",
        "recommendedPolicy": "drop",
        "recommendedFilters": [],
        "comment": "sells posts",
        "attributedTo": f"{BASE}/actor",
        "attachment": [{"type": "Link", "href": "https://x.example/log", "name": "evidence"}],
        "endTime": "2027-02-20T12:00:00.000Z",
    }


async def test_changes_are_told_in_order_and_never_rewritten(studio: Instance) -> None:
    await list_entry(studio.services, EntryDraft("far.example", "sells posts"))
    first = await read_changes(studio)
    await list_entry(studio.services, EntryDraft(BOT, "follows everybody"))
    await list_entry(studio.services, EntryDraft("far.example", "trains a model"))
    await retract_entry(studio.services, BOT, "it ended")

    changes = await read_changes(studio)
    assert changes[:1] == first
    assert [(change["type"], change["entityKey"], change["comment"]) for change in changes] == [
        ("Recommendation", "far.example", "sells posts"),
        ("Recommendation", BOT, "follows everybody"),
        ("Recommendation", "far.example", "trains a model"),
        ("Retraction", BOT, "it ended"),
    ]
    assert [change["id"] for change in changes] == sorted(change["id"] for change in changes)
    alone = await read(studio, changes[3]["id"])
    assert {**changes[3], "@context": alone["@context"], "dataset": alone["dataset"]} == alone

    snapshot = await read(studio, (await find_dataset(studio))["endpoints"]["snapshot"])
    assert snapshot["orderedItems"] == [changes[2]]


async def test_pages_hold_a_hundred_and_a_cursor_goes_on_where_it_was(studio: Instance) -> None:
    now, pk = studio.time.now, studio.services.clock.new_pk()
    rows = [
        BlocklistChange(pk=pk, kind="domain", key=f"h{n}.example", policy="reject", published_at=now)
        for n in range(250)
    ]
    async with studio.services.database.unit_of_work() as records:
        await records.blocklist_changes.append(*rows)
    changes = await read_changes(studio)
    assert [change["entityKey"] for change in changes] == [f"h{n}.example" for n in range(250)]

    cursor = f"{(await find_dataset(studio))['id']}/changes?since={changes[-1]['id'].rsplit('/', 1)[1]}"
    await list_entry(studio.services, EntryDraft("late.example", "came later"))
    assert [change["entityKey"] for change in (await read(studio, cursor))["orderedItems"]] == ["late.example"]


async def test_a_buried_change_says_nothing_any_more(studio: Instance) -> None:
    await list_entry(studio.services, EntryDraft("far.example", "names a person by mistake"))
    (named,) = await read_changes(studio)
    with pytest.raises(NotAllowed, match="take it back first"):
        await bury_entry(studio.services, "far.example")
    await retract_entry(studio.services, "far.example", "it named a person")
    assert await bury_entry(studio.services, "far.example") == 2

    told = await read_changes(studio)
    assert [(set(each), each["type"]) for each in told] == [({"id", "type", "published"}, "Tombstone")] * 3
    assert told[2]["id"] == told[0]["id"] == named["id"]
    assert (await read(studio, (await find_dataset(studio))["endpoints"]["snapshot"]))["orderedItems"] == []
    assert (await studio.get(f"{BASE}/blocklists/ai-scrapers/far.example", accept="text/html")).status_code == 404
    with pytest.raises(NotFound, match="ever published"):
        await bury_entry(studio.services, "far.example")


async def test_a_snapshot_is_newest_first_and_tells_where_to_read_on(studio: Instance) -> None:
    for name in ("one", "two", "three"):
        await list_entry(studio.services, EntryDraft(f"{name}.example", "feeds a model"))
    snapshot = await read(studio, (await find_dataset(studio))["endpoints"]["snapshot"])
    assert [each["entityKey"] for each in snapshot["orderedItems"]] == ["three.example", "two.example", "one.example"]
    assert (await read(studio, snapshot["changes"]))["orderedItems"] == []
    await list_entry(studio.services, EntryDraft("four.example", "feeds a model"))
    (later,) = (await read(studio, snapshot["changes"]))["orderedItems"]
    assert later["entityKey"] == "four.example"


async def test_what_came_from_others_is_not_republished(studio: Instance) -> None:
    async with studio.services.database.unit_of_work() as records:
        for source in ("https://lists.example/a.csv", "file:a.csv"):
            await records.blocklist.add(make_entry("domain", "theirs.example", source=source))
    assert await read_changes(studio) == []
    for kind in ("csv", "json", "txt"):
        assert "theirs" not in (await ask(studio, f"{BASE}/blocklists/ai-scrapers.{kind}")).text


async def test_the_files_that_other_software_imports(studio: Instance) -> None:
    await list_entry(studio.services, EntryDraft("far.example", 'sells, "and" trains', evidence=("https://x.example",)))
    await list_entry(studio.services, EntryDraft("mild.example", "crawls", "bulk-archive", "filter"))
    await list_entry(studio.services, EntryDraft("gone.example", "was bad"))
    await list_entry(studio.services, EntryDraft(BOT, "an actor has no place in these"))
    await retract_entry(studio.services, "gone.example", "it ended")

    table = await ask(studio, f"{BASE}/blocklists/ai-scrapers.csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert list(csv.reader(io.StringIO(table.text)))[1:] == [
        [
            "far.example", "suspend", "false", "false",
            f'training-harvest: sells, "and" trains {BASE}/blocklists/ai-scrapers/far.example', "false",
        ],
        [
            "mild.example", "silence", "true", "false",
            f"bulk-archive: crawls {BASE}/blocklists/ai-scrapers/mild.example", "false",
        ],
    ]  # fmt: skip
    listed = (await ask(studio, f"{BASE}/blocklists/ai-scrapers.json")).json()
    assert [item["domain"] for item in listed] == ["far.example"]
    assert (await ask(studio, f"{BASE}/blocklists/ai-scrapers.txt")).text == "far.example\n"
    retracted = await ask(studio, f"{BASE}/blocklists/ai-scrapers-retractions.csv")
    assert list(csv.reader(io.StringIO(retracted.text)))[1:] == [
        ["gone.example", "noop", "false", "false", "it ended", "false"]
    ]


@pytest.mark.parametrize("path", ["/blocklists/ai-scrapers.csv", "/datasets"])
async def test_who_has_it_already_is_told_so(fediverse: Fediverse, studio: Instance, path: str) -> None:
    await list_entry(studio.services, EntryDraft("far.example", "sells posts"))
    first = await ask(studio, f"{BASE}{path}")
    etag = first.headers["etag"]
    for stated in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        again = await ask(studio, f"{BASE}{path}", if_none_match=stated)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert (await ask(studio, f"{BASE}{path}", if_none_match='"x"')).status_code == 200
    assert (await ask(studio, f"{BASE}{path}", "HEAD")).headers["content-length"] == str(len(first.content))


async def test_a_date_is_enough_for_files(fediverse: Fediverse, studio: Instance) -> None:
    await list_entry(studio.services, EntryDraft("far.example", "sells posts"))
    url = f"{BASE}/blocklists/ai-scrapers.csv"
    date = (await ask(studio, url)).headers["last-modified"]
    assert date == format_http_date(fediverse.time.now)
    assert (await ask(studio, url, if_modified_since=date)).status_code == 304
    fediverse.time.pass_by(seconds=1)
    await retract_entry(studio.services, "far.example")
    changed = await ask(studio, url, if_modified_since=date)
    assert (changed.status_code, changed.text.count("\n")) == (200, 1)


async def test_media_types(studio: Instance) -> None:
    assert (await ask(studio, f"{BASE}/datasets")).headers["content-type"] == "application/ld+json"
    plain = await ask(studio, f"{BASE}/datasets", accept="application/json")
    assert plain.headers["content-type"] == "application/json"
    assert plain.headers["vary"] == "Accept"


async def test_what_is_not_there(studio: Instance) -> None:
    dataset = (await find_dataset(studio))["id"]
    other = "019d36e0-c0c1-7235-9998-b099762b1f91"
    for path in (
        f"{BASE}/datasets/{other}",
        f"{BASE}/datasets/x",
        f"{BASE}/labels/{other}",
        f"{dataset}/changes/{other}",
        f"{dataset}/changes?since=yesterday",
        f"{dataset}/changes?since=00000000-0000-4000-A000-000000000000",
        f"{dataset}/snapshot/{other}",
        f"{BASE}/blocklists/ai-scrapers.xml",
    ):
        assert (await ask(studio, path)).status_code == 404, path
    assert (await ask(studio, f"{BASE}/datasets", "POST")).status_code == 405


async def test_an_instance_that_publishes_nothing_says_so(fediverse: Fediverse) -> None:
    (quiet,) = await fediverse.start("quiet.example", blocklist={"publish": False})
    for path in ("/datasets", "/labels", "/blocklists/ai-scrapers.csv"):
        assert (await ask(quiet, f"{quiet.base}{path}")).status_code == 404
    info = await read(quiet, f"{quiet.base}/nodeinfo/2.1")
    assert (info["protocols"], "fires" in info["metadata"]) == (["activitypub"], False)
