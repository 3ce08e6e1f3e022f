"""Beside a work: how it was made, and the alt texts that readers propose."""

from quart import Blueprint, Response
from quart.typing import ResponseReturnValue

from cara_fed.accounts.create_artist import Role
from cara_fed.errors import InvalidInput
from cara_fed.publishing.keep_making import MAX_NOTE, Kind, keep_making, remove_making
from cara_fed.publishing.propose_alt import accept_alt, leave_alt, propose_alt
from cara_fed.translate.posts import PostRows
from cara_fed.translate.views import path_of_post
from cara_fed.web.drafting import read_number
from cara_fed.web.entries import find_bylines
from cara_fed.web.errors import NothingHere
from cara_fed.web.forms import FormInvalid, FormReader, chosen_file
from cara_fed.web.house import house, services
from cara_fed.web.making_views import AltPage, MakingLine, MakingPage, ProposalLine
from cara_fed.web.pages.editing import find_own
from cara_fed.web.pages.posts import find_post
from cara_fed.web.parts import FollowState, FormView
from cara_fed.web.showing import form_again, go, show, show_invalid
from cara_fed.web.signed_in import current_artist, require_artist
from cara_fed.web.uploads import path_of, read_fields, read_files
from cara_fed.words.speech import _
from cara_fed.words.writing import write_size
from storage.making import MakingFile
from storage.records import Records

room = Blueprint("making", __name__)


@room.get("/@<name>/<pk:pk>/making")
async def show_making(name: str, pk: int) -> ResponseReturnValue:
    """What its artist shows of it; all of it to the artist and to moderators."""
    return await show(await _build_making(name, pk, FormView()))


@room.post("/@<name>/<pk:pk>/making")
async def add_making(name: str, pk: int) -> ResponseReturnValue:
    """One file more."""
    rows, fields, file = await find_own(name, pk), await read_fields(), chosen_file(await read_files(), "file")
    reader = FormReader(fields)
    kind, note = reader.choice("kind", Kind, Kind.SKETCH), reader.text("note", limit=MAX_NOTE)
    try:
        if file is None:
            reader.refuse("file", _("Choose a file."))
        reader.finish()
        assert file is not None  # noqa: S101 - refused above
        public = reader.flag("is_public")
        await keep_making(services(), rows.artist, pk, path_of(file), file.filename or "", kind, note, public=public)
    except FormInvalid as invalid:
        return await show_invalid(await _build_making(name, pk, invalid.view))
    except InvalidInput as refusal:
        return await show_invalid(await _build_making(name, pk, form_again(fields, file=str(refusal))))
    return await go(f"{path_of_post(rows.artist, rows.post)}/making", _("Kept, with its hash and today’s date."))


@room.post("/@<name>/<pk:pk>/making/<pk:file_pk>/remove")
async def take_away(name: str, pk: int, file_pk: int) -> ResponseReturnValue:
    """One file less."""
    rows = await find_own(name, pk)
    await remove_making(services(), rows.artist, pk, file_pk)
    return await go(f"{path_of_post(rows.artist, rows.post)}/making", _("Removed."))


@room.get("/@<name>/<pk:pk>/making/<pk:file_pk>")
async def send_file(name: str, pk: int, file_pk: int) -> ResponseReturnValue:
    """The file as it was sent, for its artist and for moderators; never shown within this site."""
    async with services().database.reading() as records:
        rows, sight = await find_post(records, name, pk)
        row = await records.making.find(file_pk)
    if row is None or row.post_pk != rows.post.pk or not (sight.follow is FollowState.SELF or _is_staff()):
        raise NothingHere
    response = Response(services().media.stream("private", row.hash), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{row.hash[:16]}"'
    response.headers["Content-Security-Policy"] = "sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    response.content_length = row.byte_size
    return response


@room.get("/@<name>/<pk:pk>/alt")
async def show_proposals(name: str, pk: int) -> ResponseReturnValue:
    """What was proposed, or room to propose something."""
    require_artist()
    return await show(await _build_alt(name, pk, FormView()))


@room.post("/@<name>/<pk:pk>/alt")
async def propose(name: str, pk: int) -> ResponseReturnValue:
    """Propose a text."""
    reader, fields = require_artist(), await read_fields()
    async with services().database.reading() as records:
        rows, _sight = await find_post(records, name, pk)
    number = fields.get("number", "1")
    try:
        picked = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
        await propose_alt(services(), reader, rows, picked, fields.get("text", ""))
    except InvalidInput as refusal:
        return await show_invalid(await _build_alt(name, pk, form_again(fields, text=str(refusal))))
    return await go(path_of_post(rows.artist, rows.post), _("Thank you. The artist decides."))


@room.post("/@<name>/<pk:pk>/alt/answer")
async def answer(name: str, pk: int) -> ResponseReturnValue:
    """Take a proposal, or leave it."""
    rows, fields = await find_own(name, pk), await read_fields()
    proposal, back = read_number(fields.get("proposal", "")) or 0, f"{path_of_post(rows.artist, rows.post)}/alt"
    if fields.get("answer") == "take":
        await accept_alt(services(), rows.artist, pk, proposal)
        return await go(back, _("It stands beside the picture now, and every server that has it is told."))
    await leave_alt(services(), rows.artist, pk, proposal)
    return await go(back, _("Left as it is."))


def _is_staff() -> bool:
    artist = current_artist()
    return artist is not None and artist.role in (Role.MODERATOR, Role.ADMIN)


async def _build_making(name: str, pk: int, form: FormView) -> MakingPage:
    async with services().database.reading() as records:
        rows, sight = await find_post(records, name, pk)
        is_own = sight.follow is FollowState.SELF
        files = await records.making.find_for_post(pk)
        shown = [file for file in files if file.is_public or is_own or _is_staff()]
        lines = await _build_lines(records, rows, shown, may_have=is_own or _is_staff())
    return MakingPage(house().gallery.post(rows), path_of_post(rows.artist, rows.post), lines, is_own, form)


async def _build_lines(
    records: Records, rows: PostRows, files: list[MakingFile], *, may_have: bool
) -> tuple[MakingLine, ...]:
    made = await records.attachments.find([file.attachment_pk for file in files if file.attachment_pk])
    path = path_of_post(rows.artist, rows.post)
    return tuple(
        MakingLine(
            pk=file.pk,
            kind=file.kind,
            note=file.note,
            name=file.name,
            hash=file.hash,
            size=write_size(file.byte_size),
            kept_at=file.created_at,
            is_public=file.is_public,
            picture=house().gallery.picture(rows, made[file.attachment_pk]) if file.attachment_pk in made else None,
            file_url=f"{path}/making/{file.pk}" if may_have else None,
        )
        for file in files
    )


async def _build_alt(name: str, pk: int, form: FormView) -> AltPage:
    async with services().database.reading() as records:
        rows, sight = await find_post(records, name, pk)
        is_own = sight.follow is FollowState.SELF
        found = await records.alt_proposals.find_for_post(pk) if is_own else ()
        kept_away = await records.blocks.find_actors(rows.artist.pk) if found else set()
        people = await find_bylines(records, {one.actor_id for one in found} - kept_away)
    numbers = {picture.attachment.pk: number for number, picture in enumerate(rows.pictures, start=1)}
    lines = tuple(
        ProposalLine(one.pk, numbers[one.attachment_pk], people[one.actor_id], one.text)
        for one in found
        if one.attachment_pk in numbers and one.actor_id in people
    )
    return AltPage(house().gallery.post(rows), path_of_post(rows.artist, rows.post), lines, is_own, form)
