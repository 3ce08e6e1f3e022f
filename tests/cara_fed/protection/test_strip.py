"""Nothing private leaves: a secret planted everywhere in a file is in none of its renditions."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cara_fed.protection.values import Limits
from tests.cara_fed.protection.pictures import decode, encode, line, photo, run, sticker
from tests.cara_fed.protection.planting import PLANTED, holds_secret


@pytest.mark.parametrize("name", PLANTED)
def test_the_planted_secret_is_in_the_file_and_in_no_rendition(name: str) -> None:
    data = PLANTED[name]()
    assert holds_secret(data)

    made = run(data, limits=Limits(max_frames=50))

    assert len(made.renditions) >= 4
    for one in made.renditions:
        assert not holds_secret(one.data), one.kind


@pytest.mark.parametrize("name", ["jpeg", "tiff", "png photo", "webp", "avif"])
def test_the_artist_is_told_what_stayed_behind(name: str) -> None:
    told = line(run(PLANTED[name]()), "read_metadata")
    for words in ("where it was taken (GPS)", "serial number", "owner's name", "XMP", "camera maker's notes"):
        assert words in told


def test_what_was_erased_under_transparency_stays_erased() -> None:
    erased = np.array((255, 0, 255))
    values = np.array(sticker())
    values[values[..., 3] == 0, :3] = erased
    for one in run(encode(Image.fromarray(values), "PNG")).renditions:
        shown = np.asarray(decode(one.data).convert("RGB")).astype(int)
        assert np.abs(shown - erased).max(axis=2).min() > 60, one.kind


def test_a_file_without_private_data_is_said_to_have_none() -> None:
    assert line(run(encode(photo(), "PNG")), "read_metadata") == "It carries no private data."


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
@pytest.mark.parametrize("name", PLANTED)
def test_exiftool_finds_no_secret_and_no_fault(name: str, tmp_path: Path) -> None:
    for one in run(PLANTED[name]()).renditions:
        (tmp_path / f"{one.kind.value}.{one.extension}").write_bytes(one.data)
    command = ["exiftool", "-a", "-u", "-U", "-ee", "-G1", "-b", "-validate", "-warning", "-error", str(tmp_path)]
    told = subprocess.run(command, capture_output=True, check=True).stdout
    assert not holds_secret(told)
    command = ["exiftool", "-j", "-validate", "-warning", "-error", "-a", str(tmp_path)]
    verdicts = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert [one["Validate"] for one in verdicts] == ["OK"] * len(verdicts), verdicts
