"""Verifying the links of profiles: a page that links back with rel=me is its artist's own."""

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin

from activitypub.errors import ProtocolError
from activitypub.identifiers import Site
from activitypub.origins import IdRule
from cara_fed.blocklist.doors import Door
from cara_fed.blocklist.guard import RefusedByBlocklist
from cara_fed.federation.client import Judge
from cara_fed.federation.errors import FetchError
from cara_fed.services import Services
from storage.profile_links import ProfileLink

MAX_PAGE_BYTES: Final = 1024 * 1024
PAGE_ACCEPT: Final = "text/html, application/xhtml+xml"
LEASE: Final = timedelta(minutes=10)
RECHECK: Final = timedelta(days=1)
FIRST_RETRY: Final = timedelta(minutes=15)
BELIEVED_WHILE_SILENT: Final = timedelta(days=7)
MAX_LINKS: Final = 5_000


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a page said: whether it links back, or None where it could not be read."""

    links_back: bool | None


async def verify_due(services: Services) -> bool:
    """Check the links that are due; whether there were any."""
    now = services.clock.now()
    async with services.database.unit_of_work() as records:
        due = await records.profile_links.claim(now, now + LEASE)
    for link in due:
        await _verify(services, link)
    return bool(due)


def links_back(html: str, page_url: str, profile_url: str) -> bool:
    """Whether a page has an `a` or `link` to the profile with rel=me, as Mastodon looks for it."""
    finder = _RelMe()
    with contextlib.suppress(AssertionError):  # what html.parser says of a broken <![…
        finder.feed(html)
    wanted = _bare(profile_url)
    return any(_resolve(page_url, href) == wanted for href in finder.hrefs)


async def _verify(services: Services, link: ProfileLink) -> None:
    async with services.database.reading() as records:
        artist = await records.artists.find_by_pk(link.artist_pk)
    if artist is None:
        return
    outcome = await _look(services, link.url, services.site.profile_page(artist.name))
    now = services.clock.now()
    failures = 0 if outcome.links_back else link.failures + 1
    async with services.database.unit_of_work() as records:
        await records.profile_links.record(
            link.artist_pk,
            link.url,
            verified_at=_verified_at(link, outcome, now),
            failures=failures,
            due_at=now + (RECHECK if not failures else min(FIRST_RETRY * 2 ** min(failures - 1, 10), RECHECK)),
        )


async def _look(services: Services, url: str, profile_url: str) -> _Outcome:
    judge = _judge(services)
    try:
        judge(url)
        response = await services.client.get(url, accept=PAGE_ACCEPT, max_bytes=MAX_PAGE_BYTES, judge=judge)
    except (FetchError, ProtocolError, RefusedByBlocklist):
        return _Outcome(None)
    if not response.ok or "html" not in response.headers.get("content-type", ""):
        return _Outcome(None)
    html = response.body.decode("utf-8", "replace")
    return _Outcome(await asyncio.to_thread(links_back, html, response.url, profile_url))


def _judge(services: Services) -> Judge:
    """No hop leads to somebody listed, nor to where documents would not be fetched from either."""
    rule = IdRule(allow_http=services.site.scheme == "http")

    def judge(url: str) -> None:
        rule.require(url)
        _require_elsewhere(services.site, url)
        services.blocklist.require_not_listed(Door.RESOLVE, url)

    return judge


def _require_elsewhere(site: Site, url: str) -> None:
    if site.is_local(url):
        raise ProtocolError("a page of ours proves nothing")


def _verified_at(link: ProfileLink, outcome: _Outcome, now: datetime) -> datetime | None:
    """A page that does not answer for a while keeps what it proved before."""
    if outcome.links_back:
        return now
    if outcome.links_back is None and link.verified_at and now - link.verified_at < BELIEVED_WHILE_SILENT:
        return link.verified_at
    return None


def _resolve(page_url: str, href: str) -> str | None:
    try:
        return _bare(urljoin(page_url, href.strip()))
    except ValueError:  # http://[
        return None


def _bare(url: str) -> str:
    return url.partition("#")[0].rstrip("/").casefold()


class _RelMe(HTMLParser):
    """Gathers where `a` and `link` elements with rel=me lead."""

    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One element."""
        stated = dict(attrs)
        href, rel = stated.get("href"), (stated.get("rel") or "").casefold().split()
        if tag in ("a", "link") and href and "me" in rel and len(self.hrefs) < MAX_LINKS:
            self.hrefs.append(href)
