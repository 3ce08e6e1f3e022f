"""Licences and offers for machines: RSL 1.0, TDMRep's rules and the ODRL offers behind its reservations."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from activitypub.opt_out import OptOut, Signals, tdmrep_rule
from cara_fed.config import Config
from cara_fed.opt_out.site_rules import Rule, SiteRules

_ODRL: Final = ["http://www.w3.org/ns/odrl.jsonld", "http://www.w3.org/ns/tdmrep.jsonld"]
_TDMREP_PROFILE: Final = "http://www.w3.org/ns/tdmrep"
_RSL: Final = "https://rslstandard.org/rsl"


def build_tdmrep(rules: SiteRules, said: Mapping[OptOut, Signals]) -> list[dict[str, Any]]:
    """``/.well-known/tdmrep.json``: rules of which the first that matches holds, so exceptions come first."""
    written = (tdmrep_rule(said[rule.policy], _location(rule)) for rule in rules.of_everything)
    return [rule for rule in written if rule is not None]


def build_offer(config: Config, number: str) -> dict[str, Any]:
    """The ODRL offer of a reserving policy (TDMRep 2024, section 6): mining takes the artists' consent."""
    base = config.site.base
    assigner = {
        "uid": base,
        "vcard:fn": f"{config.instance.name} and its artists",
        "vcard:hasURL": f"{base}/policies/ai",
    }
    if config.instance.contact_email:
        assigner["vcard:hasEmail"] = f"mailto:{config.instance.contact_email}"
    return {
        "@context": _ODRL,
        "@type": "Offer",
        "profile": _TDMREP_PROFILE,
        "uid": f"{base}/policies/tdm/{number}",
        "assigner": assigner,
        "permission": [{"action": "tdm:mine", "duty": [{"action": "obtainConsent"}]}],
    }


def build_site_license(rules: SiteRules, said: Mapping[OptOut, Signals]) -> str:
    """``/license.xml``: what may be done with what lies where, in RSL 1.0."""
    return _build_rsl(rules.of_everything, said)


def build_license(signals: Signals) -> str:
    """The RSL licence of one policy, for whatever links it."""
    return _build_rsl((Rule("/", signals.policy),), {signals.policy: signals})


def _build_rsl(rules: Iterable[Rule], said: Mapping[OptOut, Signals]) -> str:
    contents = "".join(_build_content(_location(rule), said[rule.policy]) for rule in rules)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rsl xmlns={quoteattr(_RSL)}>{contents}\n</rsl>\n'


def _build_content(url: str, signals: Signals) -> str:
    """One content element; an unset policy has no licence in it, which permits and prohibits nothing."""
    usages = (
        *(("permits", usage) for usage in signals.rsl_permits),
        *(("prohibits", usage) for usage in signals.rsl_prohibits),
    )
    inner = "".join(f'\n      <{verb} type="usage">{escape(usage)}</{verb}>' for verb, usage in usages)
    licence = f"\n    <license>{inner}\n    </license>" if inner else ""
    return f"\n  <content url={quoteattr(url)}>{licence}\n  </content>"


def _location(rule: Rule) -> str:
    """A path as TDMRep and RSL write it, with a star for what follows."""
    return rule.path if rule.path == "/" or rule.path.endswith("$") else f"{rule.path}*"
