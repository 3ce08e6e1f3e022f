"""Custom emoji: added from a file or copied from others' posts, cleaned like every picture, and taken out of use."""

import asyncio
import base64
import hashlib
import re
from io import BytesIO
from typing import Final

from PIL import Image

from activitypub.origins import host_of
from cara_fed.errors import InvalidInput, NotFound
from cara_fed.moderation.deeds import Deed, note_deed
from cara_fed.protection import PictureRefused
from cara_fed.remote_media.links import RemoteFile
from cara_fed.remote_media.proxy import RemoteFileUnavailable, open_remote_media
from cara_fed.services import Services, picture_limits
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.custom_emoji import CustomEmoji

EDGE: Final = 128
MAX_FILE: Final = 1024 * 1024
MAX_CATEGORY: Final = 50
MAX_EMOJI: Final = 2000
_SHORTCODE: Final = re.compile(r"[a-z0-9_]{2,30}")


async def add_emoji(
    services: Services, admin: Artist, shortcode: str, category: str, data: bytes, source: str = ""
) -> None:
    """Add an emoji of the picture ``data``, with :shortcode: for its name. ``source`` is the server it came from.

    Raises InvalidInput in one sentence.
    """
    shortcode, category = read_shortcode(shortcode), " ".join(category.split())[:MAX_CATEGORY]
    if len(data) > MAX_FILE:
        raise InvalidInput(_("An emoji has at most 1 MB."))
    picture = await _clean(services, data)
    file = f"{hashlib.sha256(picture).hexdigest()}.png"
    await services.media.put("public", file, picture)
    row = CustomEmoji(
        pk=services.clock.new_pk(), shortcode=shortcode, category=category, file=file, source=source,
        added_by=admin.name, created_at=services.clock.now(),
    )  # fmt: skip
    async with services.database.unit_of_work() as records:
        known = await records.custom_emoji.find_all()
        if any(one.shortcode == shortcode for one in known):
            raise InvalidInput(_("There is an emoji :%(shortcode)s: already.", shortcode=shortcode))
        if len(known) >= MAX_EMOJI:
            raise InvalidInput(_("There are so many emoji that nobody finds one. Take some out of use."))
        await records.custom_emoji.add(row)
        await note_deed(records, services.clock, Deed.ADD_EMOJI, f":{shortcode}:", admin.name, source)


async def copy_emoji(services: Services, admin: Artist, url: str, shortcode: str, category: str) -> None:
    """Add an emoji that stands in a post of another server, by its picture's address. Raises InvalidInput, NotFound."""
    async with services.database.reading() as records:
        seen = next((one for one in await records.custom_emoji.find_seen() if one.url == url), None)
    if seen is None:
        raise NotFound(_("This emoji is in none of the posts here."))
    try:
        file = RemoteFile(url, services.config.opt_out.default, is_small=True)
        shown = await open_remote_media(services).get(file)
    except RemoteFileUnavailable as refusal:
        raise InvalidInput(_("Its server does not give the picture: try again later.")) from refusal
    await add_emoji(services, admin, shortcode, category, shown.content, host_of(seen.actor_id))


async def use_emoji(services: Services, admin: Artist, shortcode: str, *, is_used: bool) -> None:
    """Offer an emoji again, or no more; posts that hold it keep it. Raises NotFound."""
    async with services.database.unit_of_work() as records:
        emoji = await records.custom_emoji.find(shortcode)
        if emoji is None:
            raise NotFound(_("There is no such emoji."))
        emoji.disabled_at = None if is_used else services.clock.now()
        deed = Deed.USE_EMOJI if is_used else Deed.DISABLE_EMOJI
        await note_deed(records, services.clock, deed, f":{shortcode}:", admin.name)


def read_shortcode(typed: str) -> str:
    """A shortcode without its colons; raises InvalidInput."""
    shortcode = typed.strip().strip(":").lower()
    if _SHORTCODE.fullmatch(shortcode) is None:
        raise InvalidInput(_("A shortcode is 2 to 30 letters of a to z, digits and underscores."))
    return shortcode


async def _clean(services: Services, data: bytes) -> bytes:
    """The picture as a small PNG of nothing but pixels; it is decoded outside this process, like all that comes in."""
    try:
        cleaned = await services.pictures.clean_logo(data, picture_limits(services.config))
    except PictureRefused as refusal:
        raise InvalidInput(_("This is no picture that can be used: take a PNG, WebP, GIF or JPEG.")) from refusal
    return await asyncio.to_thread(_shrink, base64.b64decode(cleaned))


def _shrink(png: bytes) -> bytes:
    image = Image.open(BytesIO(png)).convert("RGBA")
    image.thumbnail((EDGE, EDGE), Image.Resampling.LANCZOS)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
