"""The published vectors of both signature standards, where this checkout has them beside it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors"

_BLOCK = re.compile(r"^~~~[^\n]*\n(.*?)\n~~~$", re.DOTALL | re.MULTILINE)
_PEM = re.compile(r"`(test-key-[a-z0-9-]+)[`.].*?(-----BEGIN .*?-----END [A-Z ]+-----)", re.DOTALL)


def cavage_vectors() -> dict[str, Any]:
    vectors: dict[str, Any] = json.loads(_read("cavage-12.json"))
    return vectors


def rfc9421_blocks() -> list[str]:
    """Every example block, its folded lines joined (RFC 8792)."""
    return [_unfold(block) for block in _BLOCK.findall(_read("rfc9421-examples.md"))]


def rfc9421_keys() -> dict[str, str]:
    """PEM by key id."""
    return dict(_PEM.findall(_read("rfc9421-examples.md")))


def _read(name: str) -> str:
    path = VECTORS / name
    if not path.exists():
        pytest.skip(f"the published vectors are not here: ../shared/vectors/{name}")
    return path.read_text()


def _unfold(block: str) -> str:
    bare = re.sub(r"\ANOTE: [^\n]*\n\n", "", block)
    return re.sub(r"\\\n *", "", bare)
