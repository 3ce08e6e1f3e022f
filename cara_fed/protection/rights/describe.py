"""What was written into the files, in words for the artist."""

from typing import Final

from cara_fed.protection.values import ReportLine, Rights
from cara_fed.protection.words import list_in_words
from cara_fed.words.speech import _, later

STEP: Final = "write_rights"

_WORDS: Final = {
    "creator": later("the creator"),
    "credit": later("the credit line"),
    "copyright_notice": later("the copyright notice"),
    "web_statement": later("the address of the rights page"),
    "usage_terms": later("the terms of use"),
    "data_mining": later("the wish about data mining and AI training"),
    "other_constraints": later("its conditions"),
    "license": later("the licence"),
    "digital_source_type": later("how it was made"),
}
_NOTHING: Final = later("No rights were stated, so none are written in.")


def describe_rights(rights: Rights) -> ReportLine:
    """The line of a report about these rights."""
    stated = {name: value for name in _WORDS if (value := getattr(rights, name))}
    if not stated:
        return ReportLine(STEP, _(_NOTHING), stated)
    text = _("Written into every file: %(things)s.", things=list_in_words(_(_WORDS[name]) for name in stated))
    if not rights.data_mining:
        text += " " + _("Nothing is said about data mining.")
    return ReportLine(STEP, text, stated)
