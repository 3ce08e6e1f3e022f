"""Sealed originals: opened by their keys alone, whole and in parts, and never after somebody changed them."""

import hashlib
from pathlib import Path

import pytest

from storage.errors import MediaUnavailable, NotFound
from storage.media import LocalMedia, SealedMedia, SealingKeys
from storage.media.sealed import MAGIC, PIECE

KEY, OLD = b"k" * 32, b"o" * 32
CONTENT = bytes(range(256)) * (PIECE // 128) + b"the end"
NAME = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def plain(tmp_path: Path) -> LocalMedia:
    return LocalMedia(tmp_path)


@pytest.fixture
def media(plain: LocalMedia) -> SealedMedia:
    return SealedMedia(plain, SealingKeys(KEY))


async def part(media: SealedMedia, start: int, end: int | None = None) -> bytes:
    return b"".join([piece async for piece in media.stream("private", NAME, start, end)])


async def test_an_original_is_sealed_on_the_disk_and_opened_on_its_way_out(
    plain: LocalMedia, media: SealedMedia, tmp_path: Path
) -> None:
    (tmp_path / "upload").write_bytes(CONTENT)
    await media.put("private", NAME, tmp_path / "upload")
    kept = plain.path("private", NAME).read_bytes()
    assert kept.startswith(MAGIC)
    assert b"the end" not in kept
    assert await media.read("private", NAME) == CONTENT
    assert await media.size("private", NAME) == len(CONTENT)
    assert media.path("private", NAME) is None
    await media.put("private", NAME, CONTENT)
    assert plain.path("private", NAME).read_bytes() == kept


@pytest.mark.parametrize(
    ("start", "end"), [(0, 5), (PIECE - 2, PIECE + 2), (2 * PIECE - 1, None), (2 * PIECE + 1, None), (PIECE, 2 * PIECE)]
)
async def test_parts_are_opened_too(media: SealedMedia, start: int, end: int | None) -> None:
    await media.put("private", NAME, CONTENT)
    assert await part(media, start, end) == CONTENT[start:end]


@pytest.mark.parametrize("content", [b"", b"x", b"x" * PIECE])
async def test_every_length_comes_back(media: SealedMedia, content: bytes) -> None:
    name = hashlib.sha256(content).hexdigest()
    await media.put("private", name, content)
    assert await media.read("private", name) == content
    assert await media.size("private", name) == len(content)


async def test_renditions_stay_as_they_are(plain: LocalMedia, media: SealedMedia) -> None:
    await media.put("public", f"{NAME}.jpg", CONTENT)
    assert plain.path("public", f"{NAME}.jpg").read_bytes() == CONTENT
    assert media.path("public", f"{NAME}.jpg") == plain.path("public", f"{NAME}.jpg")
    assert await media.read("public", f"{NAME}.jpg") == CONTENT


async def test_what_was_kept_plain_or_under_an_older_key_stays_readable(plain: LocalMedia) -> None:
    await plain.put("private", "0" * 64, CONTENT)
    await SealedMedia(plain, SealingKeys(OLD)).put("private", NAME, CONTENT)
    both = SealedMedia(plain, SealingKeys(KEY, (OLD,)))
    assert await both.read("private", "0" * 64) == CONTENT
    assert await both.size("private", "0" * 64) == len(CONTENT)
    assert await both.read("private", NAME) == CONTENT
    with pytest.raises(MediaUnavailable, match="originals_key_file"):
        await SealedMedia(plain, SealingKeys(KEY)).read("private", NAME)


@pytest.mark.parametrize("harm", ["flip", "cut", "rename", "swap"])
async def test_what_somebody_changed_is_refused(plain: LocalMedia, media: SealedMedia, harm: str) -> None:
    await media.put("private", NAME, CONTENT)
    path, name = plain.path("private", NAME), NAME
    sealed = path.read_bytes()
    piece, head = PIECE + 16, len(MAGIC) + 15
    if harm == "flip":
        path.write_bytes(sealed[:-9] + bytes((sealed[-9] ^ 1,)) + sealed[-8:])
    elif harm == "cut":
        path.write_bytes(sealed[: head + piece])
    elif harm == "rename":
        name = "1" * 64
        await plain.put("private", name, sealed)
    else:
        first, second = sealed[head : head + piece], sealed[head + piece : head + 2 * piece]
        path.write_bytes(sealed[:head] + second + first + sealed[head + 2 * piece :])
    with pytest.raises(MediaUnavailable, match="damaged"):
        await media.read("private", name)


async def test_what_is_not_there_is_said_so(media: SealedMedia) -> None:
    with pytest.raises(NotFound):
        await media.read("private", NAME)
    with pytest.raises(NotFound):
        await media.size("private", NAME)
