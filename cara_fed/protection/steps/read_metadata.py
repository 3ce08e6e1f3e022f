"""Step 3: what does the file carry beside its pixels? None of it goes on; the artist is told what stays behind."""

from collections.abc import Iterator
from dataclasses import replace

from cara_fed.protection.exif import CAMERA_WORDS, list_private, read_camera_facts, read_orientation
from cara_fed.protection.formats.base import Embedded
from cara_fed.protection.formats.registry import CONTAINERS
from cara_fed.protection.picture import Picture
from cara_fed.protection.rights.iptc import read_datasets
from cara_fed.protection.values import ReportLine
from cara_fed.protection.words import list_in_words
from cara_fed.words.speech import _


def read_metadata(picture: Picture) -> tuple[Picture, ReportLine]:
    """Lists what is left behind, and takes the way up and, if the artist wishes, the camera facts."""
    embedded = CONTAINERS[picture.format].read_embedded(picture.data)
    camera = read_camera_facts(embedded.exif) if picture.request.keep_camera_facts else {}
    read = replace(picture, embedded=embedded, camera=camera, orientation=read_orientation(embedded.exif))
    left_behind = list(dict.fromkeys(_list_left_behind(embedded)))
    text = _("It carries no private data.")
    if left_behind:
        text = _("Left behind: %(things)s.", things=list_in_words(left_behind))
    if camera:
        text += " " + _(
            "Kept as you asked: %(things)s.", things=list_in_words(_(CAMERA_WORDS[name]) for name in camera)
        )
    facts = {"left_behind": left_behind, "kept": {name: str(value) for name, value in camera.items()}}
    return read, ReportLine("read_metadata", text, facts)


def _list_left_behind(embedded: Embedded) -> Iterator[str]:
    yield from list_private(embedded.exif)
    if embedded.xmp:
        yield _("XMP with descriptions and editing history")
    if embedded.iptc:
        count = sum(number[0] == 2 for number, _value in read_datasets(embedded.iptc))
        yield _("IPTC captions and keywords (%(count)s)", count=count)
    if embedded.jumbf:
        yield _("a C2PA manifest")
    if embedded.texts:
        yield _("text fields (%(names)s)", names=list_in_words(key[:40] for key, _text in embedded.texts[:8]))
    if embedded.comments:
        yield _("comments")
    yield from embedded.parts
