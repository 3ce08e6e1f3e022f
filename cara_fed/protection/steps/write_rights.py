"""Step 16: the artist's name, rights and wish about data mining, written into every rendition."""

from dataclasses import replace

from cara_fed.protection.picture import Picture
from cara_fed.protection.rights.describe import describe_rights
from cara_fed.protection.rights.embed import embed_rights
from cara_fed.protection.values import Rendition, ReportLine


def write_rights(picture: Picture) -> tuple[Picture, ReportLine]:
    """XMP everywhere, EXIF but in GIF, IPTC in JPEG."""
    written = tuple(_with_rights(one, picture) for one in picture.renditions)
    return replace(picture, renditions=written), describe_rights(picture.request.rights)


def _with_rights(one: Rendition, picture: Picture) -> Rendition:
    return replace(one, data=embed_rights(one.data, picture.request.rights, picture.camera))
