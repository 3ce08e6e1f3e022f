"""Fonts for visible marks: our own, then whatever open fonts the machine has; and which letters none of them draws."""

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

import templates

_OWN = Path(templates.__file__).parent / "static" / "fonts"
_SYSTEM = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/Library/Fonts"),
    Path("/System/Library/Fonts"),
)
_KINDS = (".ttf", ".otf", ".ttc", ".woff2")
_UNDRAWN = "\U0010fffe"  # belongs to nobody, so that every font draws its box for it
_PROBE_SIZE = 24
_MOST_FONTS = 600
_ATTACHED = frozenset(("Mn", "Mc", "Me", "Zs", "Cf"))


@dataclass(frozen=True, slots=True)
class Run:
    """Letters that stand beside each other and are drawn with the same font."""

    text: str
    font: str  # its path


def split_runs(text: str) -> tuple[tuple[Run, ...], str]:
    """The text as runs in its own order, without what no font draws; and the letters that were left out, each once."""
    if font := next((path for path in _list_own() if _draws_all(path, text)), None):
        return (Run(text, font),), ""
    runs: list[Run] = []
    missing: list[str] = []
    for letter in text:
        found = runs[-1].font if runs and _follows(letter, runs[-1].font) else _find_font(letter)
        if found is None:
            missing.append(letter)
        elif runs and runs[-1].font == found:
            runs[-1] = Run(runs[-1].text + letter, found)
        else:
            runs.append(Run(letter, found))
    return tuple(runs), "".join(dict.fromkeys(missing))


def load_font(path: str, size: int) -> ImageFont.FreeTypeFont:
    """The font at this size in pixels."""
    return ImageFont.truetype(path, size)


def _follows(letter: str, font: str) -> bool:
    """Whether a letter goes on with the font before it: marks and spaces always, others where it has them."""
    return unicodedata.category(letter) in _ATTACHED or _draws(font, letter)


def _draws_all(font: str, text: str) -> bool:
    return all(_draws(font, letter) for letter in set(text))


@lru_cache(maxsize=256)
def _find_font(letter: str) -> str | None:
    return next((path for path in (*_list_own(), *_list_system()) if _draws(path, letter)), None)


def _draws(path: str, letter: str) -> bool:
    if letter.isspace():
        return True
    probe = _probe(path)
    return probe is not None and _shape(probe.font, letter) not in (probe.undrawn, None)


@dataclass(frozen=True, slots=True)
class _Probe:
    font: ImageFont.FreeTypeFont
    undrawn: bytes | None


@lru_cache(maxsize=_MOST_FONTS)
def _probe(path: str) -> _Probe | None:
    try:
        font = ImageFont.truetype(path, _PROBE_SIZE)
        return _Probe(font, _shape(font, _UNDRAWN))
    except OSError:
        return None


def _shape(font: ImageFont.FreeTypeFont, letter: str) -> bytes | None:
    try:
        mask = font.getmask(letter)
    except (OSError, ValueError):
        return None
    return f"{mask.size}".encode() + bytes(mask)


@lru_cache(maxsize=1)
def _list_own() -> tuple[str, ...]:
    return tuple(sorted(str(path) for path in _OWN.glob("*.woff2")))


@lru_cache(maxsize=1)
def _list_system() -> tuple[str, ...]:
    """The machine's fonts: upright plain ones first, those of many scripts before those of one."""
    found = [path for folder in _SYSTEM if folder.is_dir() for path in _walk(folder)]
    return tuple(str(path) for path in sorted(found, key=_rank)[:_MOST_FONTS])


def _walk(folder: Path) -> Iterator[Path]:
    for root, _, names in os.walk(folder):
        yield from (Path(root) / name for name in names if name.lower().endswith(_KINDS))


def _rank(path: Path) -> tuple[bool, bool, str]:
    name = path.stem.lower()
    is_fancy = any(
        word in name for word in ("italic", "oblique", "bold", "thin", "light", "black", "condensed", "mono")
    )
    is_broad = name in ("dejavusans", "notosans-regular", "notosanscjk-regular", "freesans", "arial unicode")
    return is_fancy, not is_broad, str(path)
