"""Changing and deleting one's own posts."""

from collections.abc import Sequence

from quart import Blueprint
from quart.typing import ResponseReturnValue

from cara_fed.errors import InvalidInput
from cara_fed.publishing.delete_post import delete_post
from cara_fed.publishing.drafts import MAX_PICTURES
from cara_fed.publishing.edit_post import edit_post, read_edit
from cara_fed.publishing.name_together import CreditRefused
from cara_fed.publishing.store_picture import PictureUnusable
from cara_fed.translate.opt_outs import effective_opt_out
from cara_fed.translate.posts import PostRows
from cara_fed.translate.views import path_of_post
from cara_fed.web.credit_form import FIELD, write_credits
from cara_fed.web.edit_form import files_of, fill_in, read_edit_form
from cara_fed.web.errors import NothingHere
from cara_fed.web.forms import FormInvalid, chosen_file
from cara_fed.web.house import house, services
from cara_fed.web.pages.posts import find_post
from cara_fed.web.parts import FollowState, FormView
from cara_fed.web.showing import form_again, go, show, show_invalid
from cara_fed.web.signed_in import require_artist
from cara_fed.web.studio_views import Asked, EditPage
from cara_fed.web.treating import offered_cloaks
from cara_fed.web.uploads import read_fields, read_files
from cara_fed.words.speech import _
from storage.credits import DROPPED, Credit

room = Blueprint("editing", __name__)


@room.get("/@<name>/<pk:pk>/edit")
async def show_edit(name: str, pk: int) -> ResponseReturnValue:
    """The post as a form."""
    rows = await find_own(name, pk)
    credits = await _find_credits(rows)
    form = fill_in(read_edit(rows))
    return await show(_build_page(rows, FormView({**form.values, FIELD: write_credits(credits)}), credits))


@room.post("/@<name>/<pk:pk>/edit")
async def edit(name: str, pk: int) -> ResponseReturnValue:
    """Change the post, and tell everybody who has it."""
    rows, fields, files = await find_own(name, pk), await read_fields(), await read_files()
    try:
        await edit_post(services(), rows.artist, pk, read_edit_form(fields, files, read_edit(rows)))
    except FormInvalid as invalid:
        return await show_invalid(_build_page(rows, invalid.view, await _find_credits(rows)))
    except InvalidInput as refusal:
        again = form_again(fields, **{_field_of(refusal, files_of(fields, files, len(rows.pictures))): str(refusal)})
        return await show_invalid(_build_page(rows, again, await _find_credits(rows)))
    said = _("Saved. Every server that has it is told.")
    if any(chosen_file(files, f"picture-{n}") for n in range(MAX_PICTURES)):
        said += " " + _("What must stay in sight was sought anew in the new picture: look whether it is right.")
    return await go(path_of_post(rows.artist, rows.post), said)


@room.post("/@<name>/<pk:pk>/delete")
async def delete(name: str, pk: int) -> ResponseReturnValue:
    """Delete the post here, and ask every server that has it to do so too."""
    rows = await find_own(name, pk)
    await delete_post(services(), rows.artist, pk)
    return await go(f"/@{rows.artist.name}", _("Deleted. Every server that received it is asked to delete it too."))


async def find_own(name: str, pk: int) -> PostRows:
    """The post, for its own artist; for everybody else there is nothing here."""
    require_artist()
    async with services().database.reading() as records:
        rows, sight = await find_post(records, name, pk)
    if sight.follow is not FollowState.SELF:
        raise NothingHere
    return rows


def _field_of(refusal: InvalidInput, names: Sequence[str]) -> str:
    """The field beside which a refusal stands: of new pictures the refused one's."""
    if not isinstance(refusal, PictureUnusable):
        return FIELD if isinstance(refusal, CreditRefused) else "text"
    return names[refusal.number - 1]


async def _find_credits(rows: PostRows) -> Sequence[Credit]:
    async with services().database.reading() as records:
        return await records.credits.find_for_post(rows.post.pk)


def _build_page(rows: PostRows, form: FormView, credits: Sequence[Credit]) -> EditPage:
    default = services().config.opt_out.default
    return EditPage(
        post=house().gallery.post(rows),
        inherited=effective_opt_out(default, rows.artist),
        inherited_from="artist" if rows.artist.opt_out else "instance",
        form=form,
        credits=tuple(
            Asked(row.handle, row.state)  # type: ignore[arg-type]
            for row in credits
            if row.state != DROPPED
        ),
        cloaks=offered_cloaks(services().config),
        may_add=len(rows.pictures) < MAX_PICTURES and rows.poll is None,
    )
