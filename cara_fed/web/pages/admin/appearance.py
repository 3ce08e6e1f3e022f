"""Appearance: colours and a style tried out on the page itself, with the lines for instance.toml; nothing is saved."""

from typing import Final
from urllib.parse import urlencode

from quart import Blueprint, Response, request
from quart.typing import ResponseReturnValue

from cara_fed.accounts.create_artist import Role
from cara_fed.appearance.colors import DARK, LIGHT, Scheme, find_readable, is_color, worst_contrast
from cara_fed.appearance.look import Look
from cara_fed.appearance.styling import build_samples
from cara_fed.web.house import house, services
from cara_fed.web.moderation_views import AppearancePage, ColourView
from cara_fed.web.showing import show
from cara_fed.web.signed_in import require_role

PATH: Final = "/admin/appearance"

room = Blueprint("appearance", __name__)


@room.get(PATH)
async def show_appearance() -> ResponseReturnValue:
    """How it looks, or would look with the colours asked for."""
    require_role(Role.ADMIN)
    look = services().running.look
    colours = (_read("accent", LIGHT, look.accent), _read("accent_dark", DARK, look.accent_dark))
    query = urlencode({colour.key: colour.shown for colour in colours})
    named = services().config.appearance
    return await show(
        AppearancePage(colours, f"{PATH}/preview.css?{query}", house().dress.logo_url, named.logo, named.stylesheet)
    )


@room.get(f"{PATH}/preview.css")
async def show_preview() -> ResponseReturnValue:
    """The style of the colours asked for, as far as they can be read."""
    require_role(Role.ADMIN)
    look = services().running.look
    day, night = _read("accent", LIGHT, look.accent), _read("accent_dark", DARK, look.accent_dark)
    response = Response(build_samples(Look(day.shown, night.shown)), content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _read(key: str, scheme: Scheme, running: str) -> ColourView:
    """The colour asked for, or else the one that runs; shown is what can be read."""
    asked = request.args.get(key, running).strip().lower()
    is_right = is_color(asked)
    color = asked if is_right else running
    return ColourView(key, asked[:20], is_right, find_readable(color, scheme), worst_contrast(color, scheme))
