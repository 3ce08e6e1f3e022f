"""Plain texts from outside: bounded in length, without control characters or marks that turn their surroundings."""

import re
from typing import Final

from activitypub.documents import text_of

_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufff9-\ufffb\ud800-\udfff]")
_EMBEDDINGS: Final = re.compile("[\u202a-\u202e]")
_ISOLATES: Final = re.compile("[\u2066-\u2069]")
_ISOLATE_OPENERS: Final = re.compile("[\u2066-\u2068]")
_WHITE_SPACE: Final = re.compile(r"\s+")
_POP_ISOLATE: Final = "\u2069"


def bound_direction(text: str) -> str:
    """The text without marks that would turn what stands after it: embeddings and overrides go, isolates stay
    where each is closed. Plain left-to-right and right-to-left marks are harmless and stay."""
    text = _EMBEDDINGS.sub("", text)
    return text if len(_ISOLATE_OPENERS.findall(text)) == text.count(_POP_ISOLATE) else _ISOLATES.sub("", text)


def drop_controls(text: str) -> str:
    """The text without control characters, but for line ends and tabs, and without halves of surrogate pairs."""
    return _CONTROLS.sub("", text)


def bound_text(value: object, limit: int) -> str:
    """A text of several lines, at most ``limit`` characters; "" for what is no text."""
    text = (text_of(value) or "")[: 2 * limit].replace("\r\n", "\n").replace("\r", "\n")
    return bound_direction(drop_controls(text)[:limit]).strip()


def bound_line(value: object, limit: int) -> str:
    """A text of one line, such as a name, at most ``limit`` characters; "" for what is no text."""
    return bound_text(_WHITE_SPACE.sub(" ", (text_of(value) or "")[: 4 * limit]), limit)
