"""The folder of remote files: bounded, the least looked at goes first, and nothing is added to a full disk."""

import os
from pathlib import Path

from cara_fed.remote_media.cache import RemoteCache

FILE = b"x" * 100


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


async def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    cache = RemoteCache(tmp_path / "remote", 1000, 0)
    assert await cache.read("a") is None
    assert await cache.write("a", FILE)
    assert await cache.read("a") == FILE


async def test_it_never_holds_more_than_it_may(tmp_path: Path) -> None:
    cache = RemoteCache(tmp_path, 1000, 0)
    for number in range(200):
        await cache.write(str(number), FILE)
        assert size_of(tmp_path) <= 1000
    assert await cache.read("199") == FILE


async def test_what_was_looked_at_stays_longest(tmp_path: Path) -> None:
    cache = RemoteCache(tmp_path, 1000, 0)
    for number in range(9):
        await cache.write(str(number), FILE)
        os.utime(cache.path(str(number)), (number, number))
    assert await cache.read("0") == FILE
    for number in range(9, 12):
        await cache.write(str(number), FILE)
    assert await cache.read("0") == FILE
    assert await cache.read("1") is None


async def test_a_new_process_counts_what_is_there(tmp_path: Path) -> None:
    for number in range(30):
        await RemoteCache(tmp_path, 1000, 0).write(str(number), FILE)
    assert size_of(tmp_path) <= 1000


async def test_a_full_disk_gets_nothing_more(tmp_path: Path) -> None:
    cache = RemoteCache(tmp_path, 1000, 2**62)
    assert not await cache.write("a", FILE)
    assert await cache.read("a") is None


async def test_a_size_of_zero_keeps_nothing(tmp_path: Path) -> None:
    assert not await RemoteCache(tmp_path / "remote", 0, 0).write("a", FILE)
    assert not (tmp_path / "remote").exists()
