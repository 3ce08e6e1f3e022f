"""An artist's marks: what stands visibly on their pictures, and whether a number stands in them that nobody sees."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from quart import Blueprint, Response, request
from quart.typing import ResponseReturnValue

from cara_fed.protection.errors import PictureRefused
from cara_fed.protection.values import MarkLayout, VisibleMark
from cara_fed.publishing.marks import MAX_LOGO_BYTES, MAX_MARK_TEXT, MarkWishes, keep_wishes, read_wishes
from cara_fed.services import picture_limits
from cara_fed.web.forms import FormInvalid, FormReader, Upload, chosen_file
from cara_fed.web.house import services
from cara_fed.web.mark_views import MarkSettingsPage
from cara_fed.web.parts import FormView
from cara_fed.web.showing import go, show, show_invalid
from cara_fed.web.signed_in import require_artist
from cara_fed.web.uploads import read_fields, read_files
from cara_fed.words.speech import _
from storage.artists import Artist

PATH = "/settings/marks"
_INVISIBLE = {"": None, "yes": True, "no": False}

room = Blueprint("mark_settings", __name__, url_prefix=PATH)


@room.get("")
async def show_marks() -> ResponseReturnValue:
    """The form, as the artist last answered."""
    artist = require_artist()
    return await show(await _build_page(artist, _fill_in(read_wishes(artist))))


@room.post("")
async def change_marks() -> ResponseReturnValue:
    """Want other marks from now on."""
    artist, fields, files = require_artist(), await read_fields(), await read_files()
    try:
        wishes = await _read_wishes(artist, fields, files)
    except FormInvalid as invalid:
        return await show_invalid(await _build_page(artist, invalid.view))
    await keep_wishes(services(), artist, wishes)
    return await go(PATH, _("Saved. It holds for what you publish from now on; earlier pictures stay as they are."))


@room.get("/preview")
async def show_preview() -> ResponseReturnValue:
    """The mark that the query describes, on a sample; ``logo=1`` for the artist's own logo."""
    artist, reader = require_artist(), FormReader(request.args)
    try:
        mark = _read_mark(reader, read_wishes(artist).logo if reader.flag("logo") else "")
        reader.finish()
    except FormInvalid:
        mark = VisibleMark()
    image, _ = await services().pictures.show_mark(mark, picture_limits(services().config))
    return Response(image, content_type="image/webp", headers={"cache-control": "private, max-age=600"})


def _read_mark(reader: FormReader, logo: str) -> VisibleMark:
    return VisibleMark(
        text=reader.line("text", limit=MAX_MARK_TEXT),
        logo=logo,
        layout=reader.choice("layout", MarkLayout, MarkLayout.CORNER),
        opacity=_read_opacity(reader),
    )


def _read_opacity(reader: FormReader) -> int:
    typed = reader.line("opacity") or str(MarkWishes().opacity)
    if not typed.isdecimal() or not 5 <= int(typed) <= 100:
        reader.refuse("opacity", _("From 5 to 100 %."))
        return MarkWishes().opacity
    return int(typed)


async def _read_wishes(artist: Artist, fields: Mapping[str, str], files: Mapping[str, Upload]) -> MarkWishes:
    reader, before = FormReader(fields), read_wishes(artist)
    mark = _read_mark(reader, "" if reader.flag("remove_logo") else before.logo)
    invisible = _INVISIBLE.get(fields.get("invisible", ""))
    logo = await _read_logo(reader, chosen_file(files, "logo")) or mark.logo
    wishes = MarkWishes(reader.flag("visible"), mark.layout, mark.text, logo, mark.opacity, invisible)
    if wishes.is_visible and not wishes.can_be_drawn:
        reader.refuse("text", _("What should the mark say? Write it here, or choose a logo."))
    reader.finish()
    return wishes


async def _read_logo(reader: FormReader, upload: Upload | None) -> str:
    if upload is None:
        return ""
    data = upload.stream.read(MAX_LOGO_BYTES + 1)
    if len(data) > MAX_LOGO_BYTES:
        reader.refuse("logo", _("A logo has at most %(limit)s KiB.", limit=MAX_LOGO_BYTES // 1024))
        return ""
    try:
        return await services().pictures.clean_logo(data, picture_limits(services().config))
    except PictureRefused as refusal:
        reader.refuse("logo", str(refusal))
        return ""


def _fill_in(wishes: MarkWishes) -> FormView:
    invisible = next(name for name, value in _INVISIBLE.items() if value == wishes.invisible)
    values = {
        "layout": wishes.layout.value,
        "text": wishes.text,
        "opacity": str(wishes.opacity),
        "invisible": invisible,
        **({"visible": "1"} if wishes.is_visible else {}),
    }
    return FormView(values)


async def _build_page(artist: Artist, form: FormView) -> MarkSettingsPage:
    wishes = read_wishes(artist)
    query = {name: form.value(name) for name in ("text", "layout", "opacity")}
    query |= {"logo": "1"} if wishes.logo else {}
    undrawn = ""
    if wishes.text and not wishes.logo:
        mark = replace(VisibleMark(), text=wishes.text)
        _, undrawn = await services().pictures.show_mark(mark, picture_limits(services().config))
    return MarkSettingsPage(
        preview_url=f"{PATH}/preview?{urlencode(query)}",
        has_logo=bool(wishes.logo),
        instance_marks=services().config.protection.invisible_mark,
        undrawn=undrawn,
        form=form,
    )
