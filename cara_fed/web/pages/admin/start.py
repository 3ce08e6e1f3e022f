"""Where administration begins: what waits for an answer, and what a new instance still wants."""

from quart import Blueprint
from quart.typing import ResponseReturnValue

from cara_fed.accounts.create_artist import Role
from cara_fed.appearance.section import AppearanceSection
from cara_fed.web.house import services
from cara_fed.web.moderation_views import StartPage, Step
from cara_fed.web.showing import show
from cara_fed.web.signed_in import require_role
from cara_fed.words.speech import later
from storage.records import Records

PATH = "/admin"
DEFAULT_NAME = "A small studio"

room = Blueprint("start", __name__)


@room.get(PATH)
async def show_start() -> ResponseReturnValue:
    """Both."""
    require_role(Role.ADMIN, Role.MODERATOR)
    async with services().database.reading() as records:
        page = StartPage(
            steps=await _read_steps(records),
            reports=await records.reports.count(),
            appeals=len(await records.suspension_appeals.find_open()) + await records.appeals.count_open(),
            applications=await records.applications.count_open(),
            held=len(await records.drafts.find_held()),
            lists=len(await records.held_lists.find_waiting()),
            trouble=len(await records.overviews.find_trouble()),
        )
    return await show(page)


async def _read_steps(records: Records) -> tuple[Step, ...]:
    config, settings = services().config, "/admin/settings"
    instance = config.instance
    return (
        Step(
            later("Name your site"), "instance.name and instance.description", settings, instance.name != DEFAULT_NAME
        ),
        Step(
            later("Say where people can write to you"), "instance.contact_email", settings, bool(instance.contact_email)
        ),
        Step(
            later("Choose your colours and a logo"),
            "",
            "/admin/appearance",
            services().config.appearance != AppearanceSection(),
        ),
        Step(later("Write the rules of the house"), "", "/admin/rules", bool(await records.house_rules.find_rules())),
        Step(later("Invite an artist"), "", "/admin/members", await records.artists.count() > 1),
        Step(later("Publish something"), "", "/publish", await records.posts.count_local() > 0),
        Step(
            later("Let backups be made every night"),
            "cara-fed backup",
            settings,
            bool(await records.backups.find_all()),
        ),
        Step(later("Name a mail server, for lost passwords"), "[smtp]", settings, bool(config.smtp.host)),
    )
