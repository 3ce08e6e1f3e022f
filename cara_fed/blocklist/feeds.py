"""A FIRES dataset of somebody else's: found by the address of it or of its server, and read change by change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from activitypub.nodeinfo import read_nodeinfo_links
from activitypub.origins import host_of, origin_of, same_origin
from cara_fed.blocklist.entries import EntryLabel, EntryRules
from cara_fed.blocklist.fetching import ListFetcher
from cara_fed.blocklist.formats import ListUnreadable, ParsedEntry, Problem
from cara_fed.blocklist.formats.fires import FeedChange, read_feed_page, replay
from cara_fed.blocklist.formats.parsed import MAX_ENTRIES, MAX_PROBLEMS, text_in
from cara_fed.words.speech import _

MAX_PAGES: Final = 5000
MAX_LABELS: Final = 50


@dataclass(frozen=True, slots=True)
class ReadFeed:
    """What a feed told since the cursor that it was asked with; the cursor to ask with the next time."""

    changes: tuple[FeedChange, ...]
    cursor: str
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0

    @property
    def is_unchanged(self) -> bool:
        """Whether nothing was new that could be read."""
        return not self.changes and not self.problem_count

    def replay(self, standing: Iterable[ParsedEntry], known: dict[str, tuple[str, str]]) -> tuple[ParsedEntry, ...]:
        """What stands after it."""
        return replay(standing, self.changes, known)


@dataclass(frozen=True, slots=True)
class FeedReader:
    """Reads a feed to its end; raises ListUnreadable or a FetchError, and then nothing of it counts."""

    fetcher: ListFetcher
    rules: EntryRules

    async def read(self, url: str, cursor: str | None) -> ReadFeed:
        """Everything after the cursor; from the beginning where there is none. All of it lies on the URL's origin."""
        asked = cursor or await self._find_beginning(url)
        changes: list[FeedChange] = []
        problems: list[Problem] = []
        count = 0
        for _page in range(MAX_PAGES):
            page = read_feed_page(await self.fetcher.fetch_page(asked), self.rules)
            changes.extend(page.changes)
            problems.extend(page.read.problems)
            count += page.read.problem_count
            if page.is_empty or page.next_url is None:
                labelled = await self._label(changes, url)
                return ReadFeed(labelled, asked, tuple(problems[:MAX_PROBLEMS]), count)
            if page.next_url == asked or len(changes) > 4 * MAX_ENTRIES:
                break
            asked = _require_near(page.next_url, url)
        raise ListUnreadable(_("the changes of %(host)s have no end", host=host_of(url)))

    async def _find_beginning(self, url: str) -> str:
        """The first page of changes, from a dataset's address, its changes', or that of a server with one dataset."""
        document = await self._find_document(url)
        if isinstance(document.get("items"), list):
            document = _require_only(document["items"], url)
        if document.get("type") == "OrderedCollectionPage":
            return _require_near(text_in(document, "id") or url, url)
        if not text_in(document, "first"):
            document = await self.fetcher.fetch_json(_changes_of(document, url))
        return _require_near(text_in(document, "first", "next"), url)

    async def _find_document(self, url: str) -> dict[str, Any]:
        try:
            document = await self.fetcher.fetch_json(url)
        except ListUnreadable:
            document = {}
        known = any(member in document for member in ("items", "first", "endpoints", "changes", "orderedItems"))
        return document if known else await self.fetcher.fetch_json(await self._discover(url))

    async def _discover(self, url: str) -> str:
        """Where a server's NodeInfo says that its datasets are."""
        origin = origin_of(url)
        links = await self.fetcher.fetch_json(f"{origin.scheme}://{origin.netloc}/.well-known/nodeinfo")
        info = await self.fetcher.fetch_json(_require_near(read_nodeinfo_links(links) or "", url))
        metadata = info.get("metadata")
        fires = metadata.get("fires") if isinstance(metadata, dict) else None
        if not isinstance(fires, dict):
            raise ListUnreadable(_("%(host)s publishes no FIRES datasets", host=host_of(url)))
        return _require_near(text_in(fires, "datasets"), url)

    async def _label(self, changes: Sequence[FeedChange], url: str) -> tuple[FeedChange, ...]:
        """The changes with their labels in our words, as far as these mean the same."""
        ids = dict.fromkeys(label for change in changes for label in change.labels)
        names = {id: await self._name_label(id, url) for id in list(ids)[:MAX_LABELS]}
        return tuple(_with_label(change, names) for change in changes)

    async def _name_label(self, id: str, url: str) -> str:
        try:
            document = await self.fetcher.fetch_json(_require_near(id, url))
        except ListUnreadable:
            return ""  # a label that cannot be read leaves the entry without one
        name = "-".join(text_in(document, "name").lower().removeprefix("ai").strip(" -").split())
        return name if name in tuple(EntryLabel) else ""


def _with_label(change: FeedChange, names: Mapping[str, str]) -> FeedChange:
    label = next((names[id] for id in change.labels if names.get(id)), "")
    if change.entry is None or not label:
        return change
    return replace(change, entry=replace(change.entry, label=label))


def _require_only(items: list[Any], url: str) -> dict[str, Any]:
    datasets = [item for item in items if isinstance(item, dict)]
    if len(datasets) != 1:
        known = ", ".join(text_in(item, "id") for item in datasets[:5]) or "none"
        raise ListUnreadable(
            _(
                "%(host)s has %(count)s datasets, and one has to be named: %(known)s",
                host=host_of(url),
                count=len(datasets),
                known=known,
            )
        )
    return datasets[0]


def _changes_of(dataset: dict[str, Any], url: str) -> str:
    endpoints = dataset.get("endpoints")
    named = text_in(endpoints, "changes") if isinstance(endpoints, dict) else ""
    return _require_near(named or text_in(dataset, "changes"), url)


def _require_near(found: str, url: str) -> str:
    """An address that the feed gives: on its own origin, for nobody else can speak for it."""
    if not same_origin(found, url):
        raise ListUnreadable(
            _("%(host)s does not say where its changes are, or names another server", host=host_of(url))
        )
    return found
