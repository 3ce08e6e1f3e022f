"""Renditions are what each reader wants: format, size, bytes, colours; and the same input gives the same bytes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cara_fed.protection.formats.png import build_chunk
from cara_fed.protection.sizes import (
    FEDERATED_EDGE,
    FEDERATED_PIXELS,
    MAX_WEBP_EDGE,
    federated_size,
    moving_size,
    thumbnail_size,
    web_size,
    web_small_size,
    working_size,
)
from cara_fed.protection.steps import renditions
from cara_fed.protection.values import RenditionKind
from tests.cara_fed.protection.pictures import decode, drawing, encode, federated, line, photo, pixels, run, sticker

sizes = st.tuples(st.integers(1, 200_000), st.integers(1, 200_000))


@given(sizes)
def test_sizes_stay_within_what_others_take(size: tuple[int, int]) -> None:
    for shrink in (working_size, federated_size, web_size, web_small_size, thumbnail_size):
        width, height = shrink(size)
        assert 1 <= width <= size[0]
        assert 1 <= height <= size[1]
        assert width * height <= max(FEDERATED_PIXELS, 1)
        assert max(width, height) <= MAX_WEBP_EDGE
    assert max(federated_size(size)) <= FEDERATED_EDGE
    assert max(thumbnail_size(size)) <= 400
    assert max(moving_size(size, 600)) <= 1280


def test_usual_sizes() -> None:
    assert federated_size((6000, 4000)) == (2560, 1707)
    assert web_size((6000, 4000)) == (1600, 1067)
    assert federated_size((800, 600)) == (800, 600)
    assert web_size((800, 12_000)) == (743, 11_154)  # a comic strip stays readable on our own page
    assert federated_size((800, 12_000)) == (171, 2560)


@pytest.mark.parametrize(
    ("picture", "made_as", "media_type"),
    [
        (photo(), "JPEG", "image/jpeg"),
        (photo(), "PNG", "image/jpeg"),
        (photo(), "WEBP", "image/jpeg"),
        (photo(), "AVIF", "image/jpeg"),
        (photo(), "TIFF", "image/jpeg"),
        (drawing(), "PNG", "image/png"),
        (drawing(), "GIF", "image/png"),
        (drawing(), "JPEG", "image/jpeg"),
        (sticker(), "PNG", "image/png"),
        (sticker(), "WEBP", "image/png"),
    ],
)
def test_other_servers_get_jpeg_or_png(picture: Image.Image, made_as: str, media_type: str) -> None:
    made = run(encode(picture, made_as))
    found = {one.kind: one for one in made.renditions}
    assert found[RenditionKind.FEDERATED].media_type == media_type
    assert found[RenditionKind.WEB].media_type == "image/webp"
    assert found[RenditionKind.WEB_SMALL].media_type == "image/webp"
    assert found[RenditionKind.THUMBNAIL].media_type == "image/jpeg"
    assert found[RenditionKind.WEB_PLAIN].media_type == "image/jpeg"
    assert set(found) == set(RenditionKind) - {RenditionKind.MOVING, RenditionKind.WEB_MEDIUM}
    for one in made.renditions:
        image = decode(one.data)
        assert image.size == (one.width, one.height)
        assert Image.MIME[image.format or ""] == one.media_type
        assert one.extension in ("jpg", "png", "webp")


def test_flat_art_is_kept_to_the_pixel() -> None:
    for size in ((96, 64), (1, 1), (3, 500), (500, 3)):
        made = run(encode(drawing(*size), "PNG"))
        assert (pixels(federated(made)) == np.asarray(drawing(*size))).all()


def test_a_large_picture_is_made_smaller_everywhere() -> None:
    large = photo(750, 375).resize((3000, 1500), Image.Resampling.BICUBIC)
    made = run(encode(large, "JPEG"))
    sizes = {one.kind.value: (one.width, one.height) for one in made.renditions}
    web = {"web": (1600, 800), "web_medium": (1080, 540), "web_small": (640, 320), "web_plain": (1080, 540)}
    assert sizes == {"federated": (2560, 1280), **web, "thumbnail": (400, 200)}
    assert (made.width, made.height) == (3000, 1500)
    reference = np.asarray(large.resize((2560, 1280), Image.Resampling.LANCZOS)).astype(int)
    assert np.abs(pixels(federated(made)) - reference).mean() < 4


def test_a_drafted_decode_is_no_worse_than_a_whole_one() -> None:
    source = photo(650, 325).resize((5200, 2600), Image.Resampling.BICUBIC)
    made = run(encode(source, "JPEG", quality=90))
    assert "which is all that the renditions need" in line(made, "decode")
    reference = np.asarray(source.resize((2560, 1280), Image.Resampling.LANCZOS)).astype(int)
    assert np.abs(pixels(federated(made)) - reference).mean() < 4


def test_no_rendition_is_larger_than_other_servers_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renditions, "FEDERATED_BYTES", 60_000)
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (300, 400, 3), dtype=np.uint8))
    made = run(encode(noise, "PNG"))
    assert len(federated(made)) < 60_000
    assert decode(federated(made)).size < (400, 300)


def test_transparency_too_large_for_png_is_filled_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renditions, "FEDERATED_BYTES", 39_000)
    values = np.array(sticker(120, 90))
    rng = np.random.default_rng(1)
    values[..., :3] = rng.integers(0, 120, values[..., :3].shape)
    made = run(encode(Image.fromarray(values), "PNG"))
    assert federated(made).startswith(b"\xff\xd8")
    assert "filled with #ffffff, as on paper" in line(made, "renditions")
    assert pixels(federated(made))[2, 2].min() >= 250


@pytest.mark.parametrize(
    ("rim", "inside", "expected"),
    [((40, 90, 140, 255), (200, 10, 10, 255), (40, 90, 140)), ((0, 0, 0, 0), (255, 255, 255, 255), (32, 32, 32))],
)
def test_a_thumbnail_stands_on_the_pictures_own_background(
    rim: tuple[int, ...], inside: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    picture = Image.new("RGBA", (80, 80), rim)
    picture.paste(inside, (20, 20, 60, 60))
    picture.paste((0, 0, 0, 0), (35, 35, 45, 45))
    thumbnail = run(encode(picture, "PNG")).rendition(RenditionKind.THUMBNAIL)
    assert thumbnail
    assert np.abs(pixels(thumbnail.data)[37:43, 37:43].mean(axis=(0, 1)) - expected).max() <= 12


def test_the_background_that_a_file_names_is_used() -> None:
    picture = sticker()
    data = encode(picture, "PNG")
    named = data[:33] + build_chunk(b"bKGD", b"\x00\x0a\x00\xc8\x00\x1e") + data[33:]
    thumbnail = run(named).rendition(RenditionKind.THUMBNAIL)
    assert thumbnail
    assert np.abs(pixels(thumbnail.data)[2, 2] - (10, 200, 30)).max() <= 6


def test_an_opaque_alpha_channel_is_no_transparency() -> None:
    made = run(encode(photo().convert("RGBA"), "PNG"))
    assert federated(made).startswith(b"\xff\xd8")


def test_a_comic_strip_is_readable_on_our_page() -> None:
    made = run(encode(drawing(300, 4000), "PNG"))
    found = {one.kind: (one.width, one.height) for one in made.renditions}
    assert found[RenditionKind.FEDERATED] == (192, 2560)
    assert found[RenditionKind.WEB] == (300, 4000)


def test_the_same_picture_gives_the_same_bytes() -> None:
    for data in (encode(photo(), "JPEG"), encode(sticker(), "PNG")):
        assert run(data) == run(data)
