"""Step 13: the artist's name, rights and wish about data mining, written into every rendition."""

from dataclasses import replace

from cara_fed.protection.picture import Picture
from cara_fed.protection.rights.embed import embed_rights
from cara_fed.protection.values import Rendition, ReportLine, Rights
from cara_fed.protection.words import list_in_words

_WORDS = {
    "creator": "the creator",
    "credit": "the credit line",
    "copyright_notice": "the copyright notice",
    "web_statement": "the address of the rights page",
    "usage_terms": "the terms of use",
    "data_mining": "the wish about data mining and AI training",
    "other_constraints": "its conditions",
    "digital_source_type": "how it was made",
}


def write_rights(picture: Picture) -> tuple[Picture, ReportLine]:
    """XMP everywhere, EXIF but in GIF, IPTC in JPEG."""
    rights = picture.request.rights
    written = tuple(_with_rights(one, picture) for one in picture.renditions)
    stated = {name: value for name in _WORDS if (value := getattr(rights, name))}
    text = f"Written into every file: {list_in_words(_WORDS[name] for name in stated)}." if stated else _NOTHING
    if stated and not rights.data_mining:
        text += " Nothing is said about data mining."
    return replace(picture, renditions=written), ReportLine("write_rights", text, stated)


_NOTHING = "No rights were stated, so none are written in."


def _with_rights(one: Rendition, picture: Picture) -> Rendition:
    rights: Rights = picture.request.rights
    return replace(one, data=embed_rights(one.data, rights, picture.camera))
