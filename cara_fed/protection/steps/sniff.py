"""Step 1: what is this file? Told by its content."""

from dataclasses import replace

from cara_fed.protection.errors import NotAPicture, TooManyBytes
from cara_fed.protection.formats.signatures import find_format, name_other
from cara_fed.protection.picture import Picture
from cara_fed.protection.values import ReportLine
from cara_fed.protection.words import say_too_large
from cara_fed.words.speech import _
from cara_fed.words.writing import write_size


def sniff(picture: Picture) -> tuple[Picture, ReportLine]:
    """Raises TooManyBytes and NotAPicture."""
    size, most = len(picture.data), picture.request.limits.max_bytes
    if size > most:
        raise TooManyBytes(say_too_large(size, most))
    found = find_format(picture.data)
    if found is None:
        raise NotAPicture(_refusal(picture.data))
    text = _("This is a picture in %(format)s format, %(size)s.", format=found.upper(), size=write_size(size))
    facts = {"format": found.value, "bytes": size}
    return replace(picture, format=found), ReportLine("sniff", text, facts)


def _refusal(data: bytes) -> str:
    if not data:
        return _("The file is empty; upload JPEG, PNG, WebP, GIF, AVIF or TIFF.")
    if not (name := name_other(data)):
        return _("This file is no picture that is read here; upload JPEG, PNG, WebP, GIF, AVIF or TIFF.")
    return _("This file is %(name)s; upload JPEG, PNG, WebP, GIF, AVIF or TIFF.", name=_(name))
