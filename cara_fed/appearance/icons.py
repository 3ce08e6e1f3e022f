"""Icons of a house, for tabs, home screens and installed studios: of its logo, or of a frame with its accent in it."""

from functools import cache
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

from cara_fed.appearance.look import Look

SIZES: Final = (180, 192, 512)
MASKABLE: Final = 512
_CANVAS, _INK = "#fafafa", "#171717"
_SAFE: Final = 0.7
"""How much of a maskable icon's edge is never cut away, with some air around it."""
_DRAWN = 512


@cache
def draw_icons(look: Look) -> dict[str, bytes]:
    """PNG files by name: ``icon-180``, ``icon-192``, ``icon-512`` and ``icon-maskable``, whose edge may be cut."""
    motif = Image.open(BytesIO(look.logo)).convert("RGBA") if look.logo else _draw_frame(look.accent)
    whole = _hang(motif, _DRAWN, 0.92 if look.logo else 1)
    icons = {f"icon-{size}": _encode(whole.resize((size, size), Image.Resampling.LANCZOS)) for size in SIZES}
    return icons | {"icon-maskable": _encode(_hang(motif, MASKABLE, _SAFE))}


def _draw_frame(accent: str) -> Image.Image:
    """The same as icon.svg, on a grid of 32."""
    unit = _DRAWN // 32
    image = Image.new("RGBA", (_DRAWN, _DRAWN), _CANVAS)
    draw = ImageDraw.Draw(image)
    draw.rectangle((3 * unit, 3 * unit, 29 * unit - 1, 29 * unit - 1), fill=_INK)
    draw.rectangle((6 * unit, 6 * unit, 26 * unit - 1, 26 * unit - 1), fill=_CANVAS)
    draw.ellipse((11 * unit, 11 * unit, 21 * unit, 21 * unit), fill=accent)
    return image


def _hang(motif: Image.Image, size: int, share: float) -> Image.Image:
    """The motif in the middle of a square canvas, as large as a share of its edge."""
    canvas = Image.new("RGB", (size, size), _CANVAS)
    scale = size * share / max(motif.size)
    fitted = motif.resize((max(1, round(motif.width * scale)), max(1, round(motif.height * scale))))
    canvas.paste(fitted, ((size - fitted.width) // 2, (size - fitted.height) // 2), fitted)
    return canvas


def _encode(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
