"""Marks: the invisible one is read after the usual treatment and by its own secret alone; the visible one is seen."""

import base64
import io
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from PIL import Image, ImageOps

from cara_fed.protection.marks.codes import CHIPS, make_chips, read
from cara_fed.protection.marks.fonts import split_runs
from cara_fed.protection.marks.invisible import MIN_PSNR, Marked, embed, measure_psnr, treat
from cara_fed.protection.marks.reading import ONE_IN_A_MILLION, read_beside, read_mark
from cara_fed.protection.registration import register
from cara_fed.protection.values import InvisibleMark, MarkLayout, RenditionKind, VisibleMark
from tests.benchmarks.gallery import comic, ink, landscape, photograph
from tests.cara_fed.protection.pictures import decode, drawing, encode, photo, run, smooth

SECRET, OTHER = b"s" * 32, b"o" * 32
NUMBERS = tuple(range(7, 1 << 20, 4099))
MANY = tuple(range(7, 1 << 20, 64))


@cache
def marked_photograph() -> tuple[Image.Image, Marked]:
    picture = photograph(400)
    marked = embed(picture, SECRET, NUMBERS)
    assert marked
    return picture, marked


def marked_comic() -> tuple[Image.Image, Marked]:
    picture = comic(400)
    marked = embed(picture, SECRET, NUMBERS)
    assert marked
    return picture, marked


def marked_ink() -> tuple[Image.Image, Marked]:
    """Black strokes on white paper: half of any change falls where a pixel can become no whiter or blacker."""
    picture = ink(700)
    marked = embed(picture, SECRET, MANY)
    assert marked
    return picture, marked


@pytest.mark.parametrize("make", [marked_photograph, marked_comic, marked_ink])
def test_a_mark_is_read_after_the_usual_treatment_and_only_by_its_own_secret(
    make: Callable[[], tuple[Image.Image, Marked]],
) -> None:
    picture, marked = make()
    assert marked.number in (*NUMBERS, *MANY)
    assert measure_psnr(picture, marked.image) >= MIN_PSNR
    for treated in (*treat(marked.image), ImageOps.mirror(marked.image)):
        found = read_mark(treated, SECRET)
        assert found
        assert found.number == marked.number
        assert found.chance <= ONE_IN_A_MILLION
    assert read_mark(marked.image, OTHER) is None
    assert read_mark(picture, SECRET) is None


def test_a_crop_that_was_coded_anew_bears_the_mark_beside_the_original_and_no_other() -> None:
    picture, marked = marked_photograph()
    crop = marked.image.crop((0, 160, 240, 400)).resize((168, 168), Image.Resampling.LANCZOS)
    found = decode(encode(ImageOps.mirror(crop), "JPEG", quality=75))
    place = register(found, picture)
    assert place.is_mirrored
    assert place.likeness > 0.9
    assert abs(place.share - 0.36) < 0.02
    beside = read_beside(found, picture, place, SECRET, marked.number)
    assert beside
    assert beside.chance < 1e-20
    assert read_beside(found, picture, place, SECRET, marked.number ^ 5) is None


def test_pictures_that_have_nothing_to_do_with_each_other_do_not_lie_in_each_other() -> None:
    assert register(photo(300, 200, seed=3), landscape(300)).likeness < 0.3


def test_chance_does_not_read_better_than_the_bound_says() -> None:
    rng = np.random.default_rng(1)
    chips = make_chips(SECRET)
    strengths = [read(chips, rng.standard_normal(CHIPS).astype(np.float32)).strength for _ in range(200)]
    assert max(strengths) < 7
    assert read(chips, np.zeros(CHIPS, np.float32)).chance(1) == 1.0


def test_a_flat_picture_is_left_alone_and_the_report_says_so() -> None:
    mark = InvisibleMark(SECRET.hex(), NUMBERS)
    plain = run(encode(Image.new("RGB", (200, 200), (200, 30, 30)), "PNG"), invisible_mark=mark)
    assert "too plain" in next(line.text for line in plain.report if line.step == "mark_invisibly")
    tiny = run(encode(photo(40, 40), "PNG"), invisible_mark=mark)
    assert "too small" in next(line.text for line in tiny.report if line.step == "mark_invisibly")


def test_flat_parts_of_a_marked_picture_do_not_change_visibly() -> None:
    picture = landscape(400)
    picture.paste((90, 140, 200), (0, 0, 400, 120))
    marked = embed(picture, SECRET, NUMBERS)
    assert marked
    change = np.abs(np.asarray(picture, np.int16) - np.asarray(marked.image, np.int16))
    assert change[10:100].max() <= 2


def test_every_rendition_bears_the_mark_and_transparent_parts_stay_empty() -> None:
    picture = photograph(400).convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 150, 400))
    made = run(encode(picture, "PNG"), invisible_mark=InvisibleMark(SECRET.hex(), NUMBERS))
    federated = made.rendition(RenditionKind.FEDERATED)
    assert federated
    image = decode(federated.data)
    assert np.asarray(image)[:, :140].max() == 0
    number = next(line.facts["number"] for line in made.report if line.step == "mark_invisibly")
    on_white = Image.new("RGB", image.size, "white")
    on_white.paste(image, mask=image.getchannel("A"))
    found = read_mark(on_white, SECRET)
    assert found
    assert found.number == number


def test_a_visible_text_stands_on_renditions_at_its_place() -> None:
    plain = np.asarray(decode(run(encode(smooth(300, 200), "PNG")).renditions[0].data).convert("RGB"), np.int16)
    mark = VisibleMark("© Mara", opacity=100)
    marked = run(encode(smooth(300, 200), "PNG"), visible_mark=mark)
    change = np.abs(np.asarray(decode(marked.renditions[0].data).convert("RGB"), np.int16) - plain).max(axis=2)
    assert change[150:, 180:].max() > 60
    assert change[:100, :150].max() < 30
    tiled = run(encode(smooth(300, 200), "PNG"), visible_mark=VisibleMark("Mara", layout=MarkLayout.TILED, opacity=60))
    change = np.abs(np.asarray(decode(tiled.renditions[0].data).convert("RGB"), np.int16) - plain).max(axis=2)
    assert min(change[:100, :150].max(), change[100:, 150:].max()) > 40


def test_a_logo_keeps_its_colours_and_the_pictures_transparency() -> None:
    logo = base64.b64encode(encode(Image.new("RGBA", (20, 20), (255, 0, 0, 255)), "PNG")).decode()
    picture = Image.new("RGBA", (200, 200), (0, 0, 255, 255))
    picture.paste((0, 0, 0, 0), (185, 185, 200, 200))
    made = run(encode(picture, "PNG"), visible_mark=VisibleMark(logo=logo, opacity=100))
    pixels = np.asarray(decode(made.renditions[0].data).convert("RGBA"))
    assert (pixels[190, 190] == 0).all()
    assert pixels[..., 0].max() > 200


def test_moving_frames_bear_the_visible_mark_too() -> None:
    out = io.BytesIO()
    frames = [drawing(120, 90), drawing(120, 90).rotate(90)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100)
    made = run(out.getvalue(), visible_mark=VisibleMark("Mara", opacity=100))
    moving = made.rendition(RenditionKind.MOVING)
    plain = run(out.getvalue()).rendition(RenditionKind.MOVING)
    assert moving
    assert plain
    for frame in (0, 1):
        one, other = Image.open(io.BytesIO(moving.data)), Image.open(io.BytesIO(plain.data))
        one.seek(frame)
        other.seek(frame)
        change = np.abs(np.asarray(one.convert("RGB"), np.int16) - np.asarray(other.convert("RGB"), np.int16))
        assert change.max() > 60


def test_moving_frames_bear_the_invisible_mark_too_but_for_the_gif() -> None:
    out, first = io.BytesIO(), photograph(256)
    frames = [first, ImageOps.flip(first)]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=100)
    made = run(out.getvalue(), invisible_mark=InvisibleMark(SECRET.hex(), MANY))
    told = next(line for line in made.report if line.step == "mark_invisibly")
    assert "cannot hold it" in told.text
    moving = Image.open(io.BytesIO(made.rendition(RenditionKind.MOVING).data))  # type: ignore[union-attr]
    for number in range(len(frames)):
        moving.seek(number)
        seen = moving.convert("RGB")
        found = read_mark(decode(encode(seen, "JPEG", quality=60)), SECRET)
        assert found and found.number == told.facts["number"]


def test_what_no_font_draws_is_said() -> None:
    runs, missing = split_runs("Mara \u0378")
    assert "".join(run_.text for run_ in runs) == "Mara "
    assert missing == "\u0378"
    made = run(encode(photo(), "PNG"), visible_mark=VisibleMark("Mara \u0378"))
    assert "upload the mark as a logo" in next(line.text for line in made.report if line.step == "mark_visibly")


def test_a_broken_logo_is_no_reason_to_refuse_the_picture() -> None:
    made = run(encode(photo(), "PNG"), visible_mark=VisibleMark(logo="bm8gcGljdHVyZQ=="))
    assert "could not be drawn" in next(line.text for line in made.report if line.step == "mark_visibly")


def test_no_mark_is_made_unasked() -> None:
    made = run(encode(photo(), "PNG"))
    texts = [line.text for line in made.report if line.step.startswith("mark_")]
    assert texts == ["No visible mark was asked for.", "No invisible mark was asked for."]
