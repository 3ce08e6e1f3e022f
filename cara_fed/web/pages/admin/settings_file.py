"""instance.toml, shown and never written: what runs, what the file says now, and every mistake in it."""

import os
from pathlib import Path

from quart import Blueprint
from quart.typing import ResponseReturnValue

from cara_fed.accounts.create_artist import Role
from cara_fed.config import ENVIRONMENT_PREFIX
from cara_fed.moderation.settings_file import SETTINGS_FILE, read_settings_file
from cara_fed.web.house import services
from cara_fed.web.moderation_views import SettingsFilePage, SettingView
from cara_fed.web.showing import show
from cara_fed.web.signed_in import require_role

room = Blueprint("settings_file", __name__)


@room.get("/admin/settings")
async def show_settings_file() -> ResponseReturnValue:
    """Every key."""
    require_role(Role.ADMIN)
    config = services().config
    path = Path(os.environ.get(f"{ENVIRONMENT_PREFIX}CONFIG") or config.folder / SETTINGS_FILE)
    read = await read_settings_file(config, path)
    settings = tuple(
        SettingView(one.key, one.running, one.stated, one.would_change, one.is_own) for one in read.settings
    )
    changes = sum(one.would_change for one in settings)
    return await show(SettingsFilePage(str(read.path), settings, read.mistakes, changes))
