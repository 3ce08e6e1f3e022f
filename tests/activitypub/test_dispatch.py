"""The table of handlers."""

from collections.abc import Callable

import pytest

from activitypub.dispatch import ANY, Registry


def registry() -> Registry[Callable[[], str]]:
    table: Registry[Callable[[], str]] = Registry()

    @table.on("Undo", "Follow")
    def undo_follow() -> str:
        return "undo follow"

    @table.on("Undo")
    def undo() -> str:
        return "undo"

    @table.on("Create", "Note")
    def create_note() -> str:
        return "create note"

    return table


@pytest.mark.parametrize(
    ("activity_type", "object_types", "answer"),
    [
        ("Undo", ("Follow",), "undo follow"),
        ("Undo", ("Like",), "undo"),
        ("Undo", (), "undo"),
        ("Undo", ("Thing", "Follow"), "undo follow"),
        ("Create", ("Note",), "create note"),
        ("Create", ("Question",), None),
        ("Create", (), None),
        ("Dance", ("Note",), None),
    ],
)
def test_the_most_fitting_handler_is_found(
    activity_type: str, object_types: tuple[str, ...], answer: str | None
) -> None:
    handler = registry().find(activity_type, object_types)
    assert (handler and handler()) == answer


def test_a_pair_is_registered_once() -> None:
    table = registry()
    with pytest.raises(ValueError, match=r"Undo\(Follow\)"):
        table.on("Undo", "Follow")(lambda: "again")


def test_every_pair_can_be_listed() -> None:
    assert registry().pairs == (("Create", "Note"), ("Undo", ANY), ("Undo", "Follow"))
