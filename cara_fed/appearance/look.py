"""A look, read from the files that instance.toml names: as a whole, or refused with every mistake in it."""

import asyncio
import base64
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cara_fed.appearance.section import ACCENT, ACCENT_DARK
from cara_fed.config import Config
from cara_fed.errors import ConfigError
from cara_fed.protection import Limits, PictureRefused, PictureWorkers
from cara_fed.words.speech import _

MAX_STYLESHEET: Final = 100_000
MAX_LOGO: Final = 5_000_000
_ELSEWHERE: Final = re.compile(r"@import\b|url\(\s*['\"]?\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Look:
    """The two accents, a logo as a PNG of at most 800 pixels (or nothing), and a style of one's own."""

    accent: str = ACCENT
    accent_dark: str = ACCENT_DARK
    logo: bytes = b""
    stylesheet: str = ""


async def load_look(config: Config, pictures: PictureWorkers, limits: Limits) -> Look:
    """What ``[appearance]`` describes. A logo is decoded and written anew, like every picture; raises ConfigError."""
    named, mistakes = config.appearance, list[str]()
    logo, stylesheet = b"", ""
    try:
        stylesheet = await asyncio.to_thread(_read_stylesheet, config)
    except (OSError, ValueError) as error:
        mistakes.append(f"{config.path}: appearance.stylesheet: {error}")
    try:
        logo = await _read_logo(config, pictures, limits)
    except (OSError, PictureRefused) as error:
        mistakes.append(f"{config.path}: appearance.logo: {error}")
    if mistakes:
        raise ConfigError(tuple(mistakes))
    return Look(named.accent, named.accent_dark, logo, stylesheet)


def require_own(stylesheet: str) -> str:
    """A style that asks no other server for anything; raises ValueError. The pages' policy refuses that in any case."""
    if len(stylesheet.encode()) > MAX_STYLESHEET:
        raise ValueError(_("may have at most %(limit)s kB", limit=MAX_STYLESHEET // 1000))
    if found := _ELSEWHERE.search(stylesheet):
        raise ValueError(
            _("%(found)s asks for another file, which pages here never do: write it into this one", found=found[0])
        )
    return stylesheet


def _read_stylesheet(config: Config) -> str:
    file = config.appearance.stylesheet
    return require_own(config.resolve(file).read_text(encoding="utf-8")) if file else ""


async def _read_logo(config: Config, pictures: PictureWorkers, limits: Limits) -> bytes:
    file = config.appearance.logo
    if not file:
        return b""
    data = await asyncio.to_thread(_read_file, config.resolve(file))
    return base64.b64decode(await pictures.clean_logo(data, limits))


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MAX_LOGO + 1)
    if len(data) > MAX_LOGO:
        raise OSError(_("may have at most %(limit)s MB", limit=MAX_LOGO // 1000000))
    return data
