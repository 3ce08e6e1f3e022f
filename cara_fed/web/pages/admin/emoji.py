"""Custom emoji: added, copied from posts of others, taken out of use; and the list that text fields offer."""

from typing import Final

from quart import Blueprint, jsonify
from quart.typing import ResponseReturnValue

from activitypub.origins import host_of
from cara_fed.accounts.create_artist import Role
from cara_fed.errors import InvalidInput
from cara_fed.moderation.custom_emoji import MAX_FILE, add_emoji, copy_emoji, use_emoji
from cara_fed.remote_media.links import RemoteLinks
from cara_fed.web.forms import chosen_file
from cara_fed.web.house import house, services
from cara_fed.web.moderation_views import EmojiPage, EmojiView, SeenEmojiView
from cara_fed.web.parts import FormView
from cara_fed.web.showing import form_again, go, show, show_invalid
from cara_fed.web.signed_in import require_artist, require_role
from cara_fed.web.uploads import read_fields, read_files
from cara_fed.words.speech import _
from storage.custom_emoji import SeenEmoji

PATH: Final = "/admin/emoji"
SEEN_SHOWN: Final = 48

room = Blueprint("emoji", __name__)


@room.get(PATH)
async def show_emoji_room() -> ResponseReturnValue:
    """Every emoji of the house, and what others' latest posts hold."""
    require_role(Role.ADMIN)
    return await show(await _build(FormView()))


@room.post(PATH)
async def add() -> ResponseReturnValue:
    """Add one from a file."""
    admin, fields, files = require_role(Role.ADMIN), await read_fields(), await read_files()
    upload = chosen_file(files, "picture")
    data = upload.stream.read(MAX_FILE + 1) if upload else b""
    try:
        if not data:
            raise InvalidInput(_("Choose a picture."))
        await add_emoji(services(), admin, fields.get("shortcode", ""), fields.get("category", ""), data)
    except InvalidInput as refusal:
        return await show_invalid(await _build(form_again(fields, shortcode=str(refusal))))
    return await go(PATH, _("Artists can use it now, as a word between colons."))


@room.post(f"{PATH}/copy")
async def copy() -> ResponseReturnValue:
    """Add one that stands in somebody else's post."""
    admin, fields = require_role(Role.ADMIN), await read_fields()
    try:
        await copy_emoji(services(), admin, fields.get("url", ""), fields.get("shortcode", ""), "")
    except InvalidInput as refusal:
        return await show_invalid(await _build(form_again({}, shortcode=str(refusal))))
    return await go(PATH, _("Artists can use it now, as a word between colons."))


@room.post(f"{PATH}/use")
async def use() -> ResponseReturnValue:
    """Offer one again, or no more."""
    admin, fields = require_role(Role.ADMIN), await read_fields()
    await use_emoji(services(), admin, fields.get("shortcode", ""), is_used=fields.get("use") == "yes")
    return await go(PATH)


@room.get("/emoji.json")
async def list_emoji() -> ResponseReturnValue:
    """What an artist may write between colons, for the fields that offer it while one types."""
    require_artist()
    async with services().database.reading() as records:
        usable = [one for one in await records.custom_emoji.find_all() if one.disabled_at is None]
    response = jsonify([{"shortcode": one.shortcode, "url": house().gallery.emoji_url(one.file)} for one in usable])
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


async def _build(form: FormView) -> EmojiPage:
    async with services().database.reading() as records:
        ours, seen = await records.custom_emoji.find_all(), await records.custom_emoji.find_seen()
    gallery, names = house().gallery, {one.shortcode for one in ours}
    views = tuple(
        EmojiView(
            one.shortcode, gallery.emoji_url(one.file), one.category, one.source, one.added_by, one.disabled_at is None
        )
        for one in ours
    )
    others = tuple(view for one in seen if one.shortcode.lower() not in names and (view := _show_seen(one)))
    return EmojiPage(views, others[:SEEN_SHOWN], form)


def _show_seen(one: SeenEmoji) -> SeenEmojiView | None:
    links = RemoteLinks(services().session_key)
    address = links.make(one.url, services().config.opt_out.default, is_small=True)
    return SeenEmojiView(one.shortcode, one.url, address, host_of(one.actor_id)) if address else None
