"""Step 1: what is this file? Told by its content."""

from dataclasses import replace

from cara_fed.protection.errors import NotAPicture, TooManyBytes
from cara_fed.protection.formats.signatures import find_format, name_other
from cara_fed.protection.picture import Picture
from cara_fed.protection.values import ReportLine
from cara_fed.protection.words import bytes_in_words

_READ_HERE = "upload JPEG, PNG, WebP, GIF, AVIF or TIFF"


def sniff(picture: Picture) -> tuple[Picture, ReportLine]:
    """Raises TooManyBytes and NotAPicture."""
    size, most = len(picture.data), picture.request.limits.max_bytes
    if size > most:
        raise TooManyBytes(
            f"The file has {bytes_in_words(size)}; at most {bytes_in_words(most)} are taken, so export it smaller."
        )
    found = find_format(picture.data)
    if found is None:
        raise NotAPicture(_refusal(picture.data))
    text = f"This is a picture in {found.upper()} format, {bytes_in_words(size)}."
    facts = {"format": found.value, "bytes": size}
    return replace(picture, format=found), ReportLine("sniff", text, facts)


def _refusal(data: bytes) -> str:
    if not data:
        return f"The file is empty; {_READ_HERE}."
    name = name_other(data)
    return f"This file is {name or 'no picture that is read here'}; {_READ_HERE}."
