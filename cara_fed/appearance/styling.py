"""Style sheets of a look: the accents as tokens, what the admin wrote, and samples of both schemes side by side."""

from collections.abc import Iterator

from cara_fed.appearance.colors import DARK, LIGHT, Scheme
from cara_fed.appearance.look import Look

_NIGHT = "@media (prefers-color-scheme: dark)"


def build_stylesheet(look: Look) -> str:
    """What pages load after the house's own sheets; empty where nothing differs from them."""
    plain = Look()
    colours = "" if (look.accent, look.accent_dark) == (plain.accent, plain.accent_dark) else build_tokens(look)
    return colours + look.stylesheet


def build_tokens(look: Look) -> str:
    """The accents by day and by night."""
    day, night = _accent(look.accent, LIGHT), _accent(look.accent_dark, DARK)
    return f":root {{ {day} }}\n{_NIGHT} {{ :root {{ {night} }} }}\n"


def build_samples(look: Look) -> str:
    """Both schemes as classes, ``.sample.light`` and ``.sample.dark``, whatever this screen is set to."""
    rows = ((LIGHT, look.accent), (DARK, look.accent_dark))
    return build_tokens(look) + "".join(
        f".sample.{scheme.name} {{ {_all(color, scheme)} }}\n" for scheme, color in rows
    )


def _accent(color: str, scheme: Scheme) -> str:
    return f"--accent: {color}; --on-accent: {scheme.ink_on};"


def _all(color: str, scheme: Scheme) -> str:
    return " ".join((*_tokens(scheme), _accent(color, scheme), f"color-scheme: {scheme.name};"))


def _tokens(scheme: Scheme) -> Iterator[str]:
    names = dict(zip(("paper", "sunken", "raised"), scheme.grounds, strict=True))
    names |= {"ink": scheme.ink, "soft": scheme.soft, "line": scheme.line, "edge": scheme.edge}
    return (f"--{name}: {value};" for name, value in names.items())
