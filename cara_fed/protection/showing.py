"""Pictures made only to be looked at by their artist: before and after, the difference, and a mark tried out."""

import base64

import numpy as np
from PIL import Image

from cara_fed.protection.encoding import encode_png, encode_webp
from cara_fed.protection.errors import NotAPicture
from cara_fed.protection.marks.visible import build_stamp, put_on, read_logo
from cara_fed.protection.recognition import open_still
from cara_fed.protection.sizes import WEB_EDGE, fit
from cara_fed.protection.steps.fit import resize
from cara_fed.protection.values import Limits, VisibleMark
from cara_fed.words.speech import _

AMPLIFIED = 8
_SAMPLE = (600, 400)
_LOGO_EDGE = 800
_QUALITY = 90


def show_before(original: bytes, limits: Limits) -> bytes:
    """The original as it was before anything was added, at the size of our pages; a WebP. Raises PictureRefused."""
    return encode_webp(_at_page_size(original, limits), _QUALITY)


def show_difference(original: bytes, published: bytes, limits: Limits) -> bytes:
    """Grey where nothing changed, brighter and darker where something did, eight times as strong; a WebP."""
    after = _at_page_size(published, limits)
    before = resize(_at_page_size(original, limits), after.size)
    change = np.asarray(after, np.int16) - np.asarray(before, np.int16)
    return encode_webp(Image.fromarray((128 + change * AMPLIFIED).clip(0, 255).astype(np.uint8)), _QUALITY)


def show_mark(mark: VisibleMark) -> tuple[bytes, str]:
    """A mark on a sample of light, dark, plain and busy parts, as a WebP; and the letters that no font here draws."""
    sample, stamp = _paint_sample(), build_stamp(mark)
    if stamp is None:
        return encode_webp(sample, _QUALITY), mark.text
    return encode_webp(put_on(sample, stamp.image, mark), _QUALITY), stamp.undrawn


def clean_logo(data: bytes) -> str:
    """A logo as it is kept: a small PNG of nothing but pixels, in base64. Raises NotAPicture."""
    logo = read_logo(base64.b64encode(data).decode())
    if logo is None:
        raise NotAPicture(_("This is no logo that can be used: upload a PNG, WebP or JPEG of at most 4 megapixels."))
    return base64.b64encode(encode_png(resize(logo, fit(logo.size, _LOGO_EDGE)))).decode()


def _at_page_size(data: bytes, limits: Limits) -> Image.Image:
    image = open_still(data, limits)
    return resize(image, fit(image.size, WEB_EDGE))


def _paint_sample() -> Image.Image:
    width, height = _SAMPLE
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    grain = np.random.default_rng(1).standard_normal((height, width)) * 18 * (y > 0.5)
    colours = np.stack([x * 225 + 15 + grain, x * 215 + 20 + grain, x * 200 + 30 + grain], axis=2)
    return Image.fromarray(colours.clip(0, 255).astype(np.uint8))
