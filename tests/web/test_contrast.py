"""Colours: every pair that carries words keeps WCAG's AA contrast, by day and by night."""

import re

import pytest

from templates import ROOT

TOKENS = (ROOT / "static" / "tokens.css").read_text()
TEXT_PAIRS = [
    (text, ground) for text in ("ink", "soft", "accent", "alarm", "done") for ground in ("paper", "sunken", "raised")
] + [("on-accent", "accent"), ("paper", "ink")]
EDGE_PAIRS = [("edge", "paper"), ("edge", "raised"), ("accent", "paper")]


def colors(scheme: str) -> dict[str, str]:
    light, _, rest = TOKENS.partition("@media (prefers-color-scheme: dark)")
    dark = rest.partition("@media")[0]
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))
    return found | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark)) if scheme == "dark" else found


def luminance(color: str) -> float:
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    darker, lighter = sorted((luminance(a), luminance(b)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_words_can_be_read(scheme: str, text: str, ground: str) -> None:
    palette = colors(scheme)
    assert contrast(palette[text], palette[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGE_PAIRS)
def test_what_can_be_used_can_be_seen(scheme: str, edge: str, ground: str) -> None:
    palette = colors(scheme)
    assert contrast(palette[edge], palette[ground]) >= 3


def test_both_schemes_are_drawn() -> None:
    assert set(colors("dark")) == set(colors("light"))
    assert colors("dark")["paper"] != colors("light")["paper"]
