"""Leftovers of generators in text chunks, EXIF fields and comments: a table of keys and patterns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cara_fed.protection.provenance.declared import find_in_aigc
from cara_fed.protection.provenance.names import GENERATORS, shorten
from cara_fed.protection.values import Finding


@dataclass(frozen=True, slots=True)
class _Rule:
    """Under one of ``keys`` (none: any key) this pattern means that generator."""

    marker: str
    keys: frozenset[str]
    pattern: re.Pattern[str]


def _rule(marker: str, keys: str, pattern: str = r"(?s).") -> _Rule:
    return _Rule(marker, frozenset(keys.split()), re.compile(pattern))


_WEBUI = r"\bSteps: \d+.*\b(?:Sampler|CFG scale|Seed|Model hash): "
_RULES = (
    _rule("swarmui", "parameters usercomment", r"sui_image_params"),
    _rule("automatic1111", "parameters usercomment comment", rf"(?s){_WEBUI}"),
    _rule("fooocus", "fooocus_scheme"),
    _rule("fooocus", "parameters usercomment", r'"(?:base_model|metadata_scheme)"\s*:'),
    _rule("comfyui", "prompt workflow", r'"(?:class_type|nodes|last_node_id)"'),
    _rule("comfyui", "make model imagedescription", r"^(?:workflow|prompt):\s*\{"),
    _rule("invokeai", "invokeai_metadata invokeai_graph invokeai_workflow sd-metadata dream"),
    _rule("novelai", "title", r"^(?:AI generated image|NovelAI)"),
    _rule("novelai", "source", r"^(?:Stable Diffusion|NovelAI)"),
    _rule("novelai", "comment description", r'"(?:sampler|uncond|request_type)"\s*:'),
    _rule("midjourney", "description imagedescription", r"Job ID: |(?:^|\s)--(?:v|ar|niji|stylize) \S"),
    _rule("tensorart", "generation_data"),
    _rule("stability-matrix", "smproj"),
    _rule("black-forest-labs", "software imagedescription artist", r"^AI generated;"),
    _rule("draw-things", "usercomment", r'"(?:sampler|scale)"\s*:.*"(?:seed|steps)"\s*:'),
    _rule("generator-name", "software artist make model imagedescription creation_tool", f"(?i:{GENERATORS.pattern})"),
)
_UUID = re.compile(r"^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
_LONGEST = 65_536  # a prompt's head is enough, and patterns stay cheap


def find_in_texts(texts: tuple[tuple[str, str], ...]) -> Iterator[Finding]:
    """Findings in named texts (PNG chunks, EXIF fields, comments under the name "Comment")."""
    for key, text in texts:
        yield from _find_in_text(key.lower(), text[:_LONGEST])
    yield from _find_grok(dict(texts))


def _find_in_text(key: str, text: str) -> Iterator[Finding]:
    if key in ("aigc", "usercomment"):
        yield from find_in_aigc(text)
    for rule in _RULES:
        if key in rule.keys and (found := rule.pattern.search(text)):
            at = found.start() if rule.marker == "generator-name" else 0
            yield Finding("B", rule.marker, shorten(f"{key}: {text[at:]}"))
            return


def _find_grok(texts: dict[str, str]) -> Iterator[Finding]:
    # xAI signs its pictures with a base64 text beside a random author.
    if texts.get("ImageDescription", "").startswith("Signature: ") and _UUID.match(texts.get("Artist", "")):
        yield Finding("B", "grok", shorten(texts["ImageDescription"], 40))
