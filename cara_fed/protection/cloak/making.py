"""Making a cloak for one picture: at a working size, so that cost does not grow with the picture, then fitted to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

from cara_fed.protection.backgrounds import estimate_background, flatten
from cara_fed.protection.cloak.ascent import BY_TURNS, ONCE_ROUND, Goals, Ground, Told, climb
from cara_fed.protection.cloak.filters import stretch
from cara_fed.protection.cloak.gate import MIN_PSNR, MIN_SSIM, Fitted, Quality, fit_to_gate
from cara_fed.protection.cloak.levels import Level
from cara_fed.protection.cloak.masks import brightness_of, find_amplitudes, find_caps
from cara_fed.protection.cloak.noise import matched_noise
from cara_fed.protection.cloak.patterns import pattern_for
from cara_fed.protection.cloak.surrogate import Surrogate, displacement
from cara_fed.protection.cloak.weights import Array
from cara_fed.protection.errors import CloakUnavailable
from cara_fed.words.speech import _

_SEED = 20_261_122  # the same picture gets the same cloak
_SMALLEST = 32  # pixels along the short edge of the working size, and of a picture that can be cloaked


@dataclass(frozen=True, slots=True)
class Cloaked:
    """The cloaked picture, and what was reached as JSON values."""

    image: Image.Image
    facts: Mapping[str, Any] = field(default_factory=dict)


def make_cloak(image: Image.Image, level: Level, surrogate: Surrogate, tell: Told) -> Cloaked:
    """Climbs, fits to the gate, and measures how far the published pixels move the encoder, beside matched noise."""
    if min(image.size) < _SMALLEST:
        raise CloakUnavailable(_("This picture is too small for this cloak, so nothing was published; choose none."))
    size = working_size(image.size, level.pixels)
    seen = at_size(image, size)
    clean = surrogate.encode(seen)
    start = np.random.default_rng(_SEED).standard_normal(seen.shape, np.float32)
    passes = level.passes_for(size[0] * size[1])
    goals = Goals(surrogate, seen, clean)
    ground = ground_of(seen, level.most)
    direction = climb(goals, ground, start, BY_TURNS, passes, tell)
    fitted, made = _fit(image, direction * ground.amplitudes, level.most)
    moved = at_size(made, size)
    reached = displacement(clean, surrogate.encode(moved))
    by_noise = displacement(clean, surrogate.encode(matched_noise(seen, moved)))
    facts = {"displacement": round(reached, 3), "noise_displacement": round(by_noise, 3), "passes": passes}
    return Cloaked(made, quality_facts(fitted.quality) | facts)


def make_patterned(image: Image.Image, level: Level, surrogate: Surrogate | None, tell: Told) -> Cloaked:
    """Patterns made beforehand, laid over the picture and fitted to the gate; refined where there is an encoder."""
    seen = at_size(image, working_size(image.size, level.pixels))
    ground = ground_of(seen, level.most)
    direction, passes = find_direction(ground, level, surrogate, tell)
    fitted, made = _fit(image, direction * ground.amplitudes, level.most)
    return Cloaked(made, quality_facts(fitted.quality) | {"passes": passes})


def find_direction(ground: Ground, level: Level, surrogate: Surrogate | None, tell: Told) -> tuple[Array, int]:
    """The bank's direction, refined where there is an encoder that can see the picture; and by how many passes."""
    direction = pattern_for(ground)
    if surrogate is None or min(ground.pixels.shape[:2]) < _SMALLEST:
        return direction, 0
    goals = Goals(surrogate, ground.pixels, surrogate.encode(ground.pixels))
    return climb(goals, ground, direction, ONCE_ROUND, level.passes, tell), level.passes


def ground_of(seen: Array, most: float) -> Ground:
    """What the climb needs to know of a picture at working size: how much each pixel bears within the gate."""
    error = 255**2 * 10 ** (-MIN_PSNR / 10)
    return Ground(seen, find_amplitudes(seen, 1 - MIN_SSIM, error), find_caps(brightness_of(seen), most))


def working_size(size: tuple[int, int], pixels: int) -> tuple[int, int]:
    """Width and height with at most so many pixels, of the same shape; never larger than the picture."""
    share = min(1.0, (pixels / (size[0] * size[1])) ** 0.5)
    width, height = (min(edge, max(_SMALLEST, round(edge * share))) for edge in size)
    return width, height


def at_size(image: Image.Image, size: tuple[int, int]) -> Array:
    """RGB values 0..255 as float32, transparent parts on the picture's own background."""
    flat = image if image.mode == "RGB" else flatten(image, estimate_background(image, None).colour)
    if flat.size != size:
        flat = flat.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return np.asarray(flat, np.float32)


def _fit(image: Image.Image, change: Array, most: float) -> tuple[Fitted, Image.Image]:
    pixels = np.asarray(image.convert("RGB") if image.mode != "RGB" else image)
    full = stretch(change, image.size)
    if image.mode == "RGBA":
        full = full * (np.asarray(image.getchannel("A"))[..., None] > 0)
    fitted = fit_to_gate(pixels, full, most)
    if not fitted.quality.largest_change:
        raise CloakUnavailable(
            _("This picture is too plain to hide a cloak in, so nothing was published; choose no cloak.")
        )
    made = Image.fromarray(fitted.pixels)
    if image.mode == "RGBA":
        made.putalpha(image.getchannel("A"))
    return fitted, made


def quality_facts(quality: Quality) -> dict[str, Any]:
    """What the gate measured, rounded, as JSON values."""
    return {
        "ssim": round(quality.ssim, 4),
        "psnr": round(quality.psnr, 1),
        "visibility": round(quality.visibility, 2),
        "largest_change": quality.largest_change,
        "flat_change": quality.flat_change,
    }
