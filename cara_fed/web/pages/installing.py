"""Installing the studio on a phone: its manifest, its worker, and the page it shows without a connection."""

from quart import Blueprint, Response, jsonify
from quart.typing import ResponseReturnValue

from cara_fed.web.house import house, services
from cara_fed.web.making_views import OfflinePage
from cara_fed.web.showing import show
from cara_fed.words.speech import _, spoken

SHORT_NAME = 12

room = Blueprint("installing", __name__)


@room.get("/manifest.webmanifest")
async def show_manifest() -> ResponseReturnValue:
    """What browsers need to install it; it opens on the studio."""
    name = services().config.instance.name
    manifest = {
        "name": name,
        "lang": spoken().tag,
        "dir": spoken().direction,
        "short_name": name if len(name) <= SHORT_NAME else _("Studio"),
        "id": "/",
        "start_url": "/publish",
        "scope": "/",
        "display": "standalone",
        "background_color": "#fafafa",
        "theme_color": "#fafafa",
        "icons": _list_icons(),
        "shortcuts": [{"name": _("Publish"), "url": "/publish"}, {"name": _("Home"), "url": "/home"}],
    }
    response = jsonify(manifest)
    response.content_type = "application/manifest+json"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _list_icons() -> list[dict[str, str]]:
    own = house().own.by_name
    drawn = [{"src": own["icon.svg"].url, "sizes": "any", "type": "image/svg+xml"}] if "icon.svg" in own else []
    png = (("icon-192", "192x192", "any"), ("icon-512", "512x512", "any"), ("icon-maskable", "512x512", "maskable"))
    made = (
        {"src": own[f"{name}.png"].url, "sizes": sizes, "type": "image/png", "purpose": purpose}
        for name, sizes, purpose in png
    )
    return [*drawn, *made]


@room.get("/worker.js")
async def show_worker() -> ResponseReturnValue:
    """The service worker, at the root, for its place is its reach."""
    response = Response(house().pages.static.by_name["worker.js"].body, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@room.get("/offline")
async def show_offline() -> ResponseReturnValue:
    """What is shown without a connection."""
    return await show(OfflinePage())
