"""What other software makes of a post, by its own rules: what it shows, what it crops, what it leaves out. Pure.

The rules are those of Mastodon 4.7, Pixelfed 0.12, Vernissage and Mitra, read in their code in 2026.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cara_fed.words.speech import _, ngettext
from cara_fed.words.writing import write_list, write_percent

GRID: Final = {1: (1.0,), 2: (0.75, 0.75), 3: (0.75, 1.5, 1.5), 4: (1.5, 1.5, 1.5, 1.5)}
"""Width over height of the cells of Mastodon's grid, itself 3:2; a picture alone keeps its shape."""
SHOWN_IN_GRID: Final = 4
MITRA_STOPS_AT: Final = 16
MUCH_LOST: Final = 0.4
LONG_TEXT: Final = 500
LONG_STRIP: Final = 3.0
READABLE_WIDTH: Final = 800
OLD_PIXELFED: Final = ("image/jpeg", "image/png", "image/gif")


@dataclass(frozen=True, slots=True)
class Sent:
    """A picture as other servers get it. The focal point is as in ActivityPub: -1 to 1, y upwards."""

    width: int
    height: int
    media_type: str = "image/jpeg"
    focal_x: float = 0.0
    focal_y: float = 0.0
    alt: str = ""
    moves: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid: where the picture stands in it, in percent, and which share of it cannot be seen."""

    x: int
    y: int
    lost: float


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A post elsewhere: the cells of Mastodon's grid, how many pictures come after them, and what to know."""

    cells: tuple[Cell, ...]
    more: int
    warnings: tuple[str, ...]


def foresee(
    pictures: Sequence[Sent], *, text: str = "", is_covered: bool = False, cover: str = "", awaits: bool = False
) -> Foreseen:
    """What becomes of a post. ``is_covered`` says that its pictures are, ``cover`` the words on them; ``awaits`` that
    more pictures come, of which nothing is known yet.
    """
    shown = pictures[:SHOWN_IN_GRID]
    cells = tuple(_place(picture, shape) for picture, shape in zip(shown, GRID.get(len(shown), ()), strict=True))
    warnings = (*_warn_of_pictures(pictures, cells), *_warn_of_post(pictures, text, is_covered, cover, awaits))
    return Foreseen(cells, max(0, len(pictures) - SHOWN_IN_GRID), warnings)


def _place(picture: Sent, shape: float) -> Cell:
    """As Mastodon's own style sheet places it: the focal point as a percentage of what is left over."""
    ratio = picture.width / picture.height
    lost = 0.0 if shape == 1.0 else 1 - min(ratio, shape) / max(ratio, shape)
    return Cell(round((picture.focal_x + 1) * 50), round((1 - picture.focal_y) * 50), round(lost, 2))


def _warn_of_pictures(pictures: Sequence[Sent], cells: Sequence[Cell]) -> Iterator[str]:
    if len(pictures) > SHOWN_IN_GRID:
        rest = len(pictures) - SHOWN_IN_GRID
        yield _(
            "Mastodon shows the first four. A line with “+%(rest)s more” and a link is added for the rest.", rest=rest
        )
    if len(pictures) > MITRA_STOPS_AT:
        yield _("Mitra leaves out what comes after the sixteenth picture.")
    for number, cell in enumerate(cells, start=1):
        if cell.lost > MUCH_LOST:
            yield (
                _(
                    "Picture %(number)s loses %(lost)s of itself in Mastodon’s grid, until it is opened. "
                    "What must stay in sight is up to you.",
                    number=number,
                    lost=write_percent(cell.lost),
                )
            )
    missing = [str(number) for number, picture in enumerate(pictures, start=1) if not picture.alt.strip()]
    if missing:
        yield ngettext(
            "Picture %(numbers)s has no alt text. Some people pass such posts on to nobody.",
            "Pictures %(numbers)s have no alt text. Some people pass such posts on to nobody.",
            len(missing),
            numbers=write_list(missing),
        )
    for number, picture in enumerate(pictures, start=1):
        yield from _warn_of_file(number, picture)


def _warn_of_file(number: int, picture: Sent) -> Iterator[str]:
    if picture.media_type not in OLD_PIXELFED:
        yield _(
            "Older Pixelfed servers do not take the format of picture %(number)s, and then show none at all.",
            number=number,
        )
    ratio = picture.height / picture.width
    if max(ratio, 1 / ratio) > LONG_STRIP and min(picture.width, picture.height) < READABLE_WIDTH:
        yield (
            _(
                "Picture %(number)s is long and goes out %(width)s × %(height)s pixels large: small writing "
                "may be lost elsewhere. Cut it into several pictures if it is a comic.",
                number=number,
                width=picture.width,
                height=picture.height,
            )
        )
    if picture.moves:
        yield _("Picture %(number)s moves here; elsewhere it stands still.", number=number)


def _warn_of_post(pictures: Sequence[Sent], text: str, is_covered: bool, cover: str, awaits: bool) -> Iterator[str]:
    if not pictures and not awaits:
        yield _("Pixelfed and Vernissage show no posts without pictures.")
    if len(text) > LONG_TEXT:
        yield _("Mastodon folds a text as long as this; the pictures stay in sight below it.")
    if is_covered and cover:
        yield _("Mastodon hides the text and the pictures behind the words on the cover.")
    if is_covered and pictures:
        yield _("Link cards show no picture of covered work.")
