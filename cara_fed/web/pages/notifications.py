"""Notifications: what happened, newest first, until it is marked as read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from activitypub.html import strip_html
from activitypub.identifiers import read_pk
from cara_fed.blocklist.reminding import ENTRY_ENDS
from cara_fed.publishing.hold_post import HELD_KIND, NOT_PUBLISHED, RELEASED_KIND
from cara_fed.publishing.name_together import CREDIT_ASKED
from cara_fed.publishing.propose_alt import ALT_PROPOSAL
from cara_fed.publishing.warn_of_matches import LOOKS_ALIKE
from cara_fed.web.entries import find_bylines, path_of, remote_gallery
from cara_fed.web.house import services
from cara_fed.web.parts import Byline, Link, Reaction
from cara_fed.web.showing import go, show
from cara_fed.web.signed_in import count_unread, require_artist
from cara_fed.web.social_views import Notice, NotificationsPage
from cara_fed.web.uploads import read_fields
from cara_fed.web.walls import read_before
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.credits import ASKED, Credit
from storage.follows import PENDING
from storage.notifications import Notification
from storage.posts import Post
from storage.quotes import PENDING as QUOTE_PENDING
from storage.records import Records

LENGTH, EXCERPT = 30, 140
PATH = "/notifications"

room = Blueprint("notifications", __name__)


@dataclass(frozen=True, slots=True)
class _Company:
    """Who and what notifications name."""

    people: Mapping[str, Byline]
    posts: Mapping[str, Post]
    reports: Mapping[str, str]
    asking: frozenset[str]
    reactions: Mapping[tuple[str, str], Reaction]
    credits: Mapping[int, Credit]
    """Where the artist is asked to be named, by the post's key."""


@room.get(PATH)
async def show_notifications() -> ResponseReturnValue:
    """A page of them."""
    artist, before = require_artist(), read_before()
    async with services().database.reading() as records:
        rows = await records.notifications.find_page(artist.pk, before=before, limit=LENGTH + 1)
        company = await _read_company(records, artist, rows[:LENGTH])
    notices = tuple(_build(row, company) for row in rows[:LENGTH] if row.actor_id in company.people)
    older_url = f"{request.path}?before={rows[LENGTH - 1].pk}" if len(rows) > LENGTH else None
    newest = rows[0].pk if rows else 0
    return await show(NotificationsPage(notices, older_url, await count_unread(), newest))


@room.post(f"{PATH}/read")
async def mark_read() -> ResponseReturnValue:
    """Everything up to the newest that was shown is read; what came meanwhile is not."""
    artist, fields = require_artist(), await read_fields()
    async with services().database.unit_of_work() as records:
        up_to = read_pk(fields.get("newest_pk", "")) or 0
        await records.notifications.mark_read(artist.pk, up_to, services().clock.now())
    return await go(PATH)


async def _read_company(records: Records, artist: Artist, rows: Sequence[Notification]) -> _Company:
    reports = {row.object_id: read_pk(row.object_id) for row in rows if row.kind == "report"}
    found = {id: await records.reports.find(pk) for id, pk in reports.items() if pk is not None}
    asked = {row.actor_id for row in rows if row.kind == "follow_request"}
    followers = [await records.followers.find(artist.pk, actor_id) for actor_id in asked]
    return _Company(
        people=await find_bylines(records, {row.actor_id for row in rows}),
        posts=await records.posts.find_many({row.object_id for row in rows if row.object_id}),
        reports={id: report.content for id, report in found.items() if report is not None},
        reactions=await _find_reactions(records, rows),
        credits=await _find_questions(records, artist, rows),
        asking=frozenset(row.actor_id for row in followers if row is not None and row.state == PENDING),
    )


def _build(row: Notification, company: _Company) -> Notice:
    post = company.posts.get(row.object_id)
    return Notice(
        kind=row.kind,
        actor_id=row.actor_id,
        byline=company.people[row.actor_id],
        at=row.created_at,
        is_new=row.read_at is None,
        about=_about(row, post),
        words=company.reports.get(row.object_id, ""),
        side=row.object_id if row.kind in ("follow_lost", "follow_back") else "",
        may_answer=row.kind == "follow_request" and row.actor_id in company.asking,
        quote_pk=_quote_pk(row, post),
        credit_pk=_credit_pk(row, post, company),
        reaction=company.reactions.get((row.actor_id, row.object_id)) if row.kind == "emoji" else None,
    )


async def _find_reactions(records: Records, rows: Sequence[Notification]) -> dict[tuple[str, str], Reaction]:
    """The last emoji of each who reacted to each post."""
    told = [row for row in rows if row.kind == "emoji"]
    if not told:
        return {}
    actor_ids, object_ids = {row.actor_id for row in told}, {row.object_id for row in told}
    given, gallery = await records.interactions.find_by_actors("emoji", actor_ids, object_ids), remote_gallery()
    return {(one.actor_id, one.object_id): gallery.reaction(one.content, one.picture_url) for one in given}


async def _find_questions(records: Records, artist: Artist, rows: Sequence[Notification]) -> dict[int, Credit]:
    if not any(row.kind == CREDIT_ASKED for row in rows):
        return {}
    return {credit.post_pk: credit for credit in await records.credits.find_of_artist(artist.pk)}


def _credit_pk(row: Notification, post: Post | None, company: _Company) -> int | None:
    """The question that waits for the artist's answer."""
    credit = company.credits.get(post.pk) if post is not None and row.kind == CREDIT_ASKED else None
    return credit.pk if credit is not None and credit.state == ASKED else None


def _quote_pk(row: Notification, post: Post | None) -> int | None:
    """The post whose quote waits for the artist's answer."""
    waits = row.kind == "quote_request" and post is not None and post.quote_state == QUOTE_PENDING
    return post.pk if post is not None and waits else None


def _about(row: Notification, post: Post | None) -> Link | None:
    if row.kind in (NOT_PUBLISHED, RELEASED_KIND, LOOKS_ALIKE):
        return Link(f"/drafts/{row.object_id}", _("The draft"))
    if row.kind == ENTRY_ENDS:
        return Link("/admin/blocklist", row.object_id)
    if row.kind == HELD_KIND:
        return Link("/admin/held", _("Held work"))
    if row.kind == ALT_PROPOSAL and post is not None:
        return Link(f"{path_of(post)}/alt", _("The proposals"))
    return Link(path_of(post), _excerpt(post)) if post is not None and post.deleted_at is None else None


def _excerpt(post: Post) -> str:
    """How a post begins; of a covered one only its cover."""
    text = " ".join((post.content_warning or strip_html(post.content)).split())
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT].rstrip()}…"
