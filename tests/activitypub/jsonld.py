"""JSON-LD with contexts that ship with pyld; whatever else were asked for is refused, so nothing is ever fetched."""

from typing import Any

from pyld import jsonld
from pyld.documentloader.frozen import FrozenDocumentLoader

_LOADER = FrozenDocumentLoader()


def expand(document: dict[str, Any]) -> dict[str, Any]:
    """The one expanded node of a document."""
    nodes = jsonld.expand(document, {"documentLoader": _LOADER})
    assert len(nodes) == 1
    return nodes[0]


def compact(expanded: dict[str, Any], context: Any) -> dict[str, Any]:
    return jsonld.compact(expanded, {"@context": context}, {"documentLoader": _LOADER})


def dropped_or_blank(document: dict[str, Any]) -> list[str]:
    """Paths of keys that a JSON-LD processor would drop or not know, at any depth. The AS2 context's `@vocab` is
    `_:`, so a term that nobody defined becomes a blank node instead of vanishing."""
    return sorted(_blank_keys(expand(document), ""))


def _blank_keys(node: Any, path: str) -> list[str]:
    if isinstance(node, list):
        return [found for item in node for found in _blank_keys(item, path)]
    if not isinstance(node, dict):
        return []
    blank = [f"{path}/{key}" for key in node if key.startswith("_:")]
    types = [f"{path} type {kind}" for kind in node.get("@type", []) if str(kind).startswith("_:")]
    return blank + types + [found for key, value in node.items() for found in _blank_keys(value, f"{path}/{key}")]
