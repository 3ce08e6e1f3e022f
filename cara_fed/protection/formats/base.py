"""What every container reader gives: the header, what is embedded beside the pixels, and the pixels alone."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

from cara_fed.protection.errors import BrokenPicture, TooManyBytes
from cara_fed.protection.values import MIB, Format
from cara_fed.words.speech import _, ngettext

MAX_PARTS = 200_000  # segments, chunks, boxes or blocks of one file; a 60 MB PNG in 1 KiB chunks has 60,000
MAX_UNPACKED_TEXT = 16 * MIB
MAX_PROFILE = 4 * MIB


@dataclass(frozen=True, slots=True)
class Header:
    """What the container says of its picture, in pixels; ``pixels`` is the most that decoding a frame may touch."""

    width: int
    height: int
    frames: int = 1
    pages: int = 1
    pixels: int = 0

    @property
    def most_pixels(self) -> int:
        return max(self.pixels, self.width * self.height)


@dataclass(frozen=True, slots=True)
class Embedded:
    """What stands in the file beside the pixels. All of it stays behind; some of it is read first."""

    exif: bytes = b""  # a TIFF structure, without the "Exif" introducer
    xmp: tuple[bytes, ...] = ()
    iptc: bytes = b""  # IIM datasets
    jumbf: bytes = b""  # a C2PA manifest store
    texts: tuple[tuple[str, str], ...] = ()
    comments: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()  # everything else, in plain words
    cicp: tuple[int, int] | None = None  # colour primaries and transfer function, ITU-T H.273
    gamma: float | None = None
    chromaticities: tuple[float, ...] = ()  # white, red, green, blue as x, y pairs
    background: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Container:
    """One format's readers. Each takes the whole file; ``clean`` gives a file with nothing but what decoding needs."""

    format: Format
    read_header: Callable[[bytes], Header]
    read_embedded: Callable[[bytes], Embedded]
    clean: Callable[[bytes], bytes]


def cut_off() -> BrokenPicture:
    """The refusal of a file that ends too early."""
    return BrokenPicture(_("The picture file is cut off before its end; export or upload it once more."))


def damaged() -> BrokenPicture:
    """The refusal of a file whose structure makes no sense."""
    return BrokenPicture(_("The picture file is damaged; open it in a picture editor and export it anew."))


def require_sane_profile(size: int) -> None:
    """Refuses a colour profile of more bytes than any program writes."""
    if size > MAX_PROFILE:
        raise TooManyBytes(_("The picture's colour profile is absurdly large; export it with the sRGB profile."))


def say_own_block(name: str) -> str:
    """That there is a block of a program's own, called so in this format, in words."""
    return _("a block of a program's own data (%(name)s)", name=name)


def require_parts(count: int, most: int = MAX_PARTS) -> None:
    """Refuses a flood of tiny parts, which costs time and holds no picture."""
    if count > most:
        raise BrokenPicture(_("The picture file consists of too many parts; export it anew from a picture editor."))


def unpack(data: bytes, most: int) -> bytes:
    """zlib data unpacked, never more than ``most`` bytes.

    Raises TooManyBytes for a bomb; damaged data gives what could be read of it.
    """
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(data, most + 1)
    except zlib.error:
        return b""
    if len(text) > most:
        raise TooManyBytes(_("The file hides a very large compressed text or profile; export it without metadata."))
    return text


def say_rest(count: int) -> str:
    """That there are so many bytes behind the picture, in words."""
    return ngettext("%(num)s byte after the end of the picture", "%(num)s bytes after the end of the picture", count)
