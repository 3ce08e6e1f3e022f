"""Files with one known secret in every place that each format offers, but in the pixels."""

import struct
import zlib
from collections.abc import Callable, Iterator

from PIL import Image, TiffImagePlugin

from cara_fed.protection.formats import gif, jpeg, png, webp
from cara_fed.protection.formats.photoshop import build_resource
from tests.cara_fed.protection.icc import matrix_profile
from tests.cara_fed.protection.pictures import animation, drawing, encode, encode_animation, photo, sticker

SECRET = "Qx7secretOwner93Kz"
PLAIN = SECRET.encode()
PROFILE = matrix_profile("p3", PLAIN)
XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
    f'xmp:CreatorTool="{SECRET}"><xmpMM:History><rdf:Seq><rdf:li>{SECRET}</rdf:li></rdf:Seq></xmpMM:History>'
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
).encode()
IPTC = b"".join(
    b"\x1c\x02" + bytes((number,)) + struct.pack(">H", len(PLAIN)) + PLAIN for number in (5, 25, 80, 90, 116, 120)
)
PHOTOSHOP = build_resource(0x0404, IPTC) + build_resource(0x040C, bytes(28) + PLAIN) + build_resource(0x0FA0, PLAIN)
_DESCRIPTION = struct.pack(">I4s", 25 + len(PLAIN), b"jumd") + bytes(17) + PLAIN
JUMBF = struct.pack(">I4s", 8 + len(_DESCRIPTION), b"jumb") + _DESCRIPTION


def exif() -> bytes:
    """IFD0, EXIF, GPS and a thumbnail directory, all with the secret."""
    return b"Exif\x00\x00" + _directories().tobytes()[6:] + _thumbnail()


def _directories() -> Image.Exif:
    block = Image.Exif()
    for tag in (0x010E, 0x010F, 0x0110, 0x0131, 0x013B, 0x013C, 0x8298):
        block[tag] = SECRET
    for tag in (0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F):
        block[tag] = SECRET.encode("utf-16-le")
    detail = block.get_ifd(0x8769)
    detail |= dict.fromkeys((36867, 42016, 42032, 42033, 42036, 42037), SECRET)
    detail |= {0x927C: PLAIN * 3, 0x9286: b"ASCII\x00\x00\x00" + PLAIN, 0x9290: SECRET}
    block.get_ifd(0x8825).update({1: "N", 2: (12.0, 34.0, 56.0), 18: SECRET, 27: b"ASCII\x00\x00\x00" + PLAIN})
    return block


def _thumbnail() -> bytes:
    return jpeg_with(encode(photo(16, 16), "JPEG"), jpeg.build_segment(jpeg.COM, PLAIN))


def jpeg_with(plain: bytes, *segments: bytes) -> bytes:
    return plain[:2] + b"".join(segments) + plain[2:]


def everywhere_in_jpeg() -> bytes:
    segments = [
        jpeg.build_segment(jpeg.APP0, b"JFXX\x00\x10" + _thumbnail()),
        jpeg.build_segment(jpeg.APP1, exif()),
        jpeg.build_segment(jpeg.APP1, jpeg.XMP + XMP),
        jpeg.build_segment(jpeg.APP1, jpeg.XMP_EXTENSION + b"0" * 32 + struct.pack(">II", len(XMP), 0) + XMP),
        jpeg.build_segment(jpeg.APP2, b"MPF\x00" + PLAIN),
        jpeg.build_segment(jpeg.APP11, b"JP\x00\x01\x00\x00\x00\x01" + JUMBF),
        jpeg.build_segment(jpeg.APP13, jpeg.PHOTOSHOP + PHOTOSHOP),
        jpeg.build_segment(jpeg.APP14, b"Adobe\x00\x64\x00\x00\x00\x00\x01" + PLAIN),
        jpeg.build_segment(jpeg.COM, PLAIN),
        *(jpeg.build_segment(0xE0 + number, b"vendor\x00" + PLAIN) for number in range(16)),
        b"\xff\xff\xff",  # fill bytes are allowed before a marker
    ]
    plain = encode(photo(), "JPEG", quality=95, icc_profile=PROFILE, comment=PLAIN)
    return jpeg_with(plain, *segments) + _thumbnail() + b"trailer" + PLAIN


def everywhere_in_png(image: Image.Image) -> bytes:
    plain = encode(image, "PNG", icc_profile=PROFILE)
    head = [
        png.build_chunk(b"tEXt", b"Author\x00" + PLAIN),
        png.build_chunk(b"tEXt", PLAIN + b"\x00value"),
        png.build_chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(PLAIN)),
        png.build_chunk(b"iTXt", b"Title\x00\x00\x00en\x00" + PLAIN + b"\x00" + PLAIN),
        png.build_chunk(b"iTXt", b"Title\x00\x01\x00en\x00\x00" + zlib.compress(PLAIN)),
        png.build_text(png.XMP_KEY, XMP),
        png.build_chunk(b"tEXt", b"Raw profile type iptc\x00\niptc\n  20\n" + IPTC.hex().encode()),
        png.build_chunk(b"eXIf", exif()[6:]),
        png.build_chunk(b"caBX", JUMBF),
        png.build_chunk(b"tIME", struct.pack(">HBBBBB", 2026, 1, 2, 3, 4, 5)),
        png.build_chunk(b"sPLT", PLAIN + b"\x00\x08" + bytes(6)),
        png.build_chunk(b"prVt", PLAIN),
    ]
    tail = png.build_chunk(b"tEXt", b"Late\x00" + PLAIN)
    plain = plain[:33] + b"".join(head) + plain[33:-12] + tail + plain[-12:]
    return _behind_pixels(plain) + PLAIN


def _behind_pixels(data: bytes) -> bytes:
    """The secret behind the end of the compressed pixels, in the last IDAT."""
    last = [chunk for chunk in png.read_chunks(data) if chunk.kind == b"IDAT"][-1]
    return data[: last.start] + png.build_chunk(b"IDAT", last.content(data) + PLAIN) + data[last.end :]


def everywhere_in_webp(plain: bytes) -> bytes:
    chunks = [webp.Chunk(one.kind, _within_frame(one)) for one in webp.read_chunks(plain)]
    size = next(size for one in chunks if (size := webp.read_size(one)))
    head = webp.build_head(*size, 0x3C | (chunks[0].content[0] if chunks[0].kind == b"VP8X" else 0))
    rest = [one for one in chunks if one.kind not in (b"VP8X", b"ICCP")]
    return (
        webp.build_file(
            (
                head,
                webp.Chunk(b"ICCP", PROFILE),
                *rest,
                webp.Chunk(b"EXIF", exif()[6:]),
                webp.Chunk(b"XMP ", XMP),
                webp.Chunk(b"C2PA", JUMBF),
                webp.Chunk(b"prVt", PLAIN),
            )
        )
        + PLAIN
    )


def _within_frame(chunk: webp.Chunk) -> bytes:
    return chunk.content + (webp.build_chunk(b"prVt", PLAIN) if chunk.kind == b"ANMF" else b"")


def everywhere_in_gif(plain: bytes) -> bytes:
    blocks = [
        b"\x21\xff\x0bXMP DataXMP" + XMP + gif.XMP_TRAILER,
        b"\x21\xfe" + bytes((len(PLAIN),)) + PLAIN + b"\x00",
        b"\x21\xff\x0bVENDOR10abc" + bytes((len(PLAIN),)) + PLAIN + b"\x00",
        b"\x21\xff\x0bC2PA_GIF\x01\x00\x00" + bytes((len(PLAIN),)) + PLAIN + b"\x00",
        b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00" + bytes((len(PLAIN),)) + PLAIN + b"\x00",
        b"\x21\x01\x0c" + bytes(12) + bytes((len(PLAIN),)) + PLAIN + b"\x00",
    ]
    at = gif.end_of_screen(plain)
    image = next(block for block in gif.read_blocks(plain) if block.label == gif.IMAGE)
    behind_pixels = bytes((len(PLAIN),)) + PLAIN
    body = plain[at : image.end - 1] + behind_pixels + plain[image.end - 1 :]
    return plain[:at] + b"".join(blocks) + body + PLAIN


def everywhere_in_tiff() -> bytes:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    block = _directories()
    for tag in (0x010D, 0x010E, 0x010F, 0x0110, 0x0131, 0x013B, 0x013C, 0x8298):
        tags[tag] = SECRET
    tags[0x8769], tags[0x8825] = dict(block.get_ifd(0x8769)), dict(block.get_ifd(0x8825))
    for tag, content in ((700, XMP), (0x83BB, IPTC), (0x8649, PHOTOSHOP), (65000, PLAIN), (0x935C, PLAIN)):
        tags.tagtype[tag] = 1 if tag == 700 else 7
        tags[tag] = content
    second = photo(20, 20)
    second.info["comment"] = SECRET
    options = {"save_all": True, "append_images": [second], "tiffinfo": tags, "icc_profile": PROFILE}
    return encode(photo(), "TIFF", **options) + PLAIN


def everywhere_in_avif() -> bytes:
    plain = encode(photo(), "AVIF", exif=exif(), xmp=XMP, icc_profile=PROFILE)
    boxes = struct.pack(">I4s", 8 + len(PLAIN), b"free") + PLAIN
    boxes += struct.pack(">I4s16s", 24 + len(PLAIN), b"uuid", PLAIN[:16]) + PLAIN
    return plain + boxes


def unused_palette() -> bytes:
    """The secret in palette entries that no pixel uses."""
    image = drawing().quantize(4)
    colours = (image.getpalette() or [])[:12] + list(PLAIN.ljust(48, b"."))
    image.putpalette(colours)
    return encode(image, "PNG")


PLANTED: dict[str, Callable[[], bytes]] = {
    "jpeg": everywhere_in_jpeg,
    "png photo": lambda: everywhere_in_png(photo()),
    "png drawing": lambda: everywhere_in_png(drawing()),
    "png transparent": lambda: everywhere_in_png(sticker()),
    "png grey": lambda: everywhere_in_png(photo().convert("L")),
    "apng": lambda: everywhere_in_png_animation(),
    "webp": lambda: everywhere_in_webp(encode(photo(), "WEBP")),
    "webp transparent": lambda: everywhere_in_webp(encode(sticker(), "WEBP")),
    "webp animated": lambda: everywhere_in_webp(encode_animation(animation(), "WEBP")),
    "gif": lambda: everywhere_in_gif(encode(drawing(), "GIF")),
    "gif animated": lambda: everywhere_in_gif(encode_animation(animation(), "GIF")),
    "tiff": everywhere_in_tiff,
    "avif": everywhere_in_avif,
    "unused palette": unused_palette,
}


def everywhere_in_png_animation() -> bytes:
    plain = encode_animation(animation(), "PNG")
    text = png.build_chunk(b"tEXt", b"Author\x00" + PLAIN) + png.build_chunk(b"prVt", PLAIN)
    return plain[:33] + text + plain[33:] + PLAIN


def readings(data: bytes) -> Iterator[bytes]:
    """The file as it is, and everything compressed in it unpacked."""
    yield data
    for at in range(len(data) - 2):
        if data[at] == 0x78 and data[at + 1] in (0x01, 0x5E, 0x9C, 0xDA):
            try:
                yield zlib.decompressobj().decompress(data[at:])
            except zlib.error:
                continue


def holds_secret(data: bytes) -> bool:
    forms = [PLAIN, SECRET.encode("utf-16-le"), SECRET.encode("utf-16-be"), PLAIN.hex().encode(), PLAIN[8:]]
    return any(form.lower() in reading.lower() for reading in readings(data) for form in forms)
