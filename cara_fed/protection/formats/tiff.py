"""TIFF: the first page's size, how many pages there are, and what its tags carry beside the pixels."""

from collections.abc import Iterator

from cara_fed.protection.errors import NotAPicture
from cara_fed.protection.formats.base import Container, Embedded, Header, cut_off, damaged, require_sane_profile
from cara_fed.protection.formats.ifd import Directory, read_chain
from cara_fed.protection.formats.photoshop import read_resources
from cara_fed.protection.values import Format
from cara_fed.words.speech import _, ngettext

SUBFILE, WIDTH, HEIGHT, STRIPS, TILES = 0x00FE, 0x0100, 0x0101, 0x0111, 0x0144
XMP, IPTC, PHOTOSHOP, ICC, C2PA, DNG_VERSION = 0x02BC, 0x83BB, 0x8649, 0x8773, 0xCD41, 0xC612
_MAX_SAMPLES = 64


def read_header(data: bytes) -> Header:
    """Size of the first page.

    Raises NotAPicture for a camera's raw file, whose first page is a thumbnail; BrokenPicture for nonsense.
    """
    pages = read_chain(data)
    if not pages:
        raise cut_off()
    first = pages[0]
    if DNG_VERSION in first.entries or (first.number(SUBFILE) or 0) & 1 or data[8:10] == b"CR":
        raise NotAPicture(_("This is a camera's raw file; develop it first and upload it as JPEG, PNG or TIFF."))
    _require_sane(first)
    return Header(first.number(WIDTH) or 0, first.number(HEIGHT) or 0, pages=len(pages))


def _require_sane(page: Directory) -> None:
    samples = page.number(0x0115) or 1
    if not page.number(WIDTH) or not page.number(HEIGHT) or samples > _MAX_SAMPLES:
        raise damaged()
    if STRIPS not in page.entries and TILES not in page.entries:
        raise damaged()
    require_sane_profile(len(page.raw(ICC)))


def clean(data: bytes) -> bytes:
    """The file as it is: its decoder looks only at the tags it needs, and nothing but pixels is taken over."""
    return data


def read_embedded(data: bytes) -> Embedded:
    """EXIF (which is the file's own first directory), XMP, IPTC, C2PA and the names of everything else."""
    pages = read_chain(data)
    if not pages:
        return Embedded()
    iptc, resources = read_resources(pages[0].raw(PHOTOSHOP))
    xmp = pages[0].raw(XMP)
    return Embedded(
        exif=data,
        xmp=(xmp,) if xmp else (),
        iptc=pages[0].raw(IPTC) + iptc,
        jumbf=pages[0].raw(C2PA),
        parts=(*resources, *_other_parts(pages)),
    )


def _other_parts(pages: tuple[Directory, ...]) -> Iterator[str]:
    if len(pages) > 1:
        yield ngettext("%(num)s further page", "%(num)s further pages", len(pages) - 1)
    for tag in pages[0].entries:
        if tag >= 0x8000 and tag not in _KNOWN:
            yield _("blocks of programs' own data")
            return


_KNOWN = frozenset((0x8298, IPTC, PHOTOSHOP, ICC, 0x8769, 0x8825, C2PA))

TIFF = Container(Format.TIFF, read_header, read_embedded, clean)
