"""The visible mark: a text or a logo, once in the corner or all over the picture."""

import base64
import binascii
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

from cara_fed.protection.colours import blank_hidden
from cara_fed.protection.marks.fonts import Run, load_font, split_runs
from cara_fed.protection.values import MarkLayout, VisibleMark

MAX_TEXT = 80
MAX_LOGO_BYTES = 512 * 1024
MAX_LOGO_PIXELS = 4_000_000
_CORNER_WIDTH, _TILE_WIDTH = 0.3, 0.22  # of the picture's shorter edge, at most
_SIZE = 64  # pixels in which a text is drawn before it is fitted
_SLANT = 30
_HALO = 3


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is put on a picture: an RGBA image, and letters that no font here draws."""

    image: Image.Image
    undrawn: str = ""


def build_stamp(mark: VisibleMark) -> Stamp | None:
    """The logo, or else the text as far as it can be drawn; None where nothing can."""
    if mark.logo:
        logo = read_logo(mark.logo)
        return Stamp(logo) if logo else None
    runs, undrawn = split_runs(" ".join(mark.text.split())[:MAX_TEXT])
    return Stamp(_draw(runs), undrawn) if runs else None


def read_logo(encoded: str) -> Image.Image | None:
    """A PNG, WebP, JPEG or GIF file in base64 as RGBA; None where it is none, or too large."""
    try:
        data = base64.b64decode(encoded, validate=True)
        opened = Image.open(BytesIO(data), formats=("PNG", "WEBP", "JPEG", "GIF"))
        if opened.width * opened.height > MAX_LOGO_PIXELS:
            return None
        return opened.convert("RGBA")
    except (binascii.Error, OSError, ValueError, SyntaxError):
        return None


def put_on(image: Image.Image, stamp: Image.Image, mark: VisibleMark) -> Image.Image:
    """An RGB or RGBA image with the stamp on it; wholly transparent parts stay so."""
    layer = Image.new("RGBA", image.size)
    if mark.layout is MarkLayout.TILED:
        _tile(layer, _fit(stamp, image.size, _TILE_WIDTH))
    else:
        _place(layer, _fit(stamp, image.size, _CORNER_WIDTH))
    strength = layer.getchannel("A").point([alpha * mark.opacity // 100 for alpha in range(256)])
    marked = image.copy()
    marked.paste(layer.convert(image.mode) if image.mode == "RGB" else _opaque(layer, image), mask=strength)
    return blank_hidden(marked)


def _opaque(layer: Image.Image, image: Image.Image) -> Image.Image:
    """The layer's colours with the image's own transparency."""
    coloured = layer.convert("RGB").convert("RGBA")
    coloured.putalpha(image.getchannel("A"))
    return coloured


def _draw(runs: tuple[Run, ...]) -> Image.Image:
    """White letters with a soft dark rim, which are seen on any ground."""
    fonts = [load_font(run.font, _SIZE) for run in runs]
    lengths = [font.getlength(run.text) for font, run in zip(fonts, runs, strict=True)]
    pad = _SIZE // 3
    letters = Image.new("L", (round(sum(lengths)) + 2 * pad, _SIZE * 2), 0)
    pen, x = ImageDraw.Draw(letters), float(pad)
    for font, run, length in zip(fonts, runs, lengths, strict=True):
        pen.text((x, _SIZE * 1.4), run.text, fill=255, font=font, anchor="ls")
        x += length
    rim = letters.filter(ImageFilter.MaxFilter(_HALO)).filter(ImageFilter.GaussianBlur(_HALO))
    stamp = Image.merge("RGBA", (letters, letters, letters, Image.eval(rim, lambda value: min(255, value * 2))))
    stamp.paste((255, 255, 255, 255), mask=letters)
    return stamp.crop(stamp.getchannel("A").getbbox())


def _fit(stamp: Image.Image, size: tuple[int, int], share: float) -> Image.Image:
    """The stamp at a size that goes with the picture's."""
    most = max(8.0, min(size) * share)
    scale = min(most * 1.5 / stamp.width, most * 0.5 / stamp.height)
    return stamp.resize(
        (max(1, round(stamp.width * scale)), max(1, round(stamp.height * scale))), Image.Resampling.LANCZOS
    )


def _place(layer: Image.Image, stamp: Image.Image) -> None:
    rim = max(2, min(layer.size) // 40)
    layer.paste(stamp, (layer.width - stamp.width - rim, layer.height - stamp.height - rim))


def _tile(layer: Image.Image, stamp: Image.Image) -> None:
    """Slanting rows, every other one shifted by half."""
    slanted = stamp.rotate(_SLANT, Image.Resampling.BICUBIC, expand=True)
    across, down = round(slanted.width * 1.3), round(slanted.height * 1.3)
    for row, top in enumerate(range(-slanted.height // 3, layer.height, down)):
        for left in range(-across // 2 * (row % 2), layer.width, across):
            layer.paste(slanted, (left, top), slanted)
