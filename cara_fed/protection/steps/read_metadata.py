"""Step 3: what does the file carry beside its pixels? None of it goes on; the artist is told what stays behind."""

from collections.abc import Iterator
from dataclasses import replace

from cara_fed.protection.exif import list_private, read_camera_facts, read_orientation
from cara_fed.protection.formats.base import Embedded
from cara_fed.protection.formats.registry import CONTAINERS
from cara_fed.protection.picture import Picture
from cara_fed.protection.rights.iptc import read_datasets
from cara_fed.protection.values import ReportLine
from cara_fed.protection.words import list_in_words


def read_metadata(picture: Picture) -> tuple[Picture, ReportLine]:
    """Lists what is left behind, and takes the way up and, if the artist wishes, the camera facts."""
    embedded = CONTAINERS[picture.format].read_embedded(picture.data)
    camera = read_camera_facts(embedded.exif) if picture.request.keep_camera_facts else {}
    read = replace(picture, embedded=embedded, camera=camera, orientation=read_orientation(embedded.exif))
    left_behind = list(dict.fromkeys(_list_left_behind(embedded)))
    text = f"Left behind: {list_in_words(left_behind)}." if left_behind else "It carries no private data."
    if camera:
        text += f" Kept as you asked: {list_in_words(name.replace('_', ' ') for name in camera)}."
    facts = {"left_behind": left_behind, "kept": {name: str(value) for name, value in camera.items()}}
    return read, ReportLine("read_metadata", text, facts)


def _list_left_behind(embedded: Embedded) -> Iterator[str]:
    yield from list_private(embedded.exif)
    if embedded.xmp:
        yield "XMP with descriptions and editing history"
    if embedded.iptc:
        count = sum(number[0] == 2 for number, _ in read_datasets(embedded.iptc))
        yield f"IPTC captions and keywords ({count})"
    if embedded.jumbf:
        yield "a C2PA manifest"
    if embedded.texts:
        yield f"text fields ({list_in_words(key[:40] for key, _ in embedded.texts[:8])})"
    if embedded.comments:
        yield "comments"
    yield from embedded.parts
