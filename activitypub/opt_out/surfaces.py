"""The surfaces of an opt-out, each rendered from the same Signals: objects, headers, HTML, robots.txt, tdmrep, C2PA."""

from typing import Any, Final

from activitypub.opt_out.policy import OptOut
from activitypub.opt_out.signals import Signals

Pairs = tuple[tuple[str, str], ...]

OPT_OUT_CONTEXT: dict[str, Any] = {
    "tdm": "http://www.w3.org/ns/tdmrep#",
    "tdm:policy": {"@id": "tdm:policy", "@type": "@id"},
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "plus:DataMining": {"@id": "plus:DataMining", "@type": "@id"},
    # Not FEP-5e53's own context: that one reads the directives as a list of addresses.
    "xRobotsTag": "https://www.robotstxt.org/meta.html",
    # The fediverse's "schema" prefix is http://schema.org#, which is not schema.org.
    "sdo": "http://schema.org/",
    "usageInfo": {"@id": "sdo:usageInfo", "@type": "@id"},
}
"""Inline terms of everything that object_terms says."""

OPT_OUT_ACTOR_CONTEXT: dict[str, Any] = {
    **OPT_OUT_CONTEXT,
    "fedibird": "http://fedibird.com/ns#",
    "otherSetting": "fedibird:otherSetting",
}
"""The same for actor_terms; it also uses PropertyValue, value, discoverable and indexable, which actors define."""


OPT_OUT_TERMS: Final = ("tdm:reservation", "tdm:policy", "plus:DataMining", "xRobotsTag", "usageInfo")
"""What object_terms may say."""


def object_terms(signals: Signals) -> dict[str, Any]:
    """The keys for a Note, or any other object. Empty where nothing is said."""
    return attachment_terms(signals) | _present({"usageInfo": signals.usage_info})


def attachment_terms(signals: Signals) -> dict[str, Any]:
    """The core keys, repeated on each attachment because pictures are lifted out of their posts."""
    return _present(
        {
            "tdm:reservation": signals.tdm_reservation,
            "tdm:policy": signals.tdm_policy,
            "plus:DataMining": signals.data_mining,
            "xRobotsTag": ", ".join(signals.robots) or None,
        }
    )


def actor_terms(signals: Signals) -> dict[str, Any]:
    """The keys for an actor: the objects' own and Fedibird's otherSetting; findable nowhere for no-automated-use.

    To be laid over the actor document, whose ``discoverable`` and ``indexable`` they may turn off.
    """
    terms = object_terms(signals)
    if signals.otherwise:
        terms["otherSetting"] = [{"type": "PropertyValue", "name": name, "value": True} for name in signals.otherwise]
    if signals.policy is OptOut.NO_AUTOMATED_USE:
        terms |= {"discoverable": False, "indexable": False}
    return terms


def http_headers(signals: Signals) -> Pairs:
    """Response headers, for pages, documents, feeds and above all pictures.

    X-Robots-Tag on the picture itself is what img2dataset, which most training sets are gathered with, obeys.
    """
    link = f'<{signals.license_url}>; rel="license"; type="application/rsl+xml"' if signals.license_url else None
    return _said(
        ("Content-Usage", signals.content_usage),
        ("tdm-reservation", _number(signals.tdm_reservation)),
        ("tdm-policy", signals.tdm_policy),
        ("X-Robots-Tag", ", ".join(signals.robots)),
        ("Link", link),
    )


def html_meta(signals: Signals) -> Pairs:
    """(name, content) of the page's meta elements."""
    return _said(
        ("robots", ", ".join(signals.robots)),
        ("tdm-reservation", _number(signals.tdm_reservation)),
        ("tdm-policy", signals.tdm_policy),
    )


def html_links(signals: Signals) -> tuple[tuple[str, str, str], ...]:
    """(rel, type, href) of the page's link elements."""
    return (("license", "application/rsl+xml", signals.license_url),) if signals.license_url else ()


def content_usage_line(signals: Signals, path: str) -> str | None:
    """The line of robots.txt for what lies below ``path``. None where nothing is said.

    Without a path it would hold for pictures too, about which their own headers say what is true of each.
    """
    return f"Content-Usage: {path} {signals.content_usage}" if signals.content_usage else None


def content_signal_line(signals: Signals) -> str | None:
    """The line for every group of robots.txt; it knows no paths. None where nothing is said."""
    return f"Content-Signal: {signals.content_signal}" if signals.content_signal else None


def tdmrep_rule(signals: Signals, location: str) -> dict[str, Any] | None:
    """One rule of /.well-known/tdmrep.json; the first that matches wins there. None where nothing is said."""
    if signals.tdm_reservation is None:
        return None
    rule = {"location": location, "tdm-reservation": signals.tdm_reservation, "tdm-policy": signals.tdm_policy}
    return _present(rule)


def cawg_assertion(signals: Signals) -> dict[str, Any] | None:
    """The data of a C2PA assertion ``cawg.training-mining``, version 1.1. None where nothing is said."""
    return {"entries": {entry: {"use": use} for entry, use in signals.cawg}} if signals.cawg else None


def _present(terms: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in terms.items() if value is not None}


def _said(*pairs: tuple[str, str | None]) -> Pairs:
    return tuple((name, value) for name, value in pairs if value)


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)
