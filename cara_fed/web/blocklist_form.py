"""The admin's form for listing a domain or an actor."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cara_fed.web.forms import FormReader
from cara_fed.words.speech import _

MAX_REASON, MAX_EVIDENCE = 2000, 20


class Label(StrEnum):
    """What an entry is listed for."""

    TRAINING_HARVEST = "training-harvest"
    ANSWER_ENGINE = "answer-engine"
    BULK_ARCHIVE = "bulk-archive"
    CONSENT_IGNORED = "consent-ignored"
    ALIAS = "alias"


class Policy(StrEnum):
    """What is done to it."""

    REJECT = "reject"
    DROP = "drop"
    FILTER = "filter"


@dataclass(frozen=True, slots=True)
class BlocklistForm:
    """An entry to be listed; whether ``entry`` is a domain or an actor's id, and may be listed, is decided later."""

    entry: str
    reason: str
    label: Label
    policy: Policy
    evidence: tuple[str, ...]
    expires: date | None


def read_blocklist_form(fields: Mapping[str, str]) -> BlocklistForm:
    """Fields ``entry``, ``reason``, ``label``, ``policy``, ``evidence`` (an address a line), ``expires`` (ISO date)."""
    reader = FormReader(fields)
    form = BlocklistForm(
        entry=reader.line("entry", limit=2048, required=_("A domain, or the id of an actor (https://…).")),
        reason=reader.text("reason", limit=MAX_REASON, required=_("Say why: other admins and the listed will ask.")),
        label=reader.choice("label", Label, Label.TRAINING_HARVEST),
        policy=reader.choice("policy", Policy, Policy.REJECT),
        evidence=_read_evidence(reader),
        expires=_read_expiry(reader),
    )
    reader.finish()
    return form


def _read_evidence(reader: FormReader) -> tuple[str, ...]:
    addresses = tuple(reader.text("evidence", limit=2048 * MAX_EVIDENCE).split())
    if len(addresses) > MAX_EVIDENCE:
        reader.refuse("evidence", _("At most %(limit)s addresses.", limit=MAX_EVIDENCE))
    if not all(address.startswith(("https://", "http://")) for address in addresses):
        reader.refuse("evidence", _("One address a line, each beginning with https://."))
    return addresses


def _read_expiry(reader: FormReader) -> date | None:
    if not (typed := reader.line("expires")):
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        reader.refuse("expires", _("A day, written as 2027-01-31."))
        return None
