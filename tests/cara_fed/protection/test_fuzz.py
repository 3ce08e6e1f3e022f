"""Whatever is done to a file, the pipeline gives a picture or a refusal, and nothing else."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cara_fed.protection.errors import PictureRefused
from cara_fed.protection.formats.registry import CONTAINERS
from cara_fed.protection.formats.signatures import find_format
from cara_fed.protection.pipeline import protect
from cara_fed.protection.rights.embed import read_data_mining, rewrite_rights
from tests.cara_fed.protection.pictures import (
    RIGHTS,
    animation,
    encode,
    encode_animation,
    limited,
    photo,
    request,
    run,
    sticker,
)
from tests.cara_fed.protection.planting import PLANTED, holds_secret

SMALL = limited(max_pixels=200_000, max_frames=20)
SEEDS = {
    **{name: encode(photo(24, 16), name) for name in ("JPEG", "PNG", "WEBP", "GIF", "TIFF")},
    "progressive": encode(photo(24, 16), "JPEG", progressive=True),
    "alpha": encode(sticker(24, 16), "PNG"),
    "lzw": encode(photo(24, 16), "TIFF", compression="tiff_lzw"),
    "apng": encode_animation(animation(3, 24, 16), "PNG"),
    "moving gif": encode_animation(animation(3, 24, 16), "GIF"),
    "moving webp": encode_animation(animation(3, 24, 16), "WEBP"),
}
PLANTED_SEEDS = {name: PLANTED[name]() for name in ("jpeg", "png drawing", "webp", "gif animated", "tiff", "avif")}


def damage(data: bytes, rng: np.random.Generator) -> bytes:
    """Some bytes changed, a piece cut out, doubled or moved."""
    changed = bytearray(data)
    for at in rng.integers(0, len(data), rng.integers(1, 8)):
        changed[at] = rng.integers(0, 256)
    start, end = sorted(rng.integers(0, len(data), 2).tolist())
    kind = rng.integers(0, 5)
    if kind == 0:
        del changed[start : min(end, start + 40)]
    elif kind == 1:
        changed[start:start] = changed[start : min(end, start + 40)]
    elif kind == 2:
        changed[start : start + 4] = rng.choice([b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x7f\xff\xff\xff"])
    return bytes(changed)


@pytest.mark.parametrize("name", SEEDS)
def test_damaged_files_give_a_picture_or_a_refusal(name: str) -> None:
    rng = np.random.default_rng(7)
    for _ in range(60):
        try:
            made = protect(damage(SEEDS[name], rng), SMALL)
        except PictureRefused:
            continue
        assert made.renditions


@pytest.mark.parametrize("name", PLANTED_SEEDS)
def test_damaged_metadata_never_gets_through(name: str) -> None:
    rng = np.random.default_rng(11)
    for _ in range(15):
        try:
            made = protect(damage(PLANTED_SEEDS[name], rng), request())
        except PictureRefused:
            continue
        assert not any(holds_secret(one.data) for one in made.renditions)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(SEEDS)), st.binary(max_size=200))
def test_any_tail_behind_a_formats_first_bytes(name: str, tail: bytes) -> None:
    data = SEEDS[name][:12] + tail
    found = find_format(data)
    for read in (
        (CONTAINERS[found].read_header, CONTAINERS[found].read_embedded, CONTAINERS[found].clean) if found else ()
    ):
        try:
            read(data)
        except PictureRefused:
            continue


def test_damaged_renditions_are_rewritten_or_refused() -> None:
    rng = np.random.default_rng(3)
    for one in run(encode(sticker(), "PNG")).renditions:
        for _ in range(100):
            damaged = damage(one.data, rng)
            try:
                rewrite_rights(damaged, RIGHTS)
                read_data_mining(damaged)
            except PictureRefused:
                continue
