"""Rights put into a finished file, and replaced in it, by container surgery: no pixel is decoded or coded again."""

from collections.abc import Callable, Mapping

from cara_fed.protection.errors import NotAPicture
from cara_fed.protection.exif import build_exif, read_camera_facts
from cara_fed.protection.formats import gif, jpeg, png, webp
from cara_fed.protection.formats.base import damaged
from cara_fed.protection.formats.ifd import Value
from cara_fed.protection.formats.registry import CONTAINERS
from cara_fed.protection.formats.signatures import find_format
from cara_fed.protection.rights.iptc import build_resources
from cara_fed.protection.rights.text import one_line
from cara_fed.protection.rights.xmp import build_xmp, find_data_mining
from cara_fed.protection.values import Format, Rights
from cara_fed.words.speech import _

Camera = Mapping[str, Value]


def rewrite_rights(data: bytes, rights: Rights) -> bytes:
    """The same JPEG, PNG, WebP or GIF with these rights in place of whatever rights and metadata it had.

    The pixels' coded data stays bit for bit; camera facts that were kept on purpose stay too.
    Raises NotAPicture for another format, BrokenPicture for a damaged file.
    """
    return embed_rights(data, rights, read_camera_facts(_embedded_exif(data)))


def _embedded_exif(data: bytes) -> bytes:
    picture_format = find_format(data)
    return CONTAINERS[picture_format].read_embedded(data).exif if picture_format else b""


def embed_rights(data: bytes, rights: Rights, camera: Camera) -> bytes:
    """The file with XMP, EXIF (not in GIF) and, in JPEG, IPTC. Raises as ``rewrite_rights``."""
    writer = _WRITERS.get(find_format(data) or Format.TIFF)
    if writer is None:
        raise NotAPicture(_("Rights can be written into JPEG, PNG, WebP and GIF files only."))
    exif = build_exif(one_line(rights.creator, 256), one_line(rights.copyright_notice, 512), camera)
    return writer(data, build_xmp(rights), exif, rights)


def _into_jpeg(data: bytes, xmp: bytes, exif: bytes, rights: Rights) -> bytes:
    iptc = build_resources(rights)
    added = jpeg.build_segment(jpeg.APP1, jpeg.EXIF + exif) if exif else b""
    added += jpeg.build_segment(jpeg.APP1, jpeg.XMP + xmp) if xmp else b""
    added += jpeg.build_segment(jpeg.APP13, jpeg.PHOTOSHOP + iptc) if iptc else b""
    plain = jpeg.clean(data)
    at = next((one.end for one in jpeg.read_segments(plain)[:1] if one.marker == jpeg.APP0), 2)
    return plain[:at] + added + plain[at:]


def _into_png(data: bytes, xmp: bytes, exif: bytes, rights: Rights) -> bytes:
    kept = png.KEPT_IN_RENDITIONS
    chunks = [one for one in png.read_chunks(data) if one.kind in kept]
    added = png.build_chunk(b"eXIf", exif) if exif else b""
    added += png.build_text(png.XMP_KEY, xmp) if xmp else b""
    head, *rest = (data[one.start : one.end] for one in chunks)
    split = next((at for at, one in enumerate(chunks) if one.kind == b"IDAT"), 1) - 1
    return png.SIGNATURE + head + b"".join(rest[:split]) + added + b"".join(rest[split:])


def _into_webp(data: bytes, xmp: bytes, exif: bytes, rights: Rights) -> bytes:
    chunks = webp.read_chunks(webp.clean(data))
    if not chunks:
        raise damaged()
    flags = (webp.EXIF_FLAG if exif else 0) | (webp.XMP_FLAG if xmp else 0)
    head = _extended_head(chunks, flags)
    added = [webp.Chunk(b"EXIF", exif)] if exif else []
    added += [webp.Chunk(b"XMP ", xmp)] if xmp else []
    return webp.build_file((head, *(one for one in chunks if one.kind != b"VP8X"), *added))


def _extended_head(chunks: tuple[webp.Chunk, ...], flags: int) -> webp.Chunk:
    first = chunks[0]
    if first.kind == b"VP8X":
        return webp.Chunk(b"VP8X", bytes((first.content[0] | flags,)) + first.content[1:])
    has_alpha = first.kind == b"VP8L" and bool(first.content[4] & 0x10)
    width, height = webp.read_size(first) or (1, 1)
    return webp.build_head(width, height, flags | (webp.ALPHA_FLAG if has_alpha else 0))


def _into_gif(data: bytes, xmp: bytes, exif: bytes, rights: Rights) -> bytes:
    plain = gif.clean(data)
    block = bytes((gif.EXTENSION, gif.APPLICATION, 11)) + gif.XMP_APPLICATION + xmp + gif.XMP_TRAILER if xmp else b""
    # Behind the images: some players take the loop count only from the very first extension.
    return b"GIF89a" + plain[6:-1] + block + plain[-1:]


_Writer = Callable[[bytes, bytes, bytes, Rights], bytes]
_WRITERS: dict[Format, _Writer] = {
    Format.JPEG: _into_jpeg,
    Format.PNG: _into_png,
    Format.WEBP: _into_webp,
    Format.GIF: _into_gif,
}


def read_xmp(data: bytes) -> bytes | None:
    """The XMP packet of a picture file, its first one where it has several; None where it has none.

    Raises NotAPicture and BrokenPicture.
    """
    picture_format = find_format(data)
    if picture_format is None:
        raise NotAPicture(_("This file is no picture that is read here."))
    return next(iter(CONTAINERS[picture_format].read_embedded(data).xmp), None)


def read_data_mining(data: bytes) -> str | None:
    """The plus:DataMining value that a picture file states; None where it states none. Raises as ``read_xmp``."""
    packet = read_xmp(data)
    return find_data_mining(packet) if packet else None
