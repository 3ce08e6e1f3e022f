"""instance.toml, shown and never written: what runs, what the file says now, and every mistake in it."""

from typing import Final

from quart import Blueprint
from quart.typing import ResponseReturnValue

from cara_fed.accounts.create_artist import Role
from cara_fed.errors import ConfigError
from cara_fed.moderation.settings_file import read_settings_file
from cara_fed.moderation.taking_over import take_over
from cara_fed.web.house import services
from cara_fed.web.moderation_views import SettingsFilePage, SettingView
from cara_fed.web.showing import INVALID, go, show
from cara_fed.web.signed_in import require_role
from cara_fed.words.speech import _

PATH: Final = "/admin/settings"

room = Blueprint("settings_file", __name__)


@room.get(PATH)
async def show_settings_file() -> ResponseReturnValue:
    """Every key, those first that the file says otherwise than what runs."""
    require_role(Role.ADMIN)
    return await show(await _build())


@room.post(PATH)
async def take_settings_over() -> ResponseReturnValue:
    """Put in force what needs no restart, if the file has no mistake."""
    admin = require_role(Role.ADMIN)
    try:
        keys = ", ".join(await take_over(services(), admin.name))
    except ConfigError as error:
        return await show(await _build(error.mistakes), status=INVALID)
    done = _("In force now: %(keys)s.", keys=keys) if keys else _("There was nothing to take over.")
    return await go(PATH, done)


async def _build(mistakes: tuple[str, ...] = ()) -> SettingsFilePage:
    read = await read_settings_file(services().config)
    views = (
        SettingView(one.key, one.running, one.stated, one.would_change, one.is_own, one.is_live)
        for one in read.settings
    )
    ordered = tuple(sorted(views, key=lambda view: not view.would_change))
    changed = [view for view in ordered if view.would_change]
    live = sum(view.is_live for view in changed)
    told = read.mistakes or tuple(mistake.removeprefix(f"{read.path}: ") for mistake in mistakes)
    return SettingsFilePage(str(read.path), ordered, told, live, len(changed) - live)
