"""Where in a known picture does another one lie? Asked of the Fourier transform at many sizes, then of the slopes."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from cara_fed.protection.marks.spectrum import box_mean
from cara_fed.protection.values import Place

_REACH = 192  # the known picture's long edge while places are sought
_FIELD = 320  # pixels each way of the transform: room for both, one beside the other
_FINE = 448  # the other picture's long edge while its place is made exact
_SIZES = tuple(_REACH * 1.25 * 0.97**step for step in range(48))  # down to about 0.3 of the known picture's edge
_WINDOW = 9
_ROUNDS = 8
_BEST = 3

Plane = npt.NDArray[np.floating[Any]]


def register(found: Image.Image, known: Image.Image) -> Place:
    """The likeliest place of ``found`` in ``known``: upright or mirrored, at any size, not turned by an angle."""
    known, found = known.convert("L"), found.convert("L")
    mirrored = found.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    guesses = sorted((*_search(found, known, False), *_search(mirrored, known, True)), key=lambda one: -one.likeness)
    refined = [_refine(mirrored if guess.is_mirrored else found, known, guess) for guess in guesses[:_BEST]]
    return max(refined, key=lambda one: one.likeness)


def cut(known: Image.Image, place: Place, size: tuple[int, int]) -> Image.Image:
    """That part of the known picture at this size, upright; what lies beyond it is grey."""
    width, height = known.size
    box = (place.left * width, place.top * height, place.right * width, place.bottom * height)
    left, top = math.floor(min(0.0, box[0])), math.floor(min(0.0, box[1]))
    right, bottom = math.ceil(max(width, box[2])), math.ceil(max(height, box[3]))
    if (left, top, right, bottom) != (0, 0, width, height):
        ground = Image.new(known.mode, (right - left, bottom - top), 128)
        ground.paste(known, (-left, -top))
        known, box = ground, (box[0] - left, box[1] - top, box[2] - left, box[3] - top)
    return known.resize(size, Image.Resampling.BICUBIC, box=box)


def _search(found: Image.Image, known: Image.Image, is_mirrored: bool) -> list[Place]:
    """The best places at each size."""
    reference = known.resize(_scaled(known.size, _REACH), Image.Resampling.BOX)
    spectrum = np.fft.rfft2(_detail(np.asarray(reference, np.float32)), (_FIELD, _FIELD))
    places = []
    for edge in _SIZES:
        size = _scaled(found.size, edge)
        if min(size) >= 24:
            places.append(_locate(found, size, spectrum, reference.size, is_mirrored))
    return sorted(places, key=lambda one: -one.likeness)[:_BEST]


def _locate(
    found: Image.Image,
    size: tuple[int, int],
    spectrum: npt.NDArray[np.complexfloating],
    reference: tuple[int, int],
    is_mirrored: bool,
) -> Place:
    patch = _detail(np.asarray(found.resize(size, Image.Resampling.BOX, reducing_gap=2.0), np.float32))
    product = spectrum * np.conj(np.fft.rfft2(patch, (_FIELD, _FIELD)))
    field = np.fft.irfft2(product, (_FIELD, _FIELD))
    top, left = (int(one) for one in np.unravel_index(field.argmax(), field.shape))
    height = float(field[top, left]) / math.sqrt(size[0] * size[1])
    left, top = left - _FIELD * (left > _FIELD // 2 + 40), top - _FIELD * (top > _FIELD // 2 + 40)
    width, tall = reference
    return Place(left / width, top / tall, (left + size[0]) / width, (top + size[1]) / tall, is_mirrored, height)


def _refine(found: Image.Image, known: Image.Image, guess: Place) -> Place:
    """Moves the edges until what is left of the difference no longer follows the slopes (Lucas and Kanade)."""
    size = _scaled(found.size, min(_FINE, max(found.size)))
    target = _blur(np.asarray(found.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0), np.float32))
    place = guess
    x, y = np.meshgrid(np.linspace(0, 1, size[0], dtype=np.float32), np.linspace(0, 1, size[1], dtype=np.float32))
    for _ in range(_ROUNDS):
        part = _blur(np.asarray(cut(known, place, size), np.float32))
        down, right = np.gradient(part)
        inner = (slice(4, -4), slice(4, -4))
        columns = (right * (1 - x), right * x, down * (1 - y), down * y, part, np.ones_like(part))
        matrix = np.stack([column[inner].ravel() for column in columns], axis=1)
        solved = np.linalg.lstsq(matrix.T @ matrix + 1e-3 * np.eye(6), matrix.T @ target[inner].ravel(), rcond=None)[0]
        gain = solved[4] if abs(solved[4]) > 0.2 else 1.0
        moves = np.clip(solved[:4] / gain, -6, 6)
        place = _move(place, moves, size)
        if np.abs(moves).max() < 0.02:
            break
    part = np.asarray(cut(known, place, size), np.float32)
    return replace(place, likeness=_correlate(_detail(_blur(part)), _detail(target)))


def _move(place: Place, moves: npt.NDArray[np.floating], size: tuple[int, int]) -> Place:
    width, height = place.right - place.left, place.bottom - place.top
    left, right, top, bottom = (float(one) for one in moves)
    return replace(
        place,
        left=place.left + left / size[0] * width,
        right=place.right + right / size[0] * width,
        top=place.top + top / size[1] * height,
        bottom=place.bottom + bottom / size[1] * height,
    )


def _scaled(size: tuple[int, int], edge: float) -> tuple[int, int]:
    share = edge / max(size)
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def _detail(plane: Plane) -> Plane:
    """What is finer than a window, with the same contrast everywhere."""
    fine = plane - box_mean(plane, _WINDOW)
    return (fine / (np.sqrt(np.maximum(box_mean(fine**2, _WINDOW), 0)) + 4.0)).astype(np.float32)


def _blur(plane: Plane) -> Plane:
    padded = np.pad(plane, 1, mode="edge")
    rows = (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4
    return ((rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) / 4).astype(np.float32)


def _correlate(one: Plane, other: Plane) -> float:
    a, b = one - one.mean(), other - other.mean()
    return float((a * b).sum() / (np.sqrt((a**2).sum() * (b**2).sum()) + 1e-9))
