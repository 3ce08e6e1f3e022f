"""What the cloak's tests share: where the models lie, and an encoder of the same shape with weights made up."""

from pathlib import Path

import numpy as np
import pytest

from cara_fed.protection.cloak.weights import Weights

MODELS = Path(__file__).parents[3].parent / "shared" / "models"
MODEL = MODELS / "taesana_encoder.pth"

needs_model = pytest.mark.skipif(not MODEL.exists(), reason="the cloak's model is not in ../shared/models")


def made_up_weights(seed: int = 1) -> Weights:
    """Weights by the names and shapes of TAESana's encoder, at random."""
    rng, weights = np.random.default_rng(seed), {}

    def convolution(name: str, outputs: int, inputs: int, bias: bool = True) -> None:
        scale = (2 / (9 * inputs)) ** 0.5
        weights[f"{name}.weight"] = (rng.standard_normal((outputs, inputs, 3, 3)) * scale).astype(np.float32)
        if bias:
            weights[f"{name}.bias"] = (rng.standard_normal(outputs) * 0.05).astype(np.float32)

    convolution("0", 32, 3)
    convolution("2", 64, 32)
    for halving in (5, 9, 13):
        convolution(f"{halving}", 64, 64, bias=False)
    for block in (4, 6, 7, 8, 10, 11, 12, 14, 15, 16):
        for place in (0, 2, 4):
            convolution(f"{block}.conv.{place}", 64, 64)
    convolution("17", 32, 64)
    return weights
