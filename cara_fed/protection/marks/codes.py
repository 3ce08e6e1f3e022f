"""The code of the invisible mark: 24 bits as two keyed sequences out of 4096 each, and how sure a reading is."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

SYMBOLS = 4096  # 12 bits each
REPEATS = 2  # how often each sequence is repeated over its half
CHIPS = 2 * REPEATS * SYMBOLS  # coefficients in all
NUMBER_BITS = 20
MAX_NUMBER = (1 << NUMBER_BITS) - 1

Values = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Chips:
    """What an instance's secret makes: which coefficient bears which chip, and the chips' signs; and its own 4 bits."""

    order: npt.NDArray[np.intp]
    signs: Values
    tag: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The likeliest number, and how far it stands out, in standard deviations of what chance gives."""

    number: int
    strength: float
    is_ours: bool  # the instance's own four bits are right

    def chance(self, tries: int) -> float:
        """At most how often an unmarked picture reads this well, if so many ways of looking at it are tried."""
        return min(1.0, tries * (1 << NUMBER_BITS) * math.exp(-(self.strength**2) / 2))


@lru_cache(maxsize=4)
def make_chips(secret: bytes) -> Chips:
    """The chips of a secret; the same on every machine, since they are made of SHAKE-256 alone."""
    drawn = hashlib.shake_256(b"cara_fed invisible mark\0" + secret).digest(CHIPS * 8 + CHIPS // 8 + 1)
    order = np.argsort(np.frombuffer(drawn, "<u8", CHIPS), kind="stable")
    bits = np.unpackbits(np.frombuffer(drawn, np.uint8, CHIPS // 8, CHIPS * 8))
    return Chips(order, (1 - 2 * bits.astype(np.float32)), drawn[-1] >> 4)


def spread(chips: Chips, number: int) -> Values:
    """The signs, of shape (CHIPS,), that a number gives to the coefficients."""
    payload = chips.tag << NUMBER_BITS | number
    halves = [np.tile(_row(payload >> 12), REPEATS), np.tile(_row(payload & 0xFFF), REPEATS)]
    signs = np.empty(CHIPS, np.float32)
    signs[chips.order] = np.concatenate(halves) * chips.signs
    return signs


def read(chips: Chips, values: Values) -> Reading:
    """The likeliest number in coefficients of shape (CHIPS,)."""
    correlations = _correlate(chips, values)
    high, low = (int(one) for one in correlations.argmax(axis=1))
    payload, sum_ = high << 12 | low, float(correlations[0, high] + correlations[1, low])
    strength = sum_ / (float(np.linalg.norm(values)) + 1e-9)
    return Reading(payload & MAX_NUMBER, strength, payload >> NUMBER_BITS == chips.tag)


def choose(chips: Chips, values: Values, numbers: Sequence[int]) -> int:
    """The one of these numbers that unmarked coefficients look most like by chance: it needs the least change."""
    correlations = _correlate(chips, values)
    payloads = chips.tag << NUMBER_BITS | np.array(numbers)
    fits = correlations[0, payloads >> 12] + correlations[1, payloads & 0xFFF]
    return numbers[int(fits.argmax())]


def measure(chips: Chips, values: Values, number: int) -> float:
    """How strongly coefficients bear this one number, in standard deviations of what chance gives.

    Both halves of the number must be there alike. Chance reaches t in at most exp(-t²/2) of unmarked pictures
    (Hoeffding: the signs are as good as drawn by lot).
    """
    products = (spread(chips, number) * values)[chips.order].reshape(2, -1)
    sizes = np.linalg.norm(values[chips.order].reshape(2, -1), axis=1) + 1e-9
    return math.sqrt(2) * float((products.sum(axis=1) / sizes).min())


def _correlate(chips: Chips, values: Values) -> Values:
    """With every sequence of each half, of shape (2, SYMBOLS)."""
    return _transform((values[chips.order] * chips.signs).reshape(2, REPEATS, SYMBOLS).sum(axis=1))


def _row(symbol: int) -> Values:
    """A row of the Hadamard matrix: the parity of the bits that both indices have."""
    common = np.arange(SYMBOLS, dtype=np.uint16) & np.uint16(symbol)
    return np.asarray(1 - 2 * (np.bitwise_count(common) & 1).astype(np.float32))


def _transform(values: Values) -> Values:
    """The Walsh-Hadamard transform along the last axis: the correlation with every row at once."""
    out, step = values, 1
    while step < SYMBOLS:
        pairs = out.reshape(len(values), -1, 2, step)
        out = np.stack((pairs[:, :, 0] + pairs[:, :, 1], pairs[:, :, 0] - pairs[:, :, 1]), axis=2)
        step *= 2
    return out.reshape(values.shape)
