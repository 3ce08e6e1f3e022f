"""Colours that words can be read in: contrast as WCAG 2.2 has it, and the nearest colour that has enough of it."""

import re
from dataclasses import dataclass
from typing import Final

from cara_fed.words.speech import _

AA: Final = 4.5
"""What WCAG 2.2 AA asks for words of any size (1.4.3)."""
_HEX: Final = re.compile(r"#[0-9a-f]{6}")
_STEPS: Final = 100


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme of tokens.css: the grounds on which an accent has to be read, and what else a sample of it needs.

    ``ink_on`` lies on the accent, as the words of a button do; ``towards`` is where a colour goes to be read better.
    """

    name: str
    grounds: tuple[str, str, str]
    ink: str
    soft: str
    line: str
    edge: str
    ink_on: str
    towards: str


LIGHT: Final = Scheme(
    "light", ("#fafafa", "#f0f0f0", "#ffffff"), "#171717", "#595959", "#e0e0e0", "#868686", "#ffffff", "#000000"
)
DARK: Final = Scheme(
    "dark", ("#141414", "#1f1f1f", "#1b1b1b"), "#ececec", "#a6a6a6", "#2e2e2e", "#7d7d7d", "#141414", "#ffffff"
)


def is_color(text: str) -> bool:
    """Whether it is six lower-case hexadecimal digits behind a #."""
    return _HEX.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """From 1 (none) to 21, between two colours as ``#rrggbb``."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def worst_contrast(color: str, scheme: Scheme) -> float:
    """The contrast with that ground of a scheme on which a colour is read worst."""
    return min(contrast(color, ground) for ground in scheme.grounds)


def find_readable(color: str, scheme: Scheme) -> str:
    """The colour itself, or the first that can be read on the way from it to black (by day) or white (by night)."""
    mixed = (_mix(color, scheme.towards, step / _STEPS) for step in range(_STEPS + 1))
    return next(one for one in mixed if worst_contrast(one, scheme) >= AA)


def require_readable(color: str, scheme: Scheme) -> str:
    """The colour in lower case; raises ValueError, with what would do, where words in it could not be read."""
    color = color.lower()
    if not is_color(color):
        raise ValueError(_('must be a colour as "#1f3fd0"'))
    if (worst := worst_contrast(color, scheme)) < AA:
        raise ValueError(
            _(
                "%(color)s cannot be read on the %(scheme)s canvas: words need a contrast of %(needed)s:1, and it "
                'has %(contrast)s:1; the nearest that can is "%(nearest)s"',
                color=color,
                scheme=scheme.name,
                needed=AA,
                contrast=f"{worst:.1f}",
                nearest=find_readable(color, scheme),
            )
        )
    return color


def _luminance(color: str) -> float:
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in _channels(color)))
    red, green, blue = linear
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mix(color: str, other: str, share: float) -> str:
    pairs = zip(_channels(color), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
