"""Pillow behind one door: a cleaned file is opened by the one decoder found for it, and faults get one name."""

import importlib
import importlib.util
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import numpy as np
from PIL import Image, ImageFile

from cara_fed.protection.errors import BrokenPicture, NotAPicture
from cara_fed.protection.formats.base import Header
from cara_fed.protection.formats.registry import CONTAINERS
from cara_fed.protection.values import Format
from cara_fed.words.speech import _

# Our own limits are held on the header before Pillow opens anything, and once more on what it found.
Image.MAX_IMAGE_PIXELS = None

_HEIF = importlib.import_module("pillow_heif") if importlib.util.find_spec("pillow_heif") else None
if _HEIF is not None:
    _HEIF.register_heif_opener()

_DECODERS = {one: one.value.upper() for one in Format} | {Format.HEIC: "HEIF"}
# What Pillow's readers raise for files that are not as they should be.
_FAULTS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    AssertionError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)


@contextmanager
def decoding_faults() -> Iterator[None]:
    """Turns whatever a decoder raises into BrokenPicture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except _FAULTS as fault:
        raise BrokenPicture(_sentence(str(fault))) from fault


def _sentence(fault: str) -> str:
    if "truncated" in fault or "end of" in fault.lower():
        return _("The picture file is cut off before its end; export or upload it once more.")
    return _("The picture file is damaged or of an unusual kind; open it in a picture editor and export it anew.")


def open_picture(data: bytes, picture_format: Format) -> Image.Image:
    """The picture opened, not yet decoded; nothing but what decoding needs reaches the decoder.

    Raises BrokenPicture, and NotAPicture for HEIC where its decoder is not installed.
    """
    if picture_format is Format.HEIC and _HEIF is None:
        raise NotAPicture(_("HEIC pictures are not read on this server; export it as JPEG."))
    with decoding_faults():
        cleaned = CONTAINERS[picture_format].clean(data)
        opened = Image.open(BytesIO(cleaned), formats=[_DECODERS[picture_format]])
    if isinstance(opened, ImageFile.ImageFile):
        # Arithmetic coding cannot pause: a JPEG coded so is decoded from one piece or not at all.
        opened.decodermaxblock = max(opened.decodermaxblock, len(cleaned))
    return opened


def header_of(image: Image.Image) -> Header:
    """What the decoder believes of the opened picture."""
    frames = getattr(image, "n_frames", 1) if image.format != "TIFF" else 1
    return Header(image.width, image.height, frames)


def normalise(image: Image.Image) -> Image.Image:
    """The decoded pixels in one of the modes L, LA, RGB, RGBA, CMYK and LAB, without anything else of the file."""
    bare = _in_a_plain_mode(image)
    if bare.mode in ("LA", "RGBA") and bare.getchannel("A").getextrema() == (255, 255):
        bare = bare.convert(bare.mode[:-1])
    bare = bare.copy() if bare is image else bare
    bare.info = {}
    return bare


def _in_a_plain_mode(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        return _to_eight_bits(image)
    if image.mode in ("1", "L", "RGB") and "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK", "LAB"):
        return image
    if image.mode == "1":
        return image.convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _to_eight_bits(image: Image.Image) -> Image.Image:
    values = np.asarray(image)
    if values.dtype == np.uint16:
        return Image.fromarray(((values.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8))
    finite = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    most = float(finite.max(initial=0.0))
    # A 32 bit file does not say where white is: floats end at 1, integers at the smallest usual depth that holds them.
    white = next((one for one in (1.0, 255.0, 65535.0) if most <= one), most)
    return Image.fromarray(np.clip(finite * (255.0 / white) + 0.5, 0, 255).astype(np.uint8))
