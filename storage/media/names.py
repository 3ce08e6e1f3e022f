"""Names of files: the SHA-256 of the content, so that they cannot lie nor lead out of their folder."""

import re
from typing import Final, Literal, TypeAlias

from storage.errors import MediaNameInvalid

# Renditions, which the world may see, and originals, which it may not.
Namespace: TypeAlias = Literal["public", "private"]
NAMESPACES: Final[tuple[Namespace, ...]] = ("public", "private")

NAME = re.compile(r"[0-9a-f]{64}(\.[a-z0-9]{1,8})?")


def place_of(namespace: Namespace, name: str) -> str:
    """`public/ab/cd/abcd….ext`: no folder ever holds too many files. Raises MediaNameInvalid."""
    if NAME.fullmatch(name) is None:
        raise MediaNameInvalid("a file must be named by its SHA-256 in hexadecimal")
    return f"{namespace}/{name[:2]}/{name[2:4]}/{name}"


def is_name(name: str) -> bool:
    """Whether a file found in the place is one of ours, and not a leftover or a stranger's."""
    return NAME.fullmatch(name) is not None
