"""Plain words for the report: measures and lists as people say them."""

from collections.abc import Iterable

from cara_fed.words.speech import _
from cara_fed.words.writing import write_list, write_size


def size_in_words(size: tuple[int, int]) -> str:
    """(6000, 4000) → "6000 × 4000"."""
    return f"{size[0]} × {size[1]}"


def say_too_large(size: int, most: int) -> str:
    """That a file has more bytes than are taken."""
    return _(
        "The file has %(size)s; at most %(most)s are taken, so export it smaller.",
        size=write_size(size),
        most=write_size(most),
    )


def list_in_words(things: Iterable[str]) -> str:
    """a, b and c; each thing once, in order."""
    return write_list(tuple(dict.fromkeys(things)))
