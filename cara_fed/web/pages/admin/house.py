"""Rules and announcements: what those who run the place tell everybody."""

from quart import Blueprint
from quart.typing import ResponseReturnValue

from activitypub.identifiers import read_pk
from cara_fed.accounts.create_artist import Role
from cara_fed.errors import InvalidInput
from cara_fed.moderation.house_rules import announce, end_announcement, set_rules
from cara_fed.web.house import services
from cara_fed.web.moderation_views import AnnouncementView, RulesAdminPage
from cara_fed.web.parts import FormView
from cara_fed.web.showing import form_again, go, show, show_invalid
from cara_fed.web.signed_in import require_role
from cara_fed.web.uploads import read_fields
from cara_fed.words.speech import _

PATH = "/admin/rules"

room = Blueprint("house_rules", __name__)


@room.get(PATH)
async def show_rules() -> ResponseReturnValue:
    """Both forms, as things stand."""
    require_role(Role.ADMIN)
    return await show(await _build(None))


@room.post(PATH)
async def change_rules() -> ResponseReturnValue:
    """Let these be the rules."""
    admin, fields = require_role(Role.ADMIN), await read_fields()
    try:
        await set_rules(services(), fields.get("rules", ""), admin)
    except InvalidInput as refusal:
        return await show_invalid(await _build(form_again(fields, rules=str(refusal))))
    return await go(PATH, _("These are the rules now, at /rules."))


@room.post(f"{PATH}/announce")
async def tell() -> ResponseReturnValue:
    """Tell every artist something."""
    admin, fields = require_role(Role.ADMIN), await read_fields()
    try:
        await announce(services(), fields.get("announcement", ""), fields.get("days", ""), admin)
    except InvalidInput as refusal:
        return await show_invalid(await _build(form_again(fields, announcement=str(refusal))))
    return await go(PATH, _("Every artist reads it at home."))


@room.post(f"{PATH}/end")
async def end() -> ResponseReturnValue:
    """Tell it no longer."""
    admin = require_role(Role.ADMIN)
    await end_announcement(services(), read_pk((await read_fields()).get("announcement", "")) or 0, admin)
    return await go(PATH)


async def _build(form: FormView | None) -> RulesAdminPage:
    async with services().database.reading() as records:
        rules = await records.house_rules.find_rules()
        told = await records.house_rules.find_announcements(services().clock.now())
    stands = FormView({"rules": "\n".join(rule.content for rule in rules)})
    if form is not None and "rules" not in form.values:
        form = FormView({**stands.values, **form.values}, form.errors)
    views = tuple(AnnouncementView(row.pk, row.content, row.author, row.ends_at) for row in told)
    return RulesAdminPage(views, form or stands)
