"""A picture with transparency put on its own background, for formats and places that have none."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from cara_fed.words.speech import later

_WHITE, _DARK = (255, 255, 255), (32, 32, 32)
_LIGHT_DRAWING = 200  # mean brightness from which white paper would swallow the drawing


@dataclass(frozen=True, slots=True)
class Background:
    """A colour, and the sentence that says where it is from; its name goes into `%(colour)s`."""

    colour: tuple[int, int, int]
    reason: str


def estimate_background(image: Image.Image, stated: tuple[int, int, int] | None) -> Background:
    """The background of an RGBA image: as the file states it, else as its rim shows it, else what keeps it visible."""
    if stated:
        return Background(
            stated,
            later(
                "Its transparent parts were filled with %(colour)s, which the file names as its background, "
                "since a PNG would be too large for other servers."
            ),
        )
    pixels = np.asarray(image.resize((min(image.width, 256), min(image.height, 256)), Image.Resampling.BOX))
    rim = np.concatenate((pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]))
    opaque = rim[rim[:, 3] >= 250]
    if len(opaque) * 2 >= len(rim):
        red, green, blue = (int(one) for one in np.median(opaque[:, :3], axis=0))
        return Background(
            (red, green, blue),
            later(
                "Its transparent parts were filled with %(colour)s, which its rim shows, since a PNG would "
                "be too large for other servers."
            ),
        )
    weights = pixels[..., 3].astype(np.float64)
    light = pixels[..., :3] @ np.array([0.299, 0.587, 0.114])
    brightness = float((light * weights).sum() / max(1.0, weights.sum()))
    if brightness > _LIGHT_DRAWING:
        return Background(
            _DARK,
            later(
                "Its transparent parts were filled with %(colour)s, since the drawing itself is light and a "
                "PNG would be too large for other servers."
            ),
        )
    return Background(
        _WHITE,
        later(
            "Its transparent parts were filled with %(colour)s, as on paper, since a PNG would be too large "
            "for other servers."
        ),
    )


def flatten(image: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    """The image on a background, as RGB; the very same image where it is opaque."""
    if image.mode == "RGB":
        return image
    ground = Image.new("RGB", image.size, colour)
    ground.paste(image, mask=image.getchannel("A"))
    return ground
