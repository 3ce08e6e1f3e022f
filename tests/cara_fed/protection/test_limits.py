"""Files that are too large, cut off, damaged, or built to hurt are refused in one clear sentence, and cheaply."""

import base64
import struct
import time
import zlib
from collections.abc import Callable

import pytest
from PIL import ImageFile

from cara_fed.protection.errors import (
    BrokenPicture,
    NotAPicture,
    PictureRefused,
    TooManyBytes,
    TooManyFrames,
    TooManyPixels,
)
from cara_fed.protection.formats import jpeg, png, webp
from cara_fed.protection.formats.bmff import read_header as read_bmff
from cara_fed.protection.formats.ifd import read_chain
from cara_fed.protection.pipeline import protect
from cara_fed.protection.values import ProtectionRequest
from tests.cara_fed.protection.pictures import (
    animation,
    encode,
    encode_animation,
    hollow_png,
    insert_chunks,
    insert_segments,
    limited,
    photo,
    run,
)

ENCODED = {one: encode(photo(), one) for one in ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "TIFF")}
DEFAULT = ProtectionRequest()


def ifd(*entries: tuple[int, int, int, int], following: int = 0) -> bytes:
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return struct.pack("<H", len(entries)) + body + struct.pack("<I", following)


def tiff(width: int, height: int, *more: tuple[int, int, int, int], following: int = 0) -> bytes:
    entries = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)]
    entries += [(273, 4, 1, 8), (278, 4, 1, height), (279, 4, 1, 4), *more]
    return b"II*\x00\x08\x00\x00\x00" + ifd(*sorted(entries), following=following)


def gif_flood(count: int) -> bytes:
    one = b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00"
    return b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff" + one * count + b";"


def avif_of(width: int, height: int) -> bytes:
    data = ENCODED["AVIF"]
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">II", width, height) + data[at + 8 :]


def jpeg_of(width: int, height: int) -> bytes:
    data = ENCODED["JPEG"]
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def webp_of(width: int, height: int) -> bytes:
    chunks = (webp.build_head(width, height, 0), *webp.read_chunks(ENCODED["WEBP"]))
    return webp.build_file(chunks)


def bomb(size: int = 200_000_000) -> bytes:
    packer = zlib.compressobj(9)
    block = bytes(1_000_000)
    return b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()


REFUSED: dict[str, tuple[Callable[[], bytes], type[PictureRefused]]] = {
    "nothing": (lambda: b"", NotAPicture),
    "text": (lambda: b"hello", NotAPicture),
    "svg": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", NotAPicture),
    "html": (lambda: b"<html><script>alert(1)</script>", NotAPicture),
    "film": (lambda: b"\x00\x00\x00\x18ftypmp42" + bytes(40), NotAPicture),
    "photoshop": (lambda: b"8BPS" + bytes(40), NotAPicture),
    "bitmap": (lambda: encode(photo(), "BMP"), NotAPicture),
    "raw": (lambda: tiff(160, 120, (254, 4, 1, 1)), NotAPicture),
    "dng": (lambda: tiff(160, 120, (0xC612, 1, 4, 0x401)), NotAPicture),
    "png of a gigapixel": (lambda: hollow_png(40_000, 40_000), TooManyPixels),
    "png of 4 billion squared": (lambda: hollow_png(2**31 - 1, 2**31 - 1), TooManyPixels),
    "png of minus one": (lambda: hollow_png(2**32 - 1, 5), BrokenPicture),
    "png of nothing": (lambda: hollow_png(0, 5), BrokenPicture),
    "jpeg too large": (lambda: jpeg_of(65_000, 65_000), TooManyPixels),
    "jpeg of no height": (lambda: jpeg_of(100, 0), BrokenPicture),
    "webp too large": (lambda: webp_of(16_000, 16_000), TooManyPixels),
    "gif too large": (lambda: b"GIF89a\xff\xff\xff\xff\x00\x00\x00" + gif_flood(1)[19:], TooManyPixels),
    "gif image beyond its screen": (
        lambda: b"GIF89a\x01\x00\x01\x00\x00\x00\x00,\xff\xff\xff\xff\xff\xff\xff\xff\x00\x02\x01\x44\x00;",
        TooManyPixels,
    ),
    "tiff too large": (lambda: tiff(100_000, 100_000), TooManyPixels),
    "avif too large": (lambda: avif_of(60_000, 60_000), TooManyPixels),
    "gif flood": (lambda: gif_flood(2000), TooManyFrames),
    "apng flood": (
        lambda: hollow_png(
            1, 1, png.build_chunk(b"acTL", struct.pack(">II", 2, 0)), *[png.build_chunk(b"fcTL", bytes(26))] * 2000
        ),
        TooManyFrames,
    ),
    "png chunk flood": (lambda: hollow_png(1, 1, png.build_chunk(b"teSt", b"") * 20_000), BrokenPicture),
    "jpeg segment flood": (
        lambda: insert_segments(ENCODED["JPEG"], jpeg.build_segment(0xE5, b"") * 30_000),
        BrokenPicture,
    ),
    "jpeg scan flood": (lambda: many_scans(1000), BrokenPicture),
    "png profile bomb": (
        lambda: insert_chunks(ENCODED["PNG"], png.build_chunk(b"iCCP", b"x\x00\x00" + bomb())),
        TooManyBytes,
    ),
    "png ztxt bomb": (
        lambda: insert_chunks(ENCODED["PNG"], png.build_chunk(b"zTXt", b"x\x00\x00" + bomb())),
        TooManyBytes,
    ),
    "png itxt bomb": (
        lambda: insert_chunks(ENCODED["PNG"], png.build_chunk(b"iTXt", b"x\x00\x01\x00\x00\x00" + bomb())),
        TooManyBytes,
    ),
    "png many small bombs": (
        lambda: insert_chunks(ENCODED["PNG"], *[png.build_chunk(b"zTXt", b"x\x00\x00" + bomb(4_000_000))] * 20),
        TooManyBytes,
    ),
    "png pixel bomb": (lambda: hollow_png(20_000, 20_000), TooManyPixels),
    "png of missing pixels": (lambda: hollow_png(100, 100), BrokenPicture),
    "png with a wrong check sum": (lambda: ENCODED["PNG"].replace(b"IDAT", b"IDAT\x00", 1), BrokenPicture),
    "tiff loop": (lambda: tiff(50_000, 50_000, following=8), TooManyPixels),
    "tiff without pixels": (lambda: b"II*\x00\x08\x00\x00\x00" + ifd((256, 4, 1, 5), (257, 4, 1, 5)), BrokenPicture),
    "tiff into the void": (lambda: b"II*\x00\xff\xff\xff\x7f" + bytes(20), BrokenPicture),
    "tiff of absurd samples": (lambda: tiff(10, 10, (277, 3, 1, 60_000)), BrokenPicture),
    "bare jpeg start": (lambda: b"\xff\xd8\xff", BrokenPicture),
    "bare png start": (lambda: png.SIGNATURE, BrokenPicture),
    "bare gif start": (lambda: b"GIF89a", BrokenPicture),
    "bare webp start": (lambda: b"RIFF\x04\x00\x00\x00WEBP", BrokenPicture),
    "bare avif start": (lambda: b"\x00\x00\x00\x10ftypavif\x00\x00\x00\x00", BrokenPicture),
}


def many_scans(count: int) -> bytes:
    data = encode(photo(), "JPEG", progressive=True)
    scan = next(one for one in jpeg.read_segments(data) if one.marker == jpeg.SOS)
    return data[: scan.end] + data[scan.start : scan.end] * count + data[scan.end :]


@pytest.mark.parametrize("name", REFUSED)
def test_refused_clearly_and_cheaply(name: str) -> None:
    make, refusal = REFUSED[name]
    data = make()
    started = time.process_time()
    with pytest.raises(refusal) as refused:
        protect(data, DEFAULT)
    assert time.process_time() - started < 2
    sentence = str(refused.value)
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 160


@pytest.mark.parametrize("made_as", ENCODED)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_cut_off_files_are_refused(made_as: str, share: float) -> None:
    data = ENCODED[made_as]
    with pytest.raises(BrokenPicture, match=r"cut off|damaged"):
        run(data[: int(len(data) * share)])


def test_a_jpeg_without_its_last_two_bytes_is_refused_as_cut_off() -> None:
    with pytest.raises(BrokenPicture, match="cut off"):
        run(ENCODED["JPEG"][:-2])


@pytest.mark.parametrize("made_as", ENCODED)
def test_limits_are_held(made_as: str) -> None:
    data = ENCODED[made_as]
    protect(data, limited(max_bytes=len(data), max_pixels=96 * 64))
    with pytest.raises(TooManyBytes, match="at most"):
        protect(data, limited(max_bytes=len(data) - 1))
    with pytest.raises(TooManyPixels, match="at most"):
        protect(data, limited(max_pixels=96 * 64 - 1))


@pytest.mark.parametrize("made_as", ["GIF", "PNG", "WEBP", "AVIF"])
def test_frames_are_counted_not_believed(made_as: str) -> None:
    data = encode_animation(animation(6), made_as)
    with pytest.raises(TooManyFrames):
        protect(data, limited(max_frames=5))


def test_a_tiff_whose_pages_run_in_a_circle_is_read_once() -> None:
    assert len(read_chain(tiff(4, 4, following=8))) == 1
    far = tiff(4, 4, following=8 + 2 + 8 * 12 + 4)
    assert len(read_chain(far + ifd((256, 4, 1, 4), following=8))) == 2


def test_thousands_of_tags_that_claim_the_whole_file_cost_nothing() -> None:
    greedy = [(30_000 + number, 7, 20_000_000, 8) for number in range(4000)]
    data = tiff(4, 4, *greedy) + bytes(20_000_000)
    started = time.process_time()
    protect(data, limited(max_bytes=10**9))
    assert time.process_time() - started < 3


def test_boxes_nested_without_end_are_bounded() -> None:
    data = b"\x00\x00\x00\x10ftypavif\x00\x00\x00\x00"
    nested = b""
    for _ in range(200):
        nested = struct.pack(">I4s", 8 + len(nested), b"moov") + nested
    with pytest.raises(BrokenPicture):
        read_bmff(data + nested)


ARITHMETIC = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAoHBwgHBgoICAgLCgoLDhgQDg0NDh0VFhEYIx8lJCIfIiEmKzcvJik0KSEiMEExNDk7"
    "Pj4+JS5ESUM8SDc9Pjv/2wBDAQoLCw4NDhwQEBw7KCIoOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7"
    "Ozs7Ozs7Ozv/yQARCAAQABgDASIAAhEBAxEB/8wACgAQEAUBEBEF/9oADAMBAAIRAxEAPwCG9BCnJgdVXFioKIVEAxiAAGbpb03c"
    "Q1dxs74M59ySVQ9rMzPxxuWhP7Pb8Lag6vzF8q0Gienpxhw/ajjz1V1JbZuqO0y8C/4h4ou2duw98EUIeQwmu1gzDS2NGiX6d7y5"
    "4nQqyxhyIcN0bMgs/P5Q1ZlOcvs7tSTgEzQsYBOhwRr2vW1qYIF5hM9au9W6E13LaRutopbr6pRf3JKmGiAfbkX681V9kAgDOeix"
    "HDCtp+IZM3ElkVA+BCgocvInioHQelP+B35T7PXJxTI46iCu2z0D3L/FAxUEYv/Z"
)


def test_a_jpeg_in_arithmetic_coding_is_decoded_whatever_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "MAXBLOCK", 200)  # what Pillow hands to its decoder at a time
    assert run(ARITHMETIC).width == 24
