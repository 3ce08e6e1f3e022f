"""What an artist does with posts: liking, sharing, answering, quoting. One button, one form, no script."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Literal

from quart import Blueprint, redirect
from quart.typing import ResponseReturnValue

from activitypub.audience import Visibility
from activitypub.quotes import Verdict
from cara_fed.errors import InvalidInput
from cara_fed.publishing.answer_quote import allow_quote, refuse_quote
from cara_fed.publishing.drafts import MAX_TEXT, MAX_WARNING, PostDraft
from cara_fed.publishing.publish_post import publish_post
from cara_fed.publishing.quote_post import require_quotable
from cara_fed.publishing.react_to_post import announce_post, like_post, unannounce_post, unlike_post
from cara_fed.publishing.seen_posts import get_seen_post
from cara_fed.publishing.vote_in_poll import vote_in_poll
from cara_fed.services import Services
from cara_fed.translate.views import path_of_post
from cara_fed.web.entries import read_entries
from cara_fed.web.errors import NothingHere
from cara_fed.web.forms import FormInvalid, FormReader, read_next_path
from cara_fed.web.house import services
from cara_fed.web.parts import Entry, FormView
from cara_fed.web.poll_form import read_choices
from cara_fed.web.showing import form_again, go, show, show_invalid
from cara_fed.web.signed_in import require_artist
from cara_fed.web.social_views import ReplyPage
from cara_fed.web.uploads import read_fields
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.posts import Post

Act = Callable[[Services, Artist, int], Awaitable[Post]]

ACTS: Final[Mapping[str, Act]] = {
    "like": like_post,
    "unlike": unlike_post,
    "announce": announce_post,
    "unannounce": unannounce_post,
}

ANSWERS: Final[Mapping[str, Callable[[Services, Artist, int], Awaitable[None]]]] = {
    "allow_quote": allow_quote,
    "refuse_quote": refuse_quote,
}

room = Blueprint("acting", __name__)


@room.post("/posts/<pk:pk>/<any(like, unlike, announce, unannounce):what>")
async def act(pk: int, what: str) -> ResponseReturnValue:
    """Do it, and come back to where the button was."""
    artist, fields = require_artist(), await read_fields()
    await ACTS[what](services(), artist, pk)
    return redirect(f"{read_next_path(fields.get('back', ''))}#post-{pk}", 303)


@room.get("/posts/<pk:pk>/reply")
async def show_reply(pk: int) -> ResponseReturnValue:
    """The post, and room for an answer that begins with whom it is for."""
    entry = await _read_entry(require_artist(), pk)
    visibility = entry.post.visibility
    form = FormView({"text": _salute(entry), "visibility": visibility, "content_warning": entry.post.cover or ""})
    return await show(ReplyPage(entry, form=form))


@room.get("/posts/<pk:pk>/quote")
async def show_quote(pk: int) -> ResponseReturnValue:
    """The post, and room for words of one's own above it; where its author lets nobody quote, that is said."""
    artist = require_artist()
    entry = await _read_entry(artist, pk)
    verdict = await require_quotable(services(), artist, entry.post.object_id)
    return await show(ReplyPage(entry, "quote", must_ask=verdict is Verdict.ASK))


@room.post("/posts/<pk:pk>/<any(reply, quote):what>")
async def write(pk: int, what: Literal["reply", "quote"]) -> ResponseReturnValue:
    """Publish the answer, or the quote, and lead to it."""
    artist, fields = require_artist(), await read_fields()
    entry = await _read_entry(artist, pk)
    try:
        post = await publish_post(services(), artist, _read_draft(fields, entry, what))
    except FormInvalid as invalid:
        return await show_invalid(ReplyPage(entry, what, form=invalid.view))
    except InvalidInput as refusal:
        return await show_invalid(ReplyPage(entry, what, form=form_again(fields, text=str(refusal))))
    return redirect(path_of_post(artist, post), 303)


@room.post("/posts/<pk:pk>/vote")
async def vote(pk: int) -> ResponseReturnValue:
    """Vote, and come back to where the poll was."""
    artist, fields = require_artist(), await read_fields()
    back = f"{read_next_path(fields.get('back', ''))}#post-{pk}"
    try:
        await vote_in_poll(services(), artist, pk, read_choices(fields))
    except InvalidInput as refusal:
        return await go(back, str(refusal), "refused")
    return redirect(back, 303)


@room.post("/posts/<pk:pk>/<any(allow_quote, refuse_quote):what>")
async def answer(pk: int, what: str) -> ResponseReturnValue:
    """Let a post show the artist's own that it quotes, or let it show a link alone."""
    artist, fields = require_artist(), await read_fields()
    await ANSWERS[what](services(), artist, pk)
    done = (
        _("It shows your post now.") if what == "allow_quote" else _("It shows a link alone, wherever that is heeded.")
    )
    return await go(read_next_path(fields.get("back", "")), done)


async def _read_entry(artist: Artist, pk: int) -> Entry:
    async with services().database.reading() as records:
        post = await get_seen_post(records, services().site, artist, pk)
        entries = await read_entries(records, artist, [post])
    if pk not in entries:
        raise NothingHere
    return entries[pk]


def _salute(entry: Entry) -> str:
    return "" if entry.acts and entry.acts.is_own else f"{entry.post.byline.handle} "


def _read_draft(fields: Mapping[str, str], entry: Entry, what: Literal["reply", "quote"]) -> PostDraft:
    reader = FormReader(fields)
    warning = reader.line("content_warning", limit=MAX_WARNING)
    usual = entry.post.visibility if what == "reply" else Visibility.PUBLIC
    draft = PostDraft(
        text=reader.text("text", limit=MAX_TEXT, required=_("An answer needs words.")),
        content_warning=warning,
        sensitive=bool(warning),
        visibility=reader.choice("visibility", Visibility, usual),
        in_reply_to=entry.post.object_id if what == "reply" else None,
        quotes=entry.post.object_id if what == "quote" else None,
    )
    reader.finish()
    return draft
