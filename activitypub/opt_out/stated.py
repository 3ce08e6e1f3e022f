"""What other people's documents say about use by machines, in whichever vocabulary they say it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

from activitypub.opt_out.policy import OptOut, strictest

_RESERVATION = "tdm:reservation"
_TDM_POLICY = "tdm:policy"
_DATA_MINING = "plus:DataMining"
_ROBOTS = "xRobotsTag"
_OTHER = "otherSetting"

_TERMS = {
    "tdm_reservation": _RESERVATION,
    "tdm-reservation": _RESERVATION,
    "http://www.w3.org/ns/tdmrep#reservation": _RESERVATION,
    "http://www.w3.org/ns/tdmrep/reservation": _RESERVATION,
    "tdm_policy": _TDM_POLICY,
    "tdm-policy": _TDM_POLICY,
    "http://www.w3.org/ns/tdmrep#policy": _TDM_POLICY,
    "http://www.w3.org/ns/tdmrep/policy": _TDM_POLICY,
    "http://ns.useplus.org/ldf/xmp/1.0/DataMining": _DATA_MINING,
    "https://www.robotstxt.org/meta.html": _ROBOTS,
    "fedibird:otherSetting": _OTHER,
    "http://fedibird.com/ns#otherSetting": _OTHER,
    **{term: term for term in (_RESERVATION, _TDM_POLICY, _DATA_MINING, _ROBOTS, _OTHER)},
}
"""Each way to write a term, as the name it has in our own context."""

_DATA_MINING_MEANS = {
    "ALLOWED": OptOut.ALLOW,
    "PROHIBITED-AIMLTRAINING": OptOut.NO_AI_TRAINING,
    "PROHIBITED-GENAIMLTRAINING": OptOut.NO_AI_TRAINING,
    "PROHIBITED-EXCEPTSEARCHENGINEINDEXING": OptOut.NO_AI,
}
_RESERVED, _FREE = frozenset({"1", "1.0", "true"}), frozenset({"0", "0.0", "false"})
_NAME_KEYS = ("name", "as:name", "https://www.w3.org/ns/activitystreams#name")
_VALUE_KEYS = ("value", "schema:value", "http://schema.org#value", "http://schema.org/value")
_WRAPPERS = ("@value", "@id", "@list", "@set", "id")
_MAX_DEPTH, _MAX_ITEMS, _MAX_CONTEXTS, _MAX_URL = 4, 64, 8, 2048
_SEPARATORS = re.compile(r"[\s,;:/]+")


@dataclass(frozen=True, slots=True)
class StatedOptOut:
    """What one remote document says. ``policy`` is UNSET where it says nothing that we know."""

    policy: OptOut = OptOut.UNSET
    noindex: bool = False
    """It wants no search engine, whatever it thinks of training: to be said again on what we serve of it."""
    tdm_policy: str | None = None
    """Its own TDMRep policy address."""
    vocabularies: tuple[str, ...] = ()
    """Which of the terms said so, by their names in our context."""


def read_stated_opt_out(document: dict[str, Any]) -> StatedOptOut:
    """What an actor, post or attachment document says, in any of TDMRep, PLUS, FEP-5e53 and Fedibird/kmyblue.

    Terms may be compact, full IRIs or bound by the document's own inline context; values may be bare, wrapped or in
    lists. The sternest statement wins. Never raises: what cannot be understood says nothing.
    """
    terms = _opt_out_terms(document)
    robots = frozenset(_directives(terms.get(_ROBOTS)))
    settings = frozenset(_true_settings(terms.get(_OTHER)))
    stated = (
        *(_read_data_mining(value) for value in _scalars(terms.get(_DATA_MINING))),
        *(_read_reservation(value) for value in _scalars(terms.get(_RESERVATION))),
        _read_robots(robots),
        OptOut.NO_AI_TRAINING if "noai" in settings else OptOut.UNSET,
    )
    noindex = bool(robots & {"noindex", "none", "noimageindex"}) or "noindex" in settings
    policy = reduce(strictest, stated, OptOut.UNSET)
    return StatedOptOut(
        policy=OptOut.NO_AUTOMATED_USE if noindex and policy in (OptOut.NO_AI_TRAINING, OptOut.NO_AI) else policy,
        noindex=noindex or policy is OptOut.NO_AUTOMATED_USE,
        tdm_policy=next((v for v in _scalars(terms.get(_TDM_POLICY)) if _is_web_address(v)), None),
        vocabularies=tuple(sorted(terms)),
    )


def _opt_out_terms(document: dict[str, Any]) -> dict[str, Any]:
    """The document's opt-out values by our own names for the terms."""
    bound = _inline_terms(document.get("@context"))
    found: dict[str, list[Any]] = {}
    for key, value in document.items():
        term = _TERMS.get(key) or _TERMS.get(_expand(key, bound))
        if term and value is not None:
            found.setdefault(term, []).append(value)
    return dict(found)


def _inline_terms(context: Any) -> dict[str, str]:
    """Terms and prefixes that the document itself defines, without fetching anything."""
    contexts = context if isinstance(context, list) else [context]
    terms: dict[str, str] = {}
    for inline in contexts[:_MAX_CONTEXTS]:
        if isinstance(inline, dict):
            for term, definition in inline.items():
                iri = definition.get("@id") if isinstance(definition, dict) else definition
                if isinstance(iri, str):
                    terms[term] = iri
    return {term: _expand(iri, terms) for term, iri in terms.items()}


def _expand(key: str, terms: dict[str, str]) -> str:
    if terms.get(key, key) != key:
        return terms[key]
    prefix, colon, rest = key.partition(":")
    return terms[prefix] + rest if colon and prefix in terms else key


def _read_data_mining(value: str) -> OptOut:
    name = value.rpartition("DMI-")[2].upper()
    if name.startswith("PROHIBITED"):
        # A prohibition with a constraint that we cannot read is read as the whole of it.
        return _DATA_MINING_MEANS.get(name, OptOut.NO_AUTOMATED_USE)
    return _DATA_MINING_MEANS.get(name, OptOut.UNSET)


def _read_reservation(value: str) -> OptOut:
    if value.lower() in _RESERVED:
        return OptOut.NO_AI_TRAINING
    return OptOut.ALLOW if value.lower() in _FREE else OptOut.UNSET


def _read_robots(directives: frozenset[str]) -> OptOut:
    if not directives & {"noai", "noimageai"}:
        return OptOut.UNSET
    return OptOut.NO_AI if "noarchive" in directives else OptOut.NO_AI_TRAINING


def _directives(value: Any) -> Iterator[str]:
    # FEP-5e53's context makes an address of each directive, so the last piece of a path counts as well.
    for text in _scalars(value):
        yield from _SEPARATORS.split(text.lower())[:_MAX_ITEMS]


def _true_settings(value: Any) -> Iterator[str]:
    """Names of Fedibird's otherSetting that are true."""
    for setting in _flat(value):
        if isinstance(setting, dict) and any(v.lower() in _RESERVED for v in _under(setting, _VALUE_KEYS)):
            yield from (name.lower() for name in _under(setting, _NAME_KEYS))


def _under(setting: dict[str, Any], keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for key in keys for text in _scalars(setting.get(key)))


def _scalars(value: Any, depth: int = 0) -> tuple[str, ...]:
    """Every plain value inside bare, wrapped or listed JSON-LD values, as text. Bounded."""
    if isinstance(value, bool):
        return (str(value).lower(),)
    if isinstance(value, str | int | float):
        return (str(value).strip(),)
    if depth >= _MAX_DEPTH:
        return ()
    if isinstance(value, dict):
        value = [value[key] for key in _WRAPPERS if key in value]
    if isinstance(value, list):
        return tuple(text for item in value[:_MAX_ITEMS] for text in _scalars(item, depth + 1))[:_MAX_ITEMS]
    return ()


def _flat(value: Any, depth: int = 0) -> tuple[Any, ...]:
    """The items of nested lists and JSON-LD list objects. Bounded."""
    if isinstance(value, dict) and ("@list" in value or "@set" in value):
        value = [value.get("@list"), value.get("@set")]
    if isinstance(value, list):
        if depth >= _MAX_DEPTH:
            return ()
        return tuple(inner for item in value[:_MAX_ITEMS] for inner in _flat(item, depth + 1))[:_MAX_ITEMS]
    return (value,)


def _is_web_address(value: str) -> bool:
    return value.startswith(("https://", "http://")) and len(value) <= _MAX_URL
