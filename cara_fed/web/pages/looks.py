"""How it will look: a draft as other software will show it."""

from quart import Blueprint
from quart.typing import ResponseReturnValue

from activitypub.html import render_text
from cara_fed.publishing.keep_draft import find_own_draft
from cara_fed.translate.posts import tag_page
from cara_fed.translate.receivers import Sent, foresee
from cara_fed.translate.views import rendered_html
from cara_fed.web.draft_views import LookPage, Seen
from cara_fed.web.forms import FormReader
from cara_fed.web.house import house, services
from cara_fed.web.publish_form import PublishForm, read_draft_fields
from cara_fed.web.showing import show
from cara_fed.web.signed_in import require_artist
from storage.artists import Artist
from storage.attachments import Picture

room = Blueprint("looks", __name__)


@room.get("/drafts/<pk:pk>/look")
async def show_look(pk: int) -> ResponseReturnValue:
    """The draft as Mastodon, Pixelfed and link cards show it; pictures that are not ready are left out, and counted."""
    artist = require_artist()
    draft = await find_own_draft(services(), artist, pk)
    form = read_draft_fields(FormReader(draft.fields))
    made = await _find_made(artist, [picture.upload_pk or 0 for picture in form.pictures])
    return await show(_build_page(artist, pk, form, made))


async def _find_made(artist: Artist, upload_pks: list[int]) -> dict[int, Picture]:
    """What was made of uploads, by their keys."""
    async with services().database.reading() as records:
        uploads = await records.uploads.find(upload_pks)
        own = {one.attachment_pk: one.pk for one in uploads.values() if one.artist_pk == artist.pk}
        found = await records.attachments.find([pk for pk in own if pk])
    return {own[pk]: picture for pk, picture in found.items()}


def _build_page(artist: Artist, pk: int, form: PublishForm, made: dict[int, Picture]) -> LookPage:
    site, gallery = services().site, house().gallery
    ready = [(one, made[one.upload_pk or 0]) for one in form.pictures if one.upload_pk in made]
    sent = [_read_sent(picture, one.alt, one.focal_point) for one, picture in ready]
    unready = len(form.pictures) - len(ready)
    foreseen = foresee(sent, text=form.text, is_covered=form.sensitive, cover=form.content_warning, awaits=unready > 0)
    seen = tuple(
        Seen(gallery.uploaded(artist, picture), one.alt, round((facts.focal_x + 1) * 5), round((1 - facts.focal_y) * 5))
        for (one, picture), facts in zip(ready, sent, strict=True)
    )
    content = render_text(form.text, tag_url=lambda key: tag_page(site, key))
    return LookPage(
        draft_pk=pk,
        byline=gallery.byline(artist),
        site_name=services().config.instance.name,
        domain=services().config.instance.domain,
        content=rendered_html(content),
        words=" ".join(form.text.split()),
        cover=form.content_warning if form.sensitive else None,
        pictures=seen,
        more=foreseen.more,
        warnings=foreseen.warnings,
        unready=unready,
    )


def _read_sent(picture: Picture, alt: str, focal_point: tuple[float, float] | None) -> Sent:
    attachment, file = picture.attachment, picture.renditions.get("federated")
    x, y = focal_point or (attachment.focal_x, attachment.focal_y)
    width, height = (file.width, file.height) if file else (attachment.width or 1, attachment.height or 1)
    media_type = file.media_type if file else attachment.media_type
    return Sent(width, height, media_type, x, y, alt, moves="moving" in picture.renditions)
