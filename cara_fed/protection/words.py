"""Plain words for the report: sizes, numbers and lists as people say them."""

from collections.abc import Iterable


def bytes_in_words(count: int) -> str:
    """1234567 → "1.2 MB"."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.0f} kB" if count < 999_500 else f"{count / 1_000_000:.1f} MB"


def size_in_words(size: tuple[int, int]) -> str:
    """(6000, 4000) → "6000 × 4000"."""
    return f"{size[0]} × {size[1]}"


def list_in_words(things: Iterable[str]) -> str:
    """a, b and c; each thing once, in order."""
    unique = list(dict.fromkeys(things))
    return " and ".join((", ".join(unique[:-1]), unique[-1])) if len(unique) > 1 else "".join(unique)
