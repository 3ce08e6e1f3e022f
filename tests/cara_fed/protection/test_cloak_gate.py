"""The quality gate: whatever change is wanted, what comes out is within every bound, measured anew."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cara_fed.protection.cloak.filters import blur
from cara_fed.protection.cloak.gate import MIN_PSNR, MIN_SSIM, fit_to_gate, measure
from cara_fed.protection.cloak.masks import FLAT, brightness_of, find_caps
from cara_fed.protection.cloak.noise import matched_noise
from cara_fed.protection.cloak.sight import MAX_VISIBILITY
from tests.cara_fed.protection.pictures import drawing, photo, smooth

KINDS = {"photo": photo, "drawing": drawing, "smooth": smooth}
Pixels = npt.NDArray[np.uint8]


def pixels_of(kind: str, width: int = 96, height: int = 64) -> Pixels:
    return np.asarray(KINDS[kind](width, height).convert("RGB"))


def slow_ssim(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> float:
    """Wang et al. (2004), written out for one channel."""
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2

    def mean(plane: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return blur(plane, 1.5)  # type: ignore[arg-type, return-value]

    mx, my = mean(x), mean(y)
    vx, vy, vxy = mean(x * x) - mx * mx, mean(y * y) - my * my, mean(x * y) - mx * my
    return float((((2 * mx * my + c1) * (2 * vxy + c2)) / ((mx**2 + my**2 + c1) * (vx + vy + c2))).mean())


@settings(max_examples=25, deadline=None)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    width=st.integers(1, 90),
    height=st.integers(1, 150),
    strength=st.floats(0.01, 300),
    coarse=st.sampled_from([0.0, 1.0, 4.0]),
    seed=st.integers(0, 99),
)
def test_whatever_is_wanted_stays_within_every_bound(
    kind: str, width: int, height: int, strength: float, coarse: float, seed: int
) -> None:
    pixels = pixels_of(kind, max(width, 16), max(height, 16))[:height, :width]
    noise = np.random.default_rng(seed).standard_normal(pixels.shape).astype(np.float32) * np.float32(strength)
    fitted = fit_to_gate(pixels, blur(noise, coarse) if coarse else noise, 12)
    caps = find_caps(brightness_of(pixels.astype(np.float32)), 12)
    quality = measure(pixels, fitted.pixels, caps)
    assert quality.passes
    assert quality == fitted.quality
    moved = np.abs(fitted.pixels.astype(int) - pixels).max(axis=2)
    assert moved.max() <= 12
    assert moved[caps <= FLAT].max(initial=0) <= 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_that_is_far_too_strong_is_cut_to_what_just_passes(kind: str) -> None:
    pixels = pixels_of(kind)
    noise = np.random.default_rng(5).standard_normal(pixels.shape).astype(np.float32) * 40
    quality = fit_to_gate(pixels, noise, 12).quality
    assert quality.room < 1.2
    assert quality.ssim < 0.995 or quality.psnr < MIN_PSNR + 2 or quality.visibility > MAX_VISIBILITY * 0.8


def test_ssim_and_psnr_are_those_of_the_papers() -> None:
    pixels = pixels_of("photo")
    changed = np.clip(pixels + np.random.default_rng(1).normal(0, 4, pixels.shape), 0, 255).astype(np.uint8)
    quality = measure(pixels, changed, np.full(pixels.shape[:2], 12, np.float32))
    channels = (slow_ssim(pixels[..., one].astype(float), changed[..., one].astype(float)) for one in range(3))
    assert quality.ssim == pytest.approx(sum(channels) / 3, abs=1e-4)
    error = np.mean((pixels.astype(float) - changed) ** 2)
    assert quality.psnr == pytest.approx(10 * np.log10(255**2 / error), abs=1e-3)


def test_tints_are_seen_before_grain_and_grain_before_it_is_hidden() -> None:
    pixels = pixels_of("smooth", 96, 96)
    caps = np.full(pixels.shape[:2], 12, np.float32)
    rng = np.random.default_rng(1)
    grain = rng.choice([-3, 3], pixels.shape[:2])[..., None] * np.ones(3)
    tint = np.kron(rng.choice([-3, 3], (6, 6)), np.ones((16, 16)))[..., None] * np.array([1, -1, 0])
    rough = np.clip(pixels + rng.normal(0, 40, pixels.shape[:2])[..., None], 0, 255).astype(np.uint8)

    def visibility(ground: Pixels, change: npt.NDArray[np.float64]) -> float:
        return measure(ground, np.clip(ground + change, 0, 255).astype(np.uint8), caps).visibility

    assert visibility(pixels, tint) > visibility(pixels, grain) > visibility(rough, grain)
    assert visibility(pixels, 2 * grain) > 1.5 * visibility(pixels, grain)
    assert visibility(pixels, 0 * grain) == 0


def test_what_nothing_may_happen_to_is_left_alone() -> None:
    pixels = np.full((40, 40, 3), 255, np.uint8)
    fitted = fit_to_gate(pixels, np.full(pixels.shape, 50, np.float32), 12)
    assert (fitted.pixels == pixels).all()
    assert MIN_SSIM < fitted.quality.ssim <= 1


def test_matched_noise_is_as_strong_and_as_rough_and_no_more_alike() -> None:
    pixels = pixels_of("photo").astype(np.float32) * 0 + 128
    change = blur(np.random.default_rng(3).standard_normal(pixels.shape).astype(np.float32) * 12, 1.5)
    noise = matched_noise(pixels, pixels + change) - pixels
    assert noise.std() == pytest.approx(change.std(), rel=0.1)
    assert np.abs(np.diff(noise, axis=1)).mean() == pytest.approx(np.abs(np.diff(change, axis=1)).mean(), rel=0.25)
    assert abs(np.corrcoef(noise.ravel(), change.ravel())[0, 1]) < 0.3
