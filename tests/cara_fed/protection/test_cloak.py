"""The cloak as a step: what was asked to be cloaked is cloaked within the gate, or refused with what to do."""

import asyncio
import os
import signal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cara_fed.protection import PictureWorkers, ReportLine
from cara_fed.protection.cloak.frames import FramesCloak
from cara_fed.protection.cloak.gate import measure
from cara_fed.protection.cloak.levels import LEVELS, Cloak, expected_seconds
from cara_fed.protection.cloak.making import make_cloak, make_patterned, working_size
from cara_fed.protection.cloak.masks import brightness_of, find_caps
from cara_fed.protection.cloak.surrogate import displacement, open_surrogate
from cara_fed.protection.errors import CloakUnavailable, PictureProcessDied, TooSlow
from cara_fed.protection.formats.base import Header
from cara_fed.protection.picture import Picture
from cara_fed.protection.pipeline import protect
from cara_fed.protection.steps.cloak import cloak as cloak_step
from cara_fed.protection.values import Limits, ProtectedPicture, ProtectionRequest, RenditionKind
from tests.cara_fed.protection.cloaks import MODEL, needs_model
from tests.cara_fed.protection.pictures import animation, decode, drawing, encode, encode_animation, photo, sticker

PICTURE = encode(photo(192, 128), "PNG")


def asked(cloak: str, model: Path | str = MODEL) -> ProtectionRequest:
    return ProtectionRequest(cloak=cloak, cloak_model=str(model))


def said(picture: ProtectedPicture) -> ReportLine:
    return next(line for line in picture.report if line.step == "cloak")


@pytest.mark.parametrize("cloak", ["light", "strong"])
def test_without_its_model_the_picture_is_refused_with_what_to_do(cloak: str, tmp_path: Path) -> None:
    with pytest.raises(CloakUnavailable, match=r"nothing was published; .*cara-fed cloak install"):
        protect(PICTURE, asked(cloak, tmp_path / "none.pth"))


def test_a_model_that_was_changed_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "model.pth").write_bytes(b"something else")
    with pytest.raises(CloakUnavailable, match="has changed"):
        protect(PICTURE, asked("light", tmp_path / "model.pth"))


@pytest.mark.parametrize("cloak", ["", "Light", "total"])
def test_a_cloak_that_there_is_not_is_refused(cloak: str) -> None:
    with pytest.raises(CloakUnavailable, match="choose one of off, instant, light, strong"):
        protect(PICTURE, asked(cloak))


def test_an_animation_moves_on_here_cloaked_and_stands_still_elsewhere() -> None:
    made = protect(encode_animation(animation(), "GIF"), asked("instant", "nowhere"))
    moving, federated = (made.rendition(kind) for kind in (RenditionKind.MOVING, RenditionKind.FEDERATED))
    assert moving is not None
    assert federated is not None
    assert (decode(moving.data).n_frames, federated.media_type) == (5, "image/jpeg")  # type: ignore[attr-defined]
    line = next(line for line in made.report if line.step == "moving")
    assert "each frame with the quick cloak" in line.text
    assert line.facts["cloak"]["frames"] == 5
    assert line.facts["cloak"]["ssim"] >= 0.985


def test_every_frame_stays_within_the_gate_and_what_stands_still_stays_still() -> None:
    scenes = [photo(96, 64), *(photo(96, 64) for _ in range(2)), photo(96, 64, seed=4)]
    for number, frame in enumerate(scenes[:3]):
        frame.paste((20, 30, 90), (4 * number, 8, 4 * number + 12, 20))
    weaver = FramesCloak(None)
    made = [np.asarray(weaver.cloak(frame.convert("RGBA")).convert("RGB")) for frame in scenes]
    for frame, cloaked in zip(scenes, made, strict=True):
        pixels = np.asarray(frame)
        assert measure(pixels, cloaked, find_caps(brightness_of(pixels.astype(np.float32)), 12)).passes
        assert (cloaked != pixels).mean() > 0.2
    # Away from what moves, with the strength of the first frame or a little less.
    assert np.abs(made[1][36:].astype(int) - made[0][36:]).max() <= 1
    assert (made[2][36:] == made[1][36:]).all()
    assert (weaver.facts()["frames"], weaver.facts()["key_frames"]) == (4, 2)


def test_too_many_frames_are_refused_rather_than_let_through() -> None:
    with pytest.raises(CloakUnavailable, match="At most 300 frames"):
        cloak_step(Picture(b"", asked("instant"), header=Header(8, 8, 301)))


def test_a_picture_too_plain_for_a_cloak_is_refused() -> None:
    with pytest.raises(CloakUnavailable, match="too plain"):
        protect(encode(Image.new("RGBA", (64, 64)), "PNG"), asked("instant"))


@pytest.mark.parametrize("cloak", ["off", "glazed", "command"])
def test_where_no_cloak_of_ours_is_wanted_the_pixels_stay_as_they_are(cloak: str) -> None:
    made = protect(encode(drawing(), "PNG"), asked(cloak, "nowhere"))
    federated = made.rendition(RenditionKind.FEDERATED)
    assert federated is not None
    assert (np.asarray(decode(federated.data).convert("RGB")) == np.asarray(drawing())).all()
    assert said(made).facts == {"cloak": cloak}


def test_the_instant_cloak_needs_no_model_and_stays_within_the_gate() -> None:
    facts = said(protect(PICTURE, asked("instant", "nowhere"))).facts
    assert facts["ssim"] >= 0.985
    assert facts["psnr"] >= 38
    assert facts["flat_change"] <= 2 <= facts["largest_change"] <= LEVELS[Cloak.INSTANT].most


@needs_model
def test_the_instant_cloak_is_refined_where_the_model_is_installed() -> None:
    surrogate, picture = open_surrogate(MODEL.read_bytes()), photo(128, 128)
    clean = surrogate.encode(np.asarray(picture, np.float32))
    level = LEVELS[Cloak.INSTANT]
    bare, refined = (
        make_patterned(picture, level, encoder, lambda done, of: None).image for encoder in (None, surrogate)
    )
    moved = [displacement(clean, surrogate.encode(np.asarray(one, np.float32))) for one in (bare, refined)]
    assert moved[1] > 1.2 * moved[0] > 0.1


def test_the_same_picture_gets_the_same_cloak() -> None:
    once, again = (protect(PICTURE, asked("instant")) for _ in range(2))
    assert [one.data for one in once.renditions] == [one.data for one in again.renditions]


def test_transparent_parts_stay_as_they_are() -> None:
    original = sticker()
    picture = protect(encode(original, "PNG"), asked("instant")).rendition(RenditionKind.FEDERATED)
    assert picture is not None
    made = np.asarray(decode(picture.data).convert("RGBA"))
    hidden = np.asarray(original)[..., 3] == 0
    assert (made[..., 3] == np.asarray(original)[..., 3]).all()
    assert (made[hidden] == 0).all()
    assert (made[~hidden][:, :3] != np.asarray(original)[~hidden][:, :3]).any()


@pytest.mark.parametrize("size", [(1, 1), (7, 300), (31, 33)])
def test_the_smallest_pictures_do_no_harm(size: tuple[int, int]) -> None:
    try:
        assert said(protect(encode(photo(*size), "PNG"), asked("instant"))).facts["flat_change"] <= 2
    except CloakUnavailable as refused:
        assert "too plain" in str(refused)


@needs_model
def test_a_picture_too_small_to_be_seen_by_the_encoder_is_refused() -> None:
    with pytest.raises(CloakUnavailable, match="too small"):
        protect(encode(photo(300, 31), "PNG"), asked("light"))


def test_the_working_size_is_bounded_and_keeps_the_shape() -> None:
    assert working_size((512, 512), 768 * 768) == (512, 512)
    assert working_size((2560, 1707), 768 * 768) == (941, 627)
    width, height = working_size((16_000, 500), 768 * 768)
    assert height >= 32
    assert width * height < 1.1 * 768 * 768


def test_those_who_wait_can_be_told_for_how_long() -> None:
    assert (
        expected_seconds("off") < expected_seconds("instant") < expected_seconds("light") < expected_seconds("strong")
    )


@needs_model
def test_a_light_cloak_moves_the_encoder_and_says_by_how_much() -> None:
    heard: list[ReportLine] = []
    made = protect(PICTURE, asked("light"), heard.append)
    facts = said(made).facts
    assert facts["displacement"] > 2 * facts["noise_displacement"] > 0
    assert facts["displacement"] > 0.4
    assert facts["ssim"] >= 0.985
    assert facts["psnr"] >= 38
    passes = [line.facts["done"] for line in heard if line.step == "cloak" and "done" in line.facts]
    assert passes == list(range(1, LEVELS[Cloak.LIGHT].passes + 1))
    assert [line.step for line in made.report].count("cloak") == 1


@needs_model
def test_more_passes_reach_further_within_the_same_gate() -> None:
    surrogate, level = open_surrogate(MODEL.read_bytes()), LEVELS[Cloak.LIGHT]
    few, many = (
        make_cloak(photo(128, 128), type(level)(passes, 128 * 128, 12, 1), surrogate, lambda done, of: None).facts
        for passes in (1, 8)
    )
    assert many["displacement"] > 1.2 * few["displacement"]
    assert min(few["ssim"], many["ssim"]) >= 0.985


@needs_model
async def test_a_process_killed_in_the_middle_lets_nothing_through() -> None:
    async with PictureWorkers() as workers:

        def kill(line: ReportLine) -> None:
            if line.facts.get("done") == 1:
                for worker in workers._busy:
                    os.kill(worker.process.pid, signal.SIGKILL)

        with pytest.raises(PictureProcessDied):
            await workers.protect(PICTURE, asked("strong"), kill)


@needs_model
async def test_a_cloak_that_takes_too_long_or_is_no_longer_wanted_ends() -> None:
    slow = ProtectionRequest(cloak="strong", cloak_model=str(MODEL), limits=Limits(max_seconds=1.0))
    large = encode(photo(900, 900), "PNG")
    async with PictureWorkers() as workers:
        with pytest.raises(TooSlow):
            await workers.protect(large, slow)
        waiting = asyncio.ensure_future(workers.protect(large, asked("strong")))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert not workers._busy
