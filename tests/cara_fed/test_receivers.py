"""What other software makes of a post: its grid, its crops, and what it leaves out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cara_fed.translate.receivers import Cell, Sent, foresee

WIDE, TALL = Sent(2400, 1600, alt="a"), Sent(1600, 2400, focal_x=-1, focal_y=1, alt="b")


@pytest.mark.parametrize(
    ("pictures", "cells", "more"),
    [
        ((), (), 0),
        ((WIDE,), (Cell(50, 50, 0.0),), 0),
        ((WIDE, TALL), (Cell(50, 50, 0.5), Cell(0, 0, 0.11)), 0),
        ((TALL, WIDE, WIDE), (Cell(0, 0, 0.11), Cell(50, 50, 0.0), Cell(50, 50, 0.0)), 0),
        ((WIDE,) * 7, (Cell(50, 50, 0.0),) * 4, 3),
    ],
)
def test_the_grid_is_mastodons(pictures: tuple[Sent, ...], cells: tuple[Cell, ...], more: int) -> None:
    foreseen = foresee(pictures)
    assert foreseen.cells == cells
    assert foreseen.more == more


@pytest.mark.parametrize(
    ("pictures", "options", "said"),
    [
        ((WIDE,) * 6, {}, "“+2 more”"),
        ((WIDE,) * 17, {}, "sixteenth"),
        ((WIDE, WIDE), {}, "Picture 1 loses 50%"),
        ((Sent(10, 10), WIDE, Sent(10, 10)), {}, "Pictures 1 and 3 have no alt text."),
        ((Sent(10, 10, "image/webp"),), {}, "Older Pixelfed"),
        ((Sent(512, 2560, alt="a"),), {}, "512 × 2560"),
        ((Sent(10, 10, moves=True),), {}, "moves here"),
        ((), {"text": "words"}, "no posts without pictures"),
        ((WIDE,), {"text": "x" * 501}, "folds"),
        ((WIDE,), {"is_covered": True}, "Link cards"),
        ((WIDE,), {"is_covered": True, "cover": "Nudity"}, "behind the words"),
    ],
)
def test_what_is_left_out_is_said(pictures: tuple[Sent, ...], options: dict[str, object], said: str) -> None:
    assert any(said in warning for warning in foresee(pictures, **options).warnings)  # type: ignore[arg-type]


def test_nothing_is_said_of_a_plain_post() -> None:
    assert foresee((WIDE,), text="Ridges.").warnings == ()


sides, focus = st.integers(1, 40_000), st.floats(-1, 1)


@settings(max_examples=40)
@given(st.lists(st.builds(Sent, sides, sides, focal_x=focus, focal_y=focus), max_size=20))
def test_every_cell_lies_within_its_picture(pictures: list[Sent]) -> None:
    for cell in foresee(pictures).cells:
        assert 0 <= cell.x <= 100 and 0 <= cell.y <= 100 and 0 <= cell.lost <= 1
