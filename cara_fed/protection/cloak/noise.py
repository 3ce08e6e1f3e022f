"""Noise to compare a cloak with: of the same energy, the same spectrum and in the same places, but without aim."""

import numpy as np

from cara_fed.protection.cloak.filters import blur
from cara_fed.protection.cloak.weights import Array

_NEIGHBOURHOOD = 6.0  # pixels in which the energy of both is the same
_SEED = 5


def matched_noise(pixels: Array, changed: Array) -> Array:
    """``pixels`` with noise as strong as the change: its phases shuffled, its channels kept together; whole greys."""
    change = changed - pixels
    places = np.sqrt(blur(np.square(change).mean(axis=2), _NEIGHBOURHOOD))[..., None] + np.float32(1e-3)
    noise = _shuffled(change / places) * places
    strength = np.sqrt(np.square(change).mean() / max(float(np.square(noise).mean()), 1e-12))
    noisy: Array = np.clip(np.rint(pixels + noise * strength), 0, 255).astype(np.float32)
    return noisy


def _shuffled(change: Array) -> Array:
    random = np.random.default_rng(_SEED).standard_normal(change.shape[:2])
    turn = np.exp(1j * np.angle(np.fft.rfft2(random)))
    spectrum = np.fft.rfft2(change, axes=(0, 1))
    return np.fft.irfft2(spectrum * turn[..., None], s=change.shape[:2], axes=(0, 1)).astype(np.float32)
