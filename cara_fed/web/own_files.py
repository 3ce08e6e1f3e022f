"""The files of one house: its style, logo and icons, served like all others, under names with their hashes in them."""

from types import MappingProxyType
from typing import Final

from cara_fed.appearance.icons import SIZES, draw_icons
from cara_fed.appearance.look import Look
from cara_fed.appearance.section import ACCENT
from cara_fed.appearance.styling import build_stylesheet
from cara_fed.web.static_files import PREFIX, StaticFiles, make_file
from cara_fed.web.views import Dress

OWN_PREFIX: Final = f"{PREFIX}own/"
_SVG_ACCENT_DARK: Final = "#9db0ff"


def build_own_files(look: Look, icon: bytes) -> StaticFiles:
    """All of them, by names as ``look.css`` and ``icon-192.png``; ``icon`` is the plain icon.svg."""
    bodies = {f"{name}.png": body for name, body in draw_icons(look).items()}
    if look.logo:
        bodies["logo.png"] = look.logo
    else:
        bodies["icon.svg"] = _colour(icon.decode(), look).encode()
    if style := build_stylesheet(look):
        bodies["look.css"] = style.encode()
    files = {name: make_file(f"own/{name}", body) for name, body in bodies.items()}
    return StaticFiles(MappingProxyType(files), MappingProxyType({file.url: file for file in files.values()}))


def dress_of(files: StaticFiles) -> Dress:
    """What the frame of every page needs of them."""
    urls = {name: file.url for name, file in files.by_name.items()}
    largest = f"icon-{SIZES[1]}.png"
    return Dress(
        stylesheet_url=urls.get("look.css", ""),
        logo_url=urls.get("logo.png", ""),
        icon_url=urls.get("icon.svg") or urls[largest],
        icon_type="image/svg+xml" if "icon.svg" in urls else "image/png",
        touch_icon_url=urls[f"icon-{SIZES[0]}.png"],
    )


def _colour(icon: str, look: Look) -> str:
    return icon.replace(ACCENT, look.accent).replace(_SVG_ACCENT_DARK, look.accent_dark)
