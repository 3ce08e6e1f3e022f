"""Colours: every pair that carries words keeps WCAG's AA contrast, by day and by night."""

import re

import pytest

from cara_fed.appearance.colors import DARK, LIGHT, Scheme, contrast
from cara_fed.appearance.section import ACCENT, ACCENT_DARK
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


@pytest.mark.parametrize(("scheme", "accent"), [(LIGHT, ACCENT), (DARK, ACCENT_DARK)])
def test_a_chosen_accent_is_held_against_these_very_grounds(scheme: Scheme, accent: str) -> None:
    palette = colors(scheme.name)
    grounds = (palette["paper"], palette["sunken"], palette["raised"])
    rest = (scheme.ink, scheme.soft, scheme.line, scheme.edge, scheme.ink_on, accent)
    assert scheme.grounds == grounds
    assert rest == tuple(palette[name] for name in ("ink", "soft", "line", "edge", "on-accent", "accent"))


def test_contrast_is_what_wcag_says() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
