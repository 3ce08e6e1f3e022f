"""What stands for a picture until it arrives: BlurHash by the published algorithm, leading colour, focal point."""

import math

import numpy as np
import pytest
from PIL import Image

from cara_fed.protection.blurhash import encode_blurhash
from cara_fed.protection.looks import find_dominant_color, guess_focal_point
from tests.cara_fed.protection.pictures import drawing, encode, line, photo, run, smooth, sticker

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"


def number(text: str) -> int:
    value = 0
    for letter in text:
        value = value * 83 + ALPHABET.index(letter)
    return value


def light(value: float) -> float:
    value /= 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def byte(value: float) -> int:
    value = min(max(value, 0), 1)
    return round((value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055) * 255)


def decode_blurhash(text: str, width: int, height: int) -> np.ndarray:
    """A decoder written from the specification, plainly and slowly."""
    columns, rows = number(text[0]) % 9 + 1, number(text[0]) // 9 + 1
    assert len(text) == 4 + 2 * columns * rows
    most = (number(text[1]) + 1) / 166
    average = number(text[2:6])
    factors = [[light(average >> 16), light(average >> 8 & 255), light(average & 255)]]
    for part in range(1, columns * rows):
        value = number(text[4 + part * 2 : 6 + part * 2])
        levels = [value // 361, value // 19 % 19, value % 19]
        factors.append([math.copysign(((level - 9) / 9) ** 2, level - 9) * most for level in levels])
    picture = np.zeros((height, width, 3))
    for y in range(height):
        for x in range(width):
            for part, factor in enumerate(factors):
                weight = math.cos(math.pi * x * (part % columns) / width) * math.cos(
                    math.pi * y * (part // columns) / height
                )
                picture[y, x] += np.array(factor) * weight
    return np.vectorize(byte)(picture)


@pytest.mark.parametrize("picture", [smooth(120, 80), photo(90, 160), drawing(80, 80), Image.new("RGB", (9, 9), "red")])
def test_blurhash_shows_the_picture_blurred(picture: Image.Image) -> None:
    text = encode_blurhash(picture)
    assert 6 <= len(text) <= 164
    assert set(text) <= set(ALPHABET)
    shown = decode_blurhash(text, 12, 12)
    expected = np.asarray(picture.resize((12, 12), Image.Resampling.BOX)).astype(int)
    assert np.abs(shown - expected).mean() < 45  # three or four waves each way cannot follow every edge
    assert np.abs(shown.mean(axis=(0, 1)) - expected.mean(axis=(0, 1))).max() < 25


@pytest.mark.parametrize(
    ("size", "parts"), [((120, 80), (4, 3)), ((80, 120), (3, 4)), ((100, 100), (4, 4)), ((1, 1), (4, 4))]
)
def test_blurhash_has_the_parts_that_others_accept(size: tuple[int, int], parts: tuple[int, int]) -> None:
    text = encode_blurhash(Image.new("RGB", size, "teal"))
    assert (number(text[0]) % 9 + 1, number(text[0]) // 9 + 1) == parts


def test_blurhash_of_known_colours() -> None:
    black, white = encode_blurhash(Image.new("RGB", (8, 8))), encode_blurhash(Image.new("RGB", (8, 8), "white"))
    assert number(black[2:6]) == 0
    assert number(white[2:6]) == 0xFFFFFF


def test_the_dominant_colour_is_the_largest_areas() -> None:
    assert find_dominant_color(drawing(96, 64)) == "#faf0dc"
    assert find_dominant_color(Image.new("RGBA", (20, 20), (0, 0, 0, 0))) == "#ffffff"
    seen_only = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    seen_only.paste((10, 120, 200, 255), (15, 15, 25, 25))
    assert find_dominant_color(seen_only) == "#0a78c8"


@pytest.mark.parametrize(("x", "y"), [(-0.5, 0.5), (0.5, 0.5), (-0.5, -0.5), (0.5, -0.5)])
def test_the_focal_point_is_where_the_detail_is(x: float, y: float) -> None:
    picture = np.full((160, 240, 3), 200, np.uint8)
    left, top = round((x + 1) / 2 * 240) - 20, round((1 - y) / 2 * 160) - 20
    picture[top : top + 40, left : left + 40] = np.random.default_rng(5).integers(0, 256, (40, 40, 3))
    found = guess_focal_point(Image.fromarray(picture))
    assert found == pytest.approx((x, y), abs=0.12)


def test_a_plain_picture_is_cropped_in_the_middle() -> None:
    assert guess_focal_point(Image.new("RGB", (50, 50), "navy")) == (0.0, 0.0)


def test_the_artists_focal_point_is_kept_within_bounds() -> None:
    assert run(encode(photo(), "PNG"), focal_point=(0.25, -0.5)).focal_point == (0.25, -0.5)
    assert run(encode(photo(), "PNG"), focal_point=(7.0, -3.0)).focal_point == (1.0, -1.0)
    assert "as you chose it" in line(run(encode(photo(), "PNG"), focal_point=(0.0, 0.1)), "describe")


def test_a_transparent_picture_is_described_on_its_background() -> None:
    made = run(encode(sticker(), "PNG"))
    shown = decode_blurhash(made.blurhash, 12, 12)
    assert shown[0, 0].min() > 180
