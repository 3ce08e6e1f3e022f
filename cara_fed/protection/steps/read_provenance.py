"""Step 4: does the file say that a generator made it? Read before anything is left behind."""

from collections.abc import Iterator
from dataclasses import replace

from cara_fed.protection.exif import read_texts
from cara_fed.protection.formats.base import Embedded
from cara_fed.protection.picture import Picture
from cara_fed.protection.provenance.c2pa import find_in_manifests
from cara_fed.protection.provenance.declared import find_in_iptc, find_in_xmp
from cara_fed.protection.provenance.generators import find_in_texts
from cara_fed.protection.values import Finding, ReportLine
from cara_fed.protection.words import list_in_words
from cara_fed.words.speech import _, later

_NOTHING = later("Nothing in the file says that a generator made it, which proves nothing either way.")


def read_provenance(picture: Picture) -> tuple[Picture, ReportLine]:
    """Collects the findings, each once. Who acts on them, and how, is the instance's policy."""
    findings = tuple(dict.fromkeys(_find(picture.embedded)))
    return replace(picture, findings=findings), ReportLine("read_provenance", describe(findings), as_facts(findings))


def _find(embedded: Embedded) -> Iterator[Finding]:
    yield from find_in_manifests(embedded.jumbf)
    for packet in embedded.xmp:
        yield from find_in_xmp(packet)
    yield from find_in_iptc(embedded.iptc)
    comments = tuple(("Comment", text) for text in embedded.comments)
    yield from find_in_texts((*embedded.texts, *read_texts(embedded.exif), *comments))


def describe(findings: tuple[Finding, ...]) -> str:
    """The findings in plain words."""
    declared = [finding.evidence for finding in findings if finding.tier == "A"]
    leftovers = [finding.evidence for finding in findings if finding.tier == "B"]
    if declared:
        return _(
            "The file declares that a generator made it, or part of it: %(evidence)s.", evidence=list_in_words(declared)
        )
    if leftovers:
        return _("The file carries a generator's traces: %(evidence)s.", evidence=list_in_words(leftovers))
    return _(_NOTHING)


def as_facts(findings: tuple[Finding, ...]) -> dict[str, list[dict[str, str]]]:
    """The findings as JSON values."""
    return {"findings": [{"tier": one.tier, "marker": one.marker, "evidence": one.evidence} for one in findings]}
