"""What an artist does with posts: liking, sharing, answering. One button, one form, no script."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from quart import Blueprint, redirect
from quart.typing import ResponseReturnValue

from activitypub.audience import Visibility
from cara_fed.errors import InvalidInput
from cara_fed.publishing.drafts import MAX_TEXT, MAX_WARNING, PostDraft
from cara_fed.publishing.publish_post import publish_post
from cara_fed.publishing.react_to_post import announce_post, like_post, unannounce_post, unlike_post
from cara_fed.publishing.seen_posts import get_seen_post
from cara_fed.services import Services
from cara_fed.translate.views import path_of_post
from cara_fed.web.entries import read_entries
from cara_fed.web.errors import NothingHere
from cara_fed.web.forms import FormInvalid, FormReader, read_next_path
from cara_fed.web.house import services
from cara_fed.web.parts import FormView
from cara_fed.web.showing import form_again, show, show_invalid
from cara_fed.web.signed_in import require_artist
from cara_fed.web.social_views import Entry, ReplyPage
from cara_fed.web.uploads import read_fields
from storage.artists import Artist
from storage.posts import Post

Act = Callable[[Services, Artist, int], Awaitable[Post]]

ACTS: Final[Mapping[str, Act]] = {
    "like": like_post,
    "unlike": unlike_post,
    "announce": announce_post,
    "unannounce": unannounce_post,
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
    artist = require_artist()
    entry = await _read_entry(artist, pk)
    visibility = entry.post.visibility
    form = FormView({"text": _salute(entry), "visibility": visibility, "content_warning": entry.post.cover or ""})
    return await show(ReplyPage(entry, form))


@room.post("/posts/<pk:pk>/reply")
async def reply(pk: int) -> ResponseReturnValue:
    """Publish the answer, and lead to it."""
    artist, fields = require_artist(), await read_fields()
    entry = await _read_entry(artist, pk)
    try:
        post = await publish_post(services(), artist, _read_draft(fields, entry))
    except FormInvalid as invalid:
        return await show_invalid(ReplyPage(entry, invalid.view))
    except InvalidInput as refusal:
        return await show_invalid(ReplyPage(entry, form_again(fields, text=str(refusal))))
    return redirect(path_of_post(artist, post), 303)


async def _read_entry(artist: Artist, pk: int) -> Entry:
    async with services().database.reading() as records:
        post = await get_seen_post(records, services().site, artist, pk)
        entries = await read_entries(records, artist, [post])
    if pk not in entries:
        raise NothingHere
    return entries[pk]


def _salute(entry: Entry) -> str:
    return "" if entry.acts.is_own else f"{entry.post.byline.handle} "


def _read_draft(fields: Mapping[str, str], entry: Entry) -> PostDraft:
    reader = FormReader(fields)
    warning = reader.line("content_warning", limit=MAX_WARNING)
    draft = PostDraft(
        text=reader.text("text", limit=MAX_TEXT, required="An answer needs words."),
        content_warning=warning,
        sensitive=bool(warning),
        visibility=reader.choice("visibility", Visibility, entry.post.visibility),
        in_reply_to=entry.post.object_id,
    )
    reader.finish()
    return draft
