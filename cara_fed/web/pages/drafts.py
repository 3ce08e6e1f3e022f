"""Drafts: kept as they are written, their pictures taken one by one, and sent out when their time has come."""

from collections.abc import Mapping
from typing import Any

from quart import Blueprint, Response, jsonify, redirect
from quart.typing import ResponseReturnValue

from cara_fed.errors import InvalidInput, NotFound
from cara_fed.publishing.hold_post import appeal
from cara_fed.publishing.keep_draft import LIVING, discard_draft, find_own_draft, save_draft, unschedule_draft
from cara_fed.publishing.receive_upload import receive_upload, remove_upload
from cara_fed.translate.views import path_of_post
from cara_fed.web.draft_views import DraftsPage, OutgoingPage
from cara_fed.web.drafting import read_number, read_uploads, show_line, show_upload
from cara_fed.web.forms import chosen_file
from cara_fed.web.house import services
from cara_fed.web.parts import FormView
from cara_fed.web.showing import go, show
from cara_fed.web.signed_in import require_artist
from cara_fed.web.treating import treat_as_said, treatment_in
from cara_fed.web.uploads import path_of, read_fields, read_files
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.drafts import DUE, OPEN, PUBLISHED, Draft

NOT_KEPT = ("csrf_token", "draft", "act")
"""Fields of the form that are no part of the post."""

room = Blueprint("drafts", __name__)


@room.get("/drafts")
async def show_drafts() -> ResponseReturnValue:
    """All of the artist's."""
    artist = require_artist()
    async with services().database.reading() as records:
        drafts = await records.drafts.find_of(artist.pk, LIVING)
        lines = [show_line(draft, await read_uploads(records, artist, draft.pk)) for draft in drafts]
    return await show(DraftsPage(tuple(lines)))


@room.post("/drafts")
async def save() -> ResponseReturnValue:
    """Keep the form as it stands; for scripts, while the artist writes."""
    artist, fields = require_artist(), await read_fields()
    try:
        draft = await save_draft(services(), artist, read_number(fields.get("draft", "")), kept_fields(fields))
    except (InvalidInput, NotFound) as refusal:
        return _refuse(refusal)
    await treat_as_said(artist, draft.fields)
    return jsonify({"draft": str(draft.pk), "uploads": await _list_uploads(artist, draft.pk)})


@room.get("/drafts/<pk:pk>")
async def show_draft(pk: int) -> ResponseReturnValue:
    """Where a draft has come to: its form, its way out, or the post that it became."""
    artist = require_artist()
    draft = await find_own_draft(services(), artist, pk)
    if draft.state == OPEN:
        return redirect(f"/publish?draft={pk}", 303)
    if draft.state == PUBLISHED:
        return redirect(await find_path(artist, draft), 303)
    async with services().database.reading() as records:
        uploads = await read_uploads(records, artist, pk)
    is_over = draft.state == DUE and draft.publish_at is not None and draft.publish_at <= services().clock.now()
    return await show(OutgoingPage(show_line(draft, uploads), uploads, is_over, FormView({"appeal": draft.appeal})))


@room.post("/drafts/<pk:pk>/pictures")
async def add_picture(pk: int) -> ResponseReturnValue:
    """One picture more, field ``picture``."""
    artist, upload = require_artist(), chosen_file(await read_files(), "picture")
    try:
        if upload is None:
            raise InvalidInput(_("There is no picture in this."))
        said = treatment_in((await find_own_draft(services(), artist, pk)).fields)
        row = await receive_upload(services(), artist, pk, path_of(upload), upload.filename or "", said)
    except (InvalidInput, NotFound) as refusal:
        return _refuse(refusal)
    return jsonify(show_upload(artist, row).as_json())


@room.get("/drafts/<pk:pk>/pictures")
async def show_pictures(pk: int) -> ResponseReturnValue:
    """How far the pictures have come, for scripts; and the address to go to, once it is out."""
    artist = require_artist()
    draft = await find_own_draft(services(), artist, pk)
    is_away = draft.state in (OPEN, PUBLISHED)
    return jsonify({"uploads": await _list_uploads(artist, pk), "is_away": is_away})


@room.post("/drafts/<pk:pk>/pictures/<pk:upload_pk>/remove")
async def remove_picture(pk: int, upload_pk: int) -> ResponseReturnValue:
    """One picture less."""
    try:
        await remove_upload(services(), require_artist(), pk, upload_pk)
    except NotFound as refusal:
        return _refuse(refusal)
    return jsonify({})


@room.post("/drafts/<pk:pk>/discard")
async def discard(pk: int) -> ResponseReturnValue:
    """Throw it away."""
    await discard_draft(services(), require_artist(), pk)
    return await go("/drafts", _("Thrown away."))


@room.post("/drafts/<pk:pk>/appeal")
async def say_how_it_was_made(pk: int) -> ResponseReturnValue:
    """What the artist of held work says about it."""
    artist, fields = require_artist(), await read_fields()
    await appeal(services(), artist, pk, fields.get("appeal", ""))
    return await go(f"/drafts/{pk}", _("Thank you. Those who decide will read it."))


@room.post("/drafts/<pk:pk>/unschedule")
async def unschedule(pk: int) -> ResponseReturnValue:
    """Let it wait for its artist again."""
    await unschedule_draft(services(), require_artist(), pk)
    return await go(f"/publish?draft={pk}", _("It will not go out by itself. Here it is as you left it."))


def kept_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """What of a form is kept: what was filled in, for the post."""
    return {name: value for name, value in fields.items() if value and name not in NOT_KEPT}


async def find_path(artist: Artist, draft: Draft) -> str:
    """Where the post is that a draft became; the artist's wall, where it was deleted since."""
    async with services().database.reading() as records:
        post = await records.posts.find_by_pk(draft.post_pk or 0)
    return path_of_post(artist, post) if post and post.deleted_at is None else f"/@{artist.name}"


async def _list_uploads(artist: Artist, draft_pk: int) -> list[dict[str, Any]]:
    async with services().database.reading() as records:
        return [upload.as_json() for upload in await read_uploads(records, artist, draft_pk)]


def _refuse(refusal: Exception) -> tuple[Response, int]:
    return jsonify({"problem": str(refusal)}), 404 if isinstance(refusal, NotFound) else 422
