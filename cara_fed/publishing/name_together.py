"""Naming those who made a work too: they are asked first, and shown once they agree."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from activitypub.activities import build_create
from activitypub.audience import Visibility
from activitypub.html import render_text
from activitypub.identifiers import ArtistRef
from activitypub.notes import build_note
from activitypub.quotes import QuotePolicy
from activitypub.tags import Mention
from cara_fed.delivery.fan_out import Recipients
from cara_fed.errors import InvalidInput
from cara_fed.publishing.drafts import CreditDraft
from cara_fed.publishing.hold_post import tell
from cara_fed.publishing.outgoing import send_out
from cara_fed.publishing.people import find_people
from cara_fed.publishing.seen_posts import FOR_EVERYONE
from cara_fed.publishing.show_credits import show_agreed
from cara_fed.services import Services
from cara_fed.translate.opt_outs import effective_opt_out
from cara_fed.translate.posts import PostRows, read_local_post, write_mentions
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.credits import AGREED, ASKED, DECLINED, DROPPED, Credit
from storage.posts import Post
from storage.records import Records

CREDIT_ASKED: Final = "credit_asked"
PATH: Final = "/credits"
_TAG_LENGTH: Final = 32


class CreditRefused(InvalidInput):
    """Somebody cannot be named; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody who was found, and what they did."""

    mention: Mention
    role: str


async def find_named(
    services: Services, artist: Artist, drafts: Sequence[CreditDraft], visibility: str
) -> tuple[Named, ...]:
    """Everybody who is to be asked, found here or on their own servers. Raises CreditRefused."""
    if not drafts:
        return ()
    if visibility not in FOR_EVERYONE:
        raise CreditRefused(_("Others who made it are named only in posts that everyone may see."))
    people = await find_people(services, " ".join(f"@{draft.handle}" for draft in drafts))
    found: dict[str, Named] = {}
    for draft in drafts:
        mention = people.get(draft.handle)
        if mention is None:
            raise CreditRefused(_("Nobody was found as @%(handle)s, so nobody could be asked.", handle=draft.handle))
        if mention.actor_id == services.site.actor(artist.name):
            raise CreditRefused(_("You are named already: it is your post."))
        if mention.actor_id in found:
            raise CreditRefused(_("@%(handle)s is named twice.", handle=draft.handle))
        found[mention.actor_id] = Named(mention, draft.role)
    return tuple(found.values())


async def name_together(records: Records, services: Services, rows: PostRows, named: Sequence[Named]) -> None:
    """Let a post name these people and no others, each once they agree; within the transaction that writes the post.

    Whoever is new, or is to be named for something else, is asked. Raises CreditRefused for who said no before.
    """
    known = {row.actor_id: row for row in await records.credits.find_for_post(rows.post.pk)}
    wanted = {one.mention.actor_id for one in named}
    for row in known.values():
        if row.actor_id not in wanted and row.state in (ASKED, AGREED):
            row.state, row.hangs = DROPPED, False
            await _unask(records, rows.post, row)
    for one in named:
        await _name(records, services, rows, one, known.get(one.mention.actor_id))
    await show_agreed(records, rows.post)


def credit_path(services: Services, credit_pk: int) -> str:
    """The page where somebody of another server answers: whoever knows the address answers for them."""
    return f"{PATH}/{credit_pk}-{_tag(services, credit_pk)}"


def is_credit_tag(services: Services, credit_pk: int, tag: str) -> bool:
    """Whether an address was made here."""
    return hmac.compare_digest(tag.encode(), _tag(services, credit_pk).encode())


def _tag(services: Services, credit_pk: int) -> str:
    return hmac.digest(services.session_key, f"credit\0{credit_pk}".encode(), "sha256").hex()[:_TAG_LENGTH]


async def _name(records: Records, services: Services, rows: PostRows, one: Named, known: Credit | None) -> None:
    if known is None:
        known = await _add(records, services, rows.post, one)
    elif known.state == DECLINED:
        raise CreditRefused(_("%(handle)s said no to being named here.", handle=known.handle))
    elif known.state in (ASKED, AGREED) and known.role == one.role:
        return
    known.state, known.role, known.hangs = ASKED, one.role, False
    known.asked_at = services.clock.now()
    await _ask(records, services, rows, known)


async def _add(records: Records, services: Services, post: Post, one: Named) -> Credit:
    located = services.site.locate(one.mention.actor_id)
    artist = await records.artists.find(located.name) if isinstance(located, ArtistRef) else None
    row = Credit(
        pk=services.clock.new_pk(),
        post_pk=post.pk,
        author_pk=post.artist_pk or 0,
        artist_pk=artist.pk if artist else None,
        actor_id=one.mention.actor_id,
        handle=one.mention.handle,
        url=one.mention.url or one.mention.actor_id,
        role=one.role,
        asked_at=services.clock.now(),
    )
    await records.credits.add(row)
    return row


async def _ask(records: Records, services: Services, rows: PostRows, credit: Credit) -> None:
    """Who keeps the artist away is not asked, and the artist is not told so: it looks like silence."""
    if await records.blocks.exists_between(rows.artist.pk, credit.actor_id):
        return
    if credit.artist_pk is None:
        await _send_notice(records, services, rows, credit)
        return
    own_id = services.site.actor(rows.artist.name)
    is_kept_away = await records.blocks.exists_between(credit.artist_pk, own_id)
    if is_kept_away or await records.mutes.exists(credit.artist_pk, own_id):
        return
    await _unask(records, rows.post, credit)
    asked = await records.artists.get_by_pk(credit.artist_pk)
    await tell(records, services.clock, services.site, asked, CREDIT_ASKED, rows.artist, rows.post.object_id)


async def _unask(records: Records, post: Post, credit: Credit) -> None:
    if credit.artist_pk is not None:
        await records.notifications.take_back(CREDIT_ASKED, post.actor_id, post.object_id, credit.artist_pk)


async def _send_notice(records: Records, services: Services, rows: PostRows, credit: Credit) -> None:
    """A direct post to somebody of another server. What is sent has the address where they answer; what is kept here
    has not, lest the artist could answer for them."""
    site, artist, default = services.site, rows.artist, services.config.opt_out.default
    mention = Mention(credit.handle, credit.actor_id, credit.url)
    post = _build_notice(services, rows, credit, mention)
    await records.posts.add(post)
    note = build_note(read_local_post(PostRows(artist, post), site, default))
    address = escape(site.base + credit_path(services, credit.pk))
    said = escape(_("Yes or no, now or later:"))
    note["content"] += f'<p>{said} <a href="{address}">{address}</a></p>'
    await send_out(
        records,
        services,
        build_create(note, activity_id=site.create(artist.name, post.pk)),
        Recipients(actor_ids=(credit.actor_id,), personal=True),
        artist_pk=artist.pk,
        object_id=post.object_id,
        audience=Visibility.DIRECT,
    )


def _build_notice(services: Services, rows: PostRows, credit: Credit, mention: Mention) -> Post:
    site, artist, pk = services.site, rows.artist, services.clock.new_pk()
    named = {"handle": credit.handle, "url": rows.post.url, "role": credit.role}
    if credit.role:
        asked = _("%(handle)s I would like to name you in a work that we made together (%(role)s): %(url)s", **named)
    else:
        asked = _("%(handle)s I would like to name you in a work that we made together: %(url)s", **named)
    text = asked + "\n\n" + _("You are named only if you agree, and can take your name off again.")
    rendered = render_text(text, mentions={credit.handle.removeprefix("@").lower(): mention})
    return Post(
        pk=pk,
        object_id=site.post(artist.name, pk),
        actor_id=site.actor(artist.name),
        artist_pk=artist.pk,
        url=site.post_page(artist.name, pk),
        text=text,
        content=rendered.html,
        visibility=Visibility.DIRECT,
        opt_out=effective_opt_out(services.config.opt_out.default, artist),
        quote_policy=QuotePolicy.NOBODY,
        published_at=services.clock.now(),
        mentions=write_mentions((mention,)),
    )
