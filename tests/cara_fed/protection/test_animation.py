"""Moving pictures keep moving, frame for frame and at their pace, where other servers take them and on our page."""

import numpy as np
import pytest
from PIL import Image

from cara_fed.protection.errors import TooManyFrames
from cara_fed.protection.steps import moving as moving_step
from cara_fed.protection.values import Limits, ProtectedPicture, RenditionKind
from tests.cara_fed.protection.pictures import (
    animation,
    decode,
    encode,
    encode_animation,
    federated,
    line,
    photo,
    rendition,
    run,
)


def frames_of(data: bytes) -> list[tuple[np.ndarray, int]]:
    image = decode(data)
    frames = []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        image.load()
        frames.append((np.asarray(image.convert("RGBA")).astype(int), int(image.info.get("duration", 0))))
    return frames


def moving(picture: ProtectedPicture) -> bytes:
    return rendition(picture, RenditionKind.MOVING)


@pytest.mark.parametrize("made_as", ["GIF", "WEBP", "PNG"])
def test_a_small_animation_is_a_gif_elsewhere_and_a_webp_here(made_as: str) -> None:
    frames = animation()
    lossless = {"lossless": True} if made_as == "WEBP" else {}
    made = run(encode_animation(frames, made_as, **lossless))

    assert made.animated
    assert federated(made).startswith(b"GIF89a")
    assert decode(federated(made)).info["loop"] == 0
    for data in (federated(made), moving(made)):
        shown = frames_of(data)
        assert len(shown) == len(frames)
        assert [duration for _, duration in shown] == [80] * 5
        for (seen, _), frame in zip(shown, frames, strict=True):
            assert np.abs(seen[..., :3] - np.asarray(frame)).max() <= 2
    assert "moving GIF" in line(made, "moving")


def test_transparent_animations_clear_what_must_vanish() -> None:
    frames = []
    for number in range(4):
        frame = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
        frame.paste((200, 30, 40, 255), (number * 12, 10, number * 12 + 20, 30))
        frames.append(frame)
    made = run(encode_animation(frames, "PNG", disposal=1, blend=0))
    for data in (federated(made), moving(made)):
        for (seen, _), frame in zip(frames_of(data), frames, strict=True):
            expected = np.asarray(frame).astype(int)
            assert (seen[..., 3] == expected[..., 3]).all()
            assert np.abs(seen - expected)[expected[..., 3] > 0].max() <= 2


def test_more_than_256_colours_are_reduced_with_care() -> None:
    frames = [photo(64, 48, seed) for seed in range(3)]
    made = run(encode_animation(frames, "WEBP", lossless=True))
    for (seen, _), frame in zip(frames_of(federated(made)), frames, strict=True):
        assert np.abs(seen[..., :3] - np.asarray(frame)).mean() < 8


def test_an_animation_too_large_for_others_is_a_still_there_and_moves_here() -> None:
    frames = animation(3, 1300, 800)
    made = run(encode_animation(frames, "GIF"))
    assert federated(made).startswith(b"\x89PNG")
    assert "other servers get a still" in line(made, "moving")
    shown = frames_of(moving(made))
    assert len(shown) == 3
    assert shown[0][0].shape[:2] == (788, 1280)
    assert (made.width, made.height) == (1300, 800)


@pytest.mark.parametrize(("repeats", "plays"), [(0, 0), (3, 4)])
def test_the_number_of_plays_is_kept(repeats: int, plays: int) -> None:
    made = run(encode_animation(animation(), "GIF", loop=repeats))
    assert decode(federated(made)).info["loop"] == repeats
    assert decode(moving(made)).info["loop"] == plays


def test_an_animation_that_plays_once_plays_once() -> None:
    frames = animation()
    data = encode(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=80)
    made = run(data)
    assert "loop" not in decode(federated(made)).info
    assert decode(moving(made)).info["loop"] == 1


def test_the_still_of_an_apng_with_a_cover_is_its_first_frame() -> None:
    frames = animation()
    cover = photo(48, 32)
    data = encode(cover, "PNG", save_all=True, append_images=frames, default_image=True, duration=80)
    made = run(data)
    assert len(frames_of(moving(made))) == len(frames)
    thumbnail = decode(rendition(made, RenditionKind.THUMBNAIL)).convert("RGB")
    assert np.abs(np.asarray(thumbnail).astype(int) - np.asarray(frames[0])).mean() < 12


def test_no_waiting_between_frames_means_what_browsers_make_of_it() -> None:
    made = run(encode_animation(animation(), "GIF", duration=0))
    assert {duration for _, duration in frames_of(moving(made))} == {100}


def test_identical_frames_keep_their_time() -> None:
    data = encode_animation([photo(32, 32), photo(32, 32, 2), photo(32, 32, 2), photo(32, 32)], "WEBP", lossless=True)
    made = run(data)
    assert sum(duration for _, duration in frames_of(federated(made))) == 320


def test_one_frame_is_a_still() -> None:
    made = run(encode(animation()[0], "GIF"))
    assert not made.animated
    assert made.rendition(RenditionKind.MOVING) is None


def test_too_many_frames_are_refused_before_decoding() -> None:
    data = encode_animation(animation(11, 64, 16), "GIF")
    with pytest.raises(TooManyFrames, match="11 frames; at most 5"):
        run(data, limits=Limits(max_frames=5))
    with pytest.raises(TooManyFrames, match="too large and too long"):
        run(data, limits=Limits(max_pixels=1024))


def test_a_gif_of_256_colours_is_kept_to_the_pixel() -> None:
    rng = np.random.default_rng(2)
    colours = rng.integers(0, 256, 768).tolist()
    frames = []
    for _ in range(3):
        frame = Image.fromarray(rng.integers(0, 256, (40, 60), dtype=np.uint8))
        frame.putpalette(colours)
        frames.append(frame)
    frames.append(frames[-1].copy())
    frames[-1].paste(7, (10, 10, 30, 30))
    made = run(encode_animation(frames, "GIF", optimize=False))
    for (seen, _), frame in zip(frames_of(federated(made)), frames, strict=True):
        assert (seen[..., :3] == np.asarray(frame.convert("RGB"))).all()


def test_a_heavy_animation_is_made_smaller_for_our_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving_step, "MOVING_BYTES", 8_000)
    made = run(encode_animation([photo(200, 150, seed) for seed in range(4)], "WEBP"))
    shown = made.rendition(RenditionKind.MOVING)
    assert shown
    assert shown.width < 200
    assert len(shown.data) < 10_000
    assert decode(shown.data).size == (shown.width, shown.height)


def test_an_animation_beyond_all_bounds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving_step, "MOVING_BYTES", 500)
    with pytest.raises(TooManyFrames, match="too large and too long"):
        run(encode_animation([photo(200, 150, seed) for seed in range(4)], "WEBP"))
