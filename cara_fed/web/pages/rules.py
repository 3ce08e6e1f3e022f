"""The rules of the house, for everybody; asking to join; and what a suspended artist sees."""

from quart import Blueprint, redirect
from quart.typing import ResponseReturnValue

from activitypub.errors import IdentifierError
from cara_fed.accounts.create_artist import Role
from cara_fed.errors import InvalidInput
from cara_fed.mail.letters import can_write
from cara_fed.moderation.applications import apply_to_join
from cara_fed.moderation.suspensions import appeal_suspension
from cara_fed.web.errors import NothingHere
from cara_fed.web.forms import NO_NAME
from cara_fed.web.house import house, services, visitor
from cara_fed.web.moderation_views import ApplyPage, RulesPage, SuspendedPage
from cara_fed.web.parts import FormView
from cara_fed.web.showing import form_again, go, show, show_invalid
from cara_fed.web.signed_in import suspended_artist
from cara_fed.web.uploads import read_fields
from cara_fed.words.speech import _
from storage.applications import OPEN
from storage.artists import Artist

APPLY, SUSPENDED = "/join/apply", "/suspended"

room = Blueprint("rules", __name__)


@room.get("/rules")
async def show_rules() -> ResponseReturnValue:
    """What holds here, and who looks after it."""
    async with services().database.reading() as records:
        rules = await records.house_rules.find_rules()
        artists = await records.artists.find_all()
    staff = tuple(house().gallery.byline(artist) for artist in artists if artist.role != Role.ARTIST)
    return await show(RulesPage(tuple(rule.content for rule in rules), staff, _may_apply()))


@room.get(APPLY)
async def show_apply() -> ResponseReturnValue:
    """The form, where those who run the place take applications."""
    if not _may_apply():
        raise NothingHere
    return await show(await _build_apply(FormView()))


@room.post(APPLY)
async def apply() -> ResponseReturnValue:
    """Take an application down."""
    if not _may_apply():
        raise NothingHere
    fields = await read_fields()
    name, mail, words = (fields.get(field, "") for field in ("name", "mail", "words"))
    try:
        await apply_to_join(services(), name.strip().removeprefix("@"), mail, words, visitor().address)
    except IdentifierError:
        return await show_invalid(await _build_apply(form_again(fields, name=_(NO_NAME))))
    except InvalidInput as refusal:
        return await show_invalid(await _build_apply(form_again(fields, words=str(refusal))))
    return await show(ApplyPage(is_sent=True))


@room.get(SUSPENDED)
async def show_suspended() -> ResponseReturnValue:
    """Why, and what can be said against it."""
    artist = suspended_artist()
    return await show(await _build_suspended(artist, FormView())) if artist else redirect("/", 303)


@room.post(SUSPENDED)
async def appeal() -> ResponseReturnValue:
    """Say something against it."""
    artist, fields = suspended_artist(), await read_fields()
    if artist is None:
        raise NothingHere
    try:
        await appeal_suspension(services(), artist, fields.get("words", ""))
    except InvalidInput as refusal:
        return await show_invalid(await _build_suspended(artist, form_again(fields, words=str(refusal))))
    return await go(SUSPENDED, _("The moderators have your appeal."))


async def _build_apply(form: FormView) -> ApplyPage:
    async with services().database.reading() as records:
        rules = await records.house_rules.find_rules()
    return ApplyPage(tuple(rule.content for rule in rules), can_write(services()), form=form)


async def _build_suspended(artist: Artist, form: FormView) -> SuspendedPage:
    async with services().database.reading() as records:
        latest = await records.suspension_appeals.find_latest(artist.pk)
    return SuspendedPage(
        handle=f"@{artist.name}@{services().site.domain}",
        reason=artist.suspension_reason,
        since=artist.suspended_at or services().clock.now(),
        is_waiting=latest is not None and latest.state == OPEN,
        answer=latest.answer if latest is not None else "",
        form=form,
    )


def _may_apply() -> bool:
    return services().config.instance.joining == "application"
