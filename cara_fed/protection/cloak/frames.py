"""The cloak of an animation: patterns laid and refined for a few key frames, and given to every frame within the gate.

A pixel's change depends on the key frame's pattern and on what the frame shows around it, so that what stands still
stays still, and the file stays small. One strength holds for all frames; it falls where a frame needs it, and rises
only with a new key frame.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from PIL import Image

from cara_fed.protection.cloak.filters import stretch
from cara_fed.protection.cloak.gate import Quality, fit_to_gate
from cara_fed.protection.cloak.levels import LEVELS, Cloak
from cara_fed.protection.cloak.making import at_size, find_direction, ground_of, quality_facts, working_size
from cara_fed.protection.cloak.surrogate import Surrogate
from cara_fed.protection.cloak.weights import Array
from cara_fed.protection.errors import CloakUnavailable
from cara_fed.words.speech import _

MOST_FRAMES: Final = 300
MOST_PIXELS: Final = 32_000_000
"""Of all frames together: some twelve CPU seconds."""

_LEVEL = LEVELS[Cloak.INSTANT]
_MOST_KEYS = 4
_OTHER_SCENE = 30.0  # mean grey levels between a frame and its key frame from which another one is worth its cost
_SPARE = 0.95  # of the strength that just passed: the next frames differ a little
_THUMBNAIL = (32, 32)


@dataclass(frozen=True, slots=True)
class _Scene:
    """What frames are like their key frame: the direction at their size, and how the key frame looks."""

    direction: Array
    look: Array


@dataclass(slots=True)
class FramesCloak:
    """Cloaks frames of one size, handed in one after another, and remembers the worst that the gate let through."""

    surrogate: Surrogate | None
    _scene: _Scene | None = None
    _keys: int = 0
    _strength: float | None = None
    _qualities: list[Quality] = field(default_factory=list)

    def cloak(self, frame: Image.Image) -> Image.Image:
        """The cloaked RGBA frame. Raises CloakUnavailable where it shows something and bears nothing."""
        shown = np.asarray(frame.getchannel("A"))[..., None] > 0
        if not shown.any():
            return frame
        pixels = np.asarray(frame.convert("RGB"))
        ground = ground_of(pixels.astype(np.float32), _LEVEL.most)
        change = self._direction_for(frame) * ground.amplitudes * shown
        fitted = fit_to_gate(pixels, change, _LEVEL.most, self._strength)
        if not fitted.quality.largest_change:
            raise CloakUnavailable(
                _("A frame is too plain to hide a cloak in, so nothing was published; choose no cloak.")
            )
        if self._strength is None or fitted.strength < self._strength:
            self._strength = fitted.strength * _SPARE
        self._qualities.append(fitted.quality)
        made = Image.fromarray(fitted.pixels)
        made.putalpha(frame.getchannel("A"))
        return made

    def _direction_for(self, frame: Image.Image) -> Array:
        look = np.asarray(frame.convert("RGB").resize(_THUMBNAIL, Image.Resampling.BOX), np.float32)
        if self._scene is None or (
            self._keys < _MOST_KEYS and float(np.abs(look - self._scene.look).mean()) > _OTHER_SCENE
        ):
            seen = at_size(frame, working_size(frame.size, _LEVEL.pixels))
            direction, _passes = find_direction(ground_of(seen, _LEVEL.most), _LEVEL, self.surrogate, _keep_quiet)
            self._scene = _Scene(stretch(direction, frame.size), look)
            self._strength = None
            self._keys += 1
        return self._scene.direction

    def facts(self) -> dict[str, Any]:
        """The least similarity and the largest changes of all frames, as JSON values."""
        if not self._qualities:
            return {}
        worst = Quality(
            ssim=min(one.ssim for one in self._qualities),
            psnr=min(one.psnr for one in self._qualities),
            visibility=max(one.visibility for one in self._qualities),
            flat_change=max(one.flat_change for one in self._qualities),
            largest_change=max(one.largest_change for one in self._qualities),
        )
        return quality_facts(worst) | {"frames": len(self._qualities), "key_frames": self._keys}


def _keep_quiet(done: int, of: int) -> None:
    pass
