"""Looks: the same for copies, near for crops and mirrored copies, far for other pictures."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from cara_fed.protection import Limits, PictureWorkers
from cara_fed.protection.errors import NotAPicture
from cara_fed.protection.framing import find_framed
from cara_fed.protection.likeness import glance_at, glance_at_strips, look_at
from cara_fed.protection.values import ComparisonRequest
from tests.benchmarks.gallery import PAINTERS, photograph
from tests.cara_fed.protection.pictures import decode, encode, run

PAINTED = [paint(256) for paint in PAINTERS]
PICTURES = [picture for picture in PAINTED if look_at(picture).whole]


def distance(one: bytes, other: bytes) -> int:
    return int(np.bitwise_count(np.frombuffer(one, np.uint8) ^ np.frombuffer(other, np.uint8)).sum())


def test_copies_look_the_same_and_other_pictures_do_not() -> None:
    assert len(PICTURES) >= 8
    looks = [look_at(picture) for picture in PICTURES]
    for number, picture in enumerate(PICTURES):
        copy = decode(encode(picture.resize((128, 128)), "JPEG", quality=60))
        near = [distance(glance_at(copy).upright.whole, look.whole) for look in looks]
        assert near[number] <= 44
        assert min(near[:number] + near[number + 1 :]) > 60


def test_a_mirrored_copy_is_known_by_its_mirrored_look() -> None:
    for picture in PICTURES:
        assert distance(glance_at(ImageOps.mirror(picture)).mirrored.whole, look_at(picture).whole) <= 20


def test_a_crop_is_near_to_one_of_the_windows() -> None:
    picture = photograph(256)
    windows = look_at(picture).windows
    seen = glance_at(picture.crop((0, 102, 154, 256))).upright.windows
    assert min(distance(seen, windows[start : start + 8]) for start in range(0, len(windows), 8)) <= 6


def screenshot(picture: Image.Image, ground: str) -> Image.Image:
    """A telephone's screen with a picture, a caption and buttons."""
    width, height = picture.size
    screen = Image.new("RGB", (width + 30, 2 * height), ground)
    screen.paste(picture, (15, height // 2))
    drawn = ImageDraw.Draw(screen)
    drawn.text((20, 20), "a caption of the app", fill="#888")
    for number in range(4):
        drawn.rectangle((20 + 40 * number, 2 * height - 40, 40 + 40 * number, 2 * height - 20), outline="#888")
    return screen


@pytest.mark.parametrize("ground", ["#ffffff", "#15202b"])
def test_a_picture_is_found_within_a_screenshot(ground: str) -> None:
    picture = photograph(256)
    framed = find_framed(screenshot(picture, ground))
    assert framed is not None
    assert max(abs(framed.width - 256), abs(framed.height - 256)) <= 6
    assert distance(glance_at(framed).upright.whole, look_at(picture).whole) <= 40
    assert find_framed(picture) is None
    assert find_framed(Image.new("RGB", (64, 64), ground)) is None


def test_one_side_of_a_picture_is_near_to_one_of_its_windows() -> None:
    picture = photograph(256)
    windows = look_at(picture).windows
    for part in (picture.crop((0, 0, 154, 256)), ImageOps.mirror(picture.crop((0, 90, 256, 256)))):
        seen = [strip.windows for strip in glance_at_strips(part)]
        starts = range(0, len(windows), 8)
        assert min(distance(one, windows[start : start + 8]) for one in seen for start in starts) <= 6


def test_a_plain_picture_has_no_look() -> None:
    assert not look_at(Image.new("RGB", (64, 64), (9, 9, 9))).whole
    made = run(encode(Image.new("RGB", (64, 64), (9, 9, 9)), "PNG"))
    assert not made.likeness.whole
    assert "too plain" in next(line.text for line in made.report if line.step == "remember")


async def test_found_pictures_are_looked_at_in_the_picture_process() -> None:
    known = encode(photograph(256), "PNG")
    found = encode(photograph(256).crop((0, 0, 180, 180)), "JPEG")
    async with PictureWorkers() as workers:
        seen = await workers.inspect(known, b"s" * 32, Limits())
        assert seen.mark is None
        assert distance(seen.upright.whole, run(known).likeness.whole) == 0
        shown = await workers.compare(
            encode(screenshot(photograph(256), "#ffffff"), "PNG"), known, ComparisonRequest(b"s" * 32, None), Limits()
        )
        assert shown.place.likeness > 0.8 and shown.place.share > 0.95
        assert len(seen.parts) == 48
        compared = await workers.compare(found, known, ComparisonRequest(b"s" * 32, None), Limits())
        assert compared.place.likeness > 0.9
        with pytest.raises(NotAPicture):
            await workers.inspect(b"no picture", b"s" * 32, Limits())
        with pytest.raises(NotAPicture):
            await workers.compare(b"no picture", known, ComparisonRequest(b"s" * 32, 3), Limits())
