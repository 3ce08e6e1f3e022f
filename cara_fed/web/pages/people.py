"""People: following, answering, blocking, muting and reporting whoever a form names, from here or elsewhere."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from activitypub.errors import ProtocolError
from activitypub.identifiers import read_pk
from activitypub.origins import netloc_of
from cara_fed.blocklist.guard import RefusedByBlocklist
from cara_fed.errors import InvalidInput, NotAllowed
from cara_fed.federation.errors import FetchError
from cara_fed.publishing.answer_follower import accept_follower, reject_follower
from cara_fed.publishing.follow_actor import follow_actor
from cara_fed.publishing.keep_away import block_actor, mute_actor, unblock_actor, unmute_actor
from cara_fed.publishing.report_actor import MAX_REPORT, ReportDraft, report_actor
from cara_fed.publishing.seen_posts import get_seen_post
from cara_fed.publishing.unfollow_actor import unfollow_actor
from cara_fed.services import Services
from cara_fed.web.entries import find_bylines, read_entries
from cara_fed.web.errors import NothingHere, say_refused
from cara_fed.web.forms import FormInvalid, FormReader, read_next_path
from cara_fed.web.house import services
from cara_fed.web.parts import FormView
from cara_fed.web.showing import go, show, show_invalid
from cara_fed.web.signed_in import require_artist
from cara_fed.web.social_views import KeepingAwayPage, KeptAway, ReportPage
from cara_fed.web.uploads import read_fields
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.records import Records

Act = Callable[[Services, Artist, str], Awaitable[Any]]

ACTS: Final[Mapping[str, Act]] = {
    "follow": follow_actor,
    "unfollow": unfollow_actor,
    "block": block_actor,
    "unblock": unblock_actor,
    "mute": mute_actor,
    "unmute": unmute_actor,
    "accept": accept_follower,
    "reject": reject_follower,
}

room = Blueprint("people", __name__)


@room.post("/people/<any(follow, unfollow, block, unblock, mute, unmute, accept, reject):what>")
async def act(what: str) -> ResponseReturnValue:
    """Do it, and come back to where the button was."""
    artist, fields = require_artist(), await read_fields()
    actor_id = fields.get("actor_id", "")
    await _require_known(actor_id)
    try:
        await ACTS[what](services(), artist, actor_id)
    except RefusedByBlocklist as error:
        raise NotAllowed(say_refused(error)) from error
    except (FetchError, ProtocolError) as error:
        raise InvalidInput(_("Their server could not be asked: %(error)s.", error=error)) from error
    return await go(read_next_path(fields.get("back", "")))


@room.get("/settings/people")
async def show_kept_away() -> ResponseReturnValue:
    """Whom the artist blocks and mutes."""
    artist = require_artist()
    async with services().database.reading() as records:
        blocked = [(row.actor_id, row.created_at) for row in await records.blocks.find_page(artist.pk)]
        muted = [(row.actor_id, row.created_at) for row in await records.mutes.find_page(artist.pk)]
        view = KeepingAwayPage(await _read_people(records, blocked), await _read_people(records, muted))
    return await show(view)


@room.get("/report")
async def show_report() -> ResponseReturnValue:
    """What is wrong with this post, or this person?"""
    post_pk = read_pk(request.args.get("post", ""))
    return await show(await _build_report(require_artist(), request.args.get("actor", ""), post_pk, FormView()))


@room.post("/report")
async def report() -> ResponseReturnValue:
    """Tell the moderators here, and theirs if wanted."""
    artist, fields = require_artist(), await read_fields()
    actor_id, post_pk = fields.get("actor_id", ""), read_pk(fields.get("post_pk", ""))
    reader = FormReader(fields)
    content = reader.text("content", limit=MAX_REPORT, required=_("Say what is wrong: the moderators will ask."))
    try:
        reader.finish()
    except FormInvalid as invalid:
        return await show_invalid(await _build_report(artist, actor_id, post_pk, invalid.view))
    await report_actor(services(), artist, ReportDraft(actor_id, content, post_pk, reader.flag("forward")))
    return await go("/home", _("The moderators have your report. Thank you."))


async def _require_known(actor_id: str) -> None:
    """Only who was met here before can be acted upon by a button: nothing is fetched for a made-up id."""
    async with services().database.reading() as records:
        if actor_id not in await find_bylines(records, {actor_id}):
            raise NothingHere


async def _build_report(artist: Artist, actor_id: str, post_pk: int | None, form: FormView) -> ReportPage:
    async with services().database.reading() as records:
        post = await get_seen_post(records, services().site, artist, post_pk) if post_pk else None
        actor_id = post.actor_id if post is not None else actor_id
        entries = await read_entries(records, artist, [post]) if post is not None else {}
        byline = (await find_bylines(records, {actor_id})).get(actor_id)
    if byline is None:
        raise NothingHere
    server = "" if services().site.is_local(actor_id) else netloc_of(actor_id)
    shown = next((entry.post for entry in entries.values()), None)
    return ReportPage(byline, actor_id, server, post_pk, shown, form)


async def _read_people(records: Records, rows: Sequence[tuple[str, datetime]]) -> tuple[KeptAway, ...]:
    bylines = await find_bylines(records, {actor_id for actor_id, _ in rows})
    return tuple(KeptAway(bylines[actor_id], actor_id, since) for actor_id, since in rows if actor_id in bylines)
