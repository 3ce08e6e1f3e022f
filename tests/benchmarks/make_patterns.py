"""Makes the bank of the instant cloak: ``python -m tests.benchmarks.make_patterns MODEL [ROUNDS]``, some minutes.

MODEL is the file that ``cara-fed cloak install`` obtains. For each picture of ``cloak_pictures.learned_from`` in turn,
the bank is laid over it as the instant cloak would lay it, and every pattern goes a step the way that moves the latents
further, at full and half size and after JPEG. Photographs take part where scikit-image is installed. The encoder that
the benchmark keeps for evaluation has no part in it.
"""

import sys
from pathlib import Path

import numpy as np

from cara_fed.protection.cloak.ascent import BY_TURNS, Goals, Ground, unit
from cara_fed.protection.cloak.making import ground_of
from cara_fed.protection.cloak.patterns import EDGE, KINDS, mix, shares_of
from cara_fed.protection.cloak.surrogate import Surrogate, open_surrogate
from cara_fed.protection.cloak.weights import Array
from tests.benchmarks.cloak_pictures import learned_from

PICTURE_EDGE = 512
MOST = 12.0
REACH = 1.6
TARGET = Path(__file__).parents[2] / "cara_fed/protection/cloak/patterns.bin"


def main() -> None:
    """Makes and writes the bank."""
    surrogate = open_surrogate(Path(sys.argv[1]).read_bytes())
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 12
    bank = make_bank(surrogate, rounds)
    scale = np.sqrt(np.square(bank).mean(axis=(1, 2, 3), keepdims=True))
    np.clip(np.rint(bank / scale * 40), -127, 127).astype(np.int8).tofile(TARGET)


def make_bank(surrogate: Surrogate, rounds: int) -> Array:
    """Patterns of shape (kinds, edge, edge, 3)."""
    rng = np.random.default_rng(1)
    bank = rng.standard_normal((len(KINDS), EDGE, EDGE, 3)).astype(np.float32)
    speed, pictures = np.zeros_like(bank), learned_from(PICTURE_EDGE)
    for number in range(rounds):
        stride = 0.35 * (1 - number / rounds) + 0.05
        for place in rng.permutation(len(pictures)):
            ground = ground_of(_shifted(pictures[place], rng), MOST)
            speed = 0.8 * speed + _slope(surrogate, ground, bank, number)
            bank = bank + np.float32(stride) * unit(speed)
            bank /= np.sqrt(np.square(bank).mean(axis=(1, 2, 3), keepdims=True))
        sys.stdout.write(f"round {number + 1} of {rounds}\n")
        sys.stdout.flush()
    return bank


def _shifted(picture: Array, rng: np.random.Generator) -> Array:
    """The picture turned and moved, so that patterns fit the encoder's grid and no picture's own."""
    turned = np.rot90(picture, rng.integers(4))
    return np.roll(turned, rng.integers(0, PICTURE_EDGE, 2), axis=(0, 1)).astype(np.float32)


def _slope(surrogate: Surrogate, ground: Ground, bank: Array, number: int) -> Array:
    shares = shares_of(ground.pixels)
    change = ground.bounded(mix(bank, shares) * np.float32(REACH))
    goals = Goals(surrogate, ground.pixels, surrogate.encode(ground.pixels))
    slope, _weight = goals.slope(change, BY_TURNS[(number + 1) % 2])
    slope = unit(slope * ground.amplitudes)
    tiled = (shares[..., None] * slope[None]).reshape(len(KINDS), -1, EDGE, PICTURE_EDGE // EDGE, EDGE, 3)
    return tiled.sum(axis=(1, 3))


if __name__ == "__main__":
    main()
