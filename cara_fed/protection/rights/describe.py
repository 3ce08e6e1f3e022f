"""What was written into the files, in words for the artist."""

from typing import Final

from cara_fed.protection.values import ReportLine, Rights
from cara_fed.protection.words import list_in_words

STEP: Final = "write_rights"

_WORDS: Final = {
    "creator": "the creator",
    "credit": "the credit line",
    "copyright_notice": "the copyright notice",
    "web_statement": "the address of the rights page",
    "usage_terms": "the terms of use",
    "data_mining": "the wish about data mining and AI training",
    "other_constraints": "its conditions",
    "license": "the licence",
    "digital_source_type": "how it was made",
}
_NOTHING: Final = "No rights were stated, so none are written in."


def describe_rights(rights: Rights) -> ReportLine:
    """The line of a report about these rights."""
    stated = {name: value for name in _WORDS if (value := getattr(rights, name))}
    text = f"Written into every file: {list_in_words(_WORDS[name] for name in stated)}." if stated else _NOTHING
    if stated and not rights.data_mining:
        text += " Nothing is said about data mining."
    return ReportLine(STEP, text, stated)
