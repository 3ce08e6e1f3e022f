"""Media: what every keeper of files promises, on a disk and in an object store."""

import asyncio
import hashlib
import os
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.errors import MediaNameInvalid, MediaUnavailable, NotFound
from storage.media.files import MediaStore, S3Options, open_media
from storage.media.local import LocalMedia
from tests.support.s3 import S3Server, s3_server

__all__ = ["s3_server"]

ROOT = Path(__file__).parents[3]
CONTENT = random.Random(1).randbytes(700_000)
NAME = hashlib.sha256(CONTENT).hexdigest()
ABSENT = "0" * 64
BAD_NAMES = [
    "", "picture.jpg", "../" + NAME, NAME + "/x", NAME + ".", NAME.upper(), NAME + ".jpg.part", NAME[:-1], NAME + "\n",
    NAME + ".j/g", ".." * 32,
]  # fmt: skip


@pytest.fixture(params=["folder", "s3"])
def media(request: pytest.FixtureRequest, tmp_path: Path) -> MediaStore:
    if request.param == "folder":
        return open_media(str(tmp_path / "data" / "media"))
    server: S3Server = request.getfixturevalue("s3_server")
    return open_media(f"s3://{server.make_bucket()}/some/prefix", server.options)


async def streamed(media: MediaStore, *bounds: int) -> bytes:
    return b"".join([piece async for piece in media.stream("public", NAME, *bounds)])


async def test_what_is_put_comes_back(media: MediaStore, tmp_path: Path) -> None:
    (tmp_path / "upload").write_bytes(CONTENT)
    await media.put("public", f"{NAME}.jpg", CONTENT)
    await media.put("private", NAME, tmp_path / "upload")
    assert await media.read("public", f"{NAME}.jpg") == CONTENT
    assert await media.read("private", NAME) == CONTENT
    assert await media.size("private", NAME) == len(CONTENT)
    assert not await media.exists("public", NAME)


async def test_putting_again_changes_nothing(media: MediaStore) -> None:
    await media.put("public", NAME, CONTENT)
    await asyncio.gather(*(media.put("public", NAME, b"other") for _ in range(4)))
    assert await media.read("public", NAME) == CONTENT


async def test_many_may_put_the_same_at_once(media: MediaStore) -> None:
    await asyncio.gather(*(media.put("public", NAME, CONTENT) for _ in range(8)))
    assert await media.read("public", NAME) == CONTENT
    assert [name async for name in media.names("public")] == [NAME]


@pytest.mark.parametrize("bounds", [(), (10,), (0, 1), (5, 300_000), (699_999, 700_000), (600_000, 9_000_000)])
async def test_any_part_can_be_streamed(media: MediaStore, bounds: tuple[int, ...]) -> None:
    await media.put("public", NAME, CONTENT)
    assert (
        await streamed(media, *bounds)
        == CONTENT[slice(bounds[0] if bounds else 0, bounds[1] if len(bounds) > 1 else None)]
    )


async def test_what_is_absent_is_not_found(media: MediaStore) -> None:
    assert not await media.exists("public", ABSENT)
    for ask in (media.read, media.size):
        with pytest.raises(NotFound, match="no file 000"):
            await ask("public", ABSENT)
    with pytest.raises(NotFound):
        await anext(media.stream("public", ABSENT))
    await media.delete("public", ABSENT)


async def test_a_deleted_file_is_gone_and_others_stay(media: MediaStore) -> None:
    await media.put("public", NAME, CONTENT)
    await media.put("private", NAME, CONTENT)
    await media.delete("public", NAME)
    assert [name async for name in media.names("public")] == []
    assert [name async for name in media.names("private")] == [NAME]


@pytest.mark.parametrize("name", BAD_NAMES)
async def test_other_names_are_refused(media: MediaStore, name: str) -> None:
    for ask in (media.read, media.size, media.exists, media.delete):
        with pytest.raises(MediaNameInvalid):
            await ask("public", name)
    with pytest.raises(MediaNameInvalid):
        await media.put("public", name, b"")
    with pytest.raises(MediaNameInvalid):
        media.path("public", name)


async def test_large_files_go_up_in_parts(media: MediaStore) -> None:
    large = CONTENT * 50
    for _ in range(2):
        await media.put("private", NAME, large)
    assert hashlib.sha256(await media.read("private", NAME)).digest() == hashlib.sha256(large).digest()


async def test_only_a_disk_has_a_path(tmp_path: Path) -> None:
    pytest.importorskip("obstore")
    options = S3Options("http://127.0.0.1:1", "us-east-1", "key", "secret")
    assert open_media("s3://bucket/prefix", options).path("public", NAME) is None
    path = open_media(str(tmp_path)).path("public", f"{NAME}.png")
    assert path == tmp_path / "public" / NAME[:2] / NAME[2:4] / f"{NAME}.png"


async def test_originals_are_for_their_owner_and_renditions_for_the_web_server(tmp_path: Path) -> None:
    previous = os.umask(0o077)
    media = LocalMedia(tmp_path / "media")
    await media.put("public", NAME, CONTENT)
    await media.put("private", NAME, CONTENT)
    os.umask(previous)
    modes = {namespace: media.path(namespace, NAME).stat().st_mode & 0o777 for namespace in ("public", "private")}
    assert modes == {"public": 0o644, "private": 0o600}
    assert (tmp_path / "media" / "private").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "media" / "public").stat().st_mode & 0o777 == 0o755


async def test_a_disk_that_fails_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("not a folder")
    with pytest.raises(MediaUnavailable, match=f"file {NAME}: "):
        await LocalMedia(tmp_path / "media").put("public", NAME, CONTENT)


async def test_a_failed_put_leaves_nothing_behind(tmp_path: Path) -> None:
    media = LocalMedia(tmp_path / "media")
    with pytest.raises((NotFound, MediaUnavailable)):
        await media.put("public", NAME, tmp_path / "absent")
    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()] == []


WRITER = """
import asyncio, sys
from hashlib import sha256
from pathlib import Path
from storage.media.local import LocalMedia

async def main():
    media = LocalMedia(Path(sys.argv[1]))
    print("writing", flush=True)
    for number in range(100_000):
        content = number.to_bytes(4, "big") * 100_000
        await media.put("public", sha256(content).hexdigest(), content)

asyncio.run(main())
"""


async def test_a_process_killed_while_it_writes_leaves_only_whole_files(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        await asyncio.sleep(0.3)
        process.send_signal(signal.SIGKILL)
    media = LocalMedia(tmp_path)
    names = [name async for name in media.names("public")]
    assert names
    for name in names:
        assert hashlib.sha256(await media.read("public", name)).hexdigest() == name


async def test_what_a_killed_process_left_half_written_is_swept(tmp_path: Path) -> None:
    media, now = LocalMedia(tmp_path), datetime.now(UTC)
    await media.put("public", NAME, CONTENT)
    (media.path("public", NAME).parent / "tmpabc.part").write_bytes(b"half")
    assert [name async for name in media.names("public")] == [NAME]
    assert await media.remove_unfinished(now - timedelta(hours=1)) == 0
    assert await media.remove_unfinished(now + timedelta(hours=1)) == 1
    assert await media.exists("public", NAME)


async def test_an_object_store_out_of_reach_is_said_in_one_sentence() -> None:
    pytest.importorskip("obstore")
    options = S3Options("http://127.0.0.1:1", "us-east-1", "key", "secret-word")
    assert "secret-word" not in repr(options)
    media = open_media("s3://bucket", options)
    with pytest.raises(MediaUnavailable) as caught:
        await media.exists("public", NAME)
    assert "\n" not in str(caught.value)
    assert "secret-word" not in str(caught.value)


def test_an_object_store_needs_a_bucket() -> None:
    with pytest.raises(MediaUnavailable):
        open_media("s3:///prefix")
