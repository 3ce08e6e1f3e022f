"""Backups: whole or not there, taken while others publish, and an instance again wherever they are put back."""

import asyncio
import hashlib
import json
import os
import re
import shutil
import signal
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import Iterator
from pathlib import Path

import pytest

from cara_fed.__main__ import main
from cara_fed.accounts.create_artist import NewArtist, create_artist
from cara_fed.backups.folders import taken
from cara_fed.backups.make_backup import make_backup
from cara_fed.backups.manifest import BackupUnusable, read_manifest, read_media_list
from cara_fed.config import Config, load_config
from cara_fed.publishing.drafts import PictureDraft, PostDraft
from cara_fed.publishing.publish_post import publish_post
from cara_fed.services import Services, open_services
from storage.artists import Artist
from storage.attachments import Attachment
from storage.media import LocalMedia, open_media
from storage.posts import Post
from storage.records import Records
from tests.support.instances import jpeg
from tests.support.postgres import PostgresServer, postgres_server
from tests.support.s3 import S3Server, s3_server

__all__ = ["postgres_server", "s3_server"]

TOML = """
[instance]
domain = "studio.example"
[storage]
database = "sqlite+aiosqlite:///data/cara.sqlite3"
media = "{media}"
[storage.s3]
endpoint = "{endpoint}"
region = "us-east-1"
access_key_id = "key"
"""
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def toml(config: Config, tmp_path: Path) -> Path:
    """instance.toml as a file, for commands."""
    return write_toml(tmp_path, "data/media")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Another machine's instance.toml, with nothing beside it."""
    (tmp_path / "elsewhere").mkdir()
    return write_toml(tmp_path / "elsewhere", "data/media")


@pytest.fixture
def kept_aside(tmp_path: Path) -> Path:
    return tmp_path / "backup"


@pytest.fixture(autouse=True)
def no_keys_from_outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("CARA_FED_SESSION_KEY", "CARA_FED_CAPABILITY_KEY"):
        monkeypatch.delenv(name, raising=False)
    yield


def write_toml(folder: Path, media: str, endpoint: str = "") -> Path:
    path = folder / "instance.toml"
    path.write_text(TOML.format(media=media, endpoint=endpoint), encoding="utf-8")
    return path


def run(toml: Path, *arguments: str | Path, code: int = 0) -> None:
    assert main([*map(str, arguments), "--config", str(toml)]) == code


async def publish(services: Services, artist: Artist, number: int) -> Post:
    picture = PictureDraft(jpeg(64 + number, 48), alt=f"no. {number}", name="a.jpg")
    return await publish_post(services, artist, PostDraft(text=f"work {number}", pictures=(picture,)))


async def names_of_files(records: Records, actor_id: str) -> set[tuple[str, str]]:
    """Every file that an artist's posts name."""
    posts = await records.posts.find_by_actor(actor_id, ("public",), limit=500)
    found = await records.attachments.find_for_posts([post.pk for post in posts])
    pictures = [picture for of_post in found.values() for picture in of_post]
    assert len(pictures) == len(posts)
    public = {("public", f"{r.hash}.{r.extension}") for picture in pictures for r in picture.renditions.values()}
    return public | {("private", picture.attachment.original_hash or "") for picture in pictures}


async def count_whole_works(toml: Path) -> int:
    """Every file that the database names is there and is what its name says; how many posts."""
    config = load_config(toml)
    async with open_services(config) as services:
        async with services.database.reading() as records:
            files = await names_of_files(records, services.site.actor("mara"))
            posts = await records.posts.count_local()
        for namespace, name in files:
            assert await services.media.exists(namespace, name), name  # type: ignore[arg-type]
    return posts


async def test_a_backup_becomes_an_instance_again_with_its_keys_and_sessions(
    services: Services, mara: Artist, toml: Path, elsewhere: Path, kept_aside: Path, capsys: Capture
) -> None:
    await publish(services, mara, 1)
    async with services.database.unit_of_work() as records:
        kept = {name: await records.secrets.find(name) for name in ("session_key", "capability_key", "base")}
        keys = [key.key_id for key in await records.keys.find_all(mara.pk)]
    await asyncio.to_thread(run, toml, "backup", kept_aside)
    manifest = read_manifest(kept_aside)
    state = kept_aside / manifest.state
    assert (manifest.base, manifest.media_files) == ("https://studio.example", len(read_media_list(state)))
    assert {path.stat().st_mode & 0o077 for path in (kept_aside, state, *state.rglob("*"))} == {0}
    assert json.loads((state / "secrets.json").read_bytes())["session_key"] == kept["session_key"]
    await asyncio.to_thread(run, elsewhere, "restore", kept_aside)
    assert "is here again" in capsys.readouterr().out
    assert await count_whole_works(elsewhere) == 1
    async with open_services(load_config(elsewhere)) as again, again.database.reading() as records:
        assert {name: await records.secrets.find(name) for name in kept} == kept
        assert [key.key_id for key in await records.keys.find_all(mara.pk)] == keys
        assert again.session_key == services.session_key


async def test_the_next_backup_takes_what_is_new_and_drops_what_is_gone(
    services: Services, mara: Artist, toml: Path, kept_aside: Path, capsys: Capture
) -> None:
    await publish(services, mara, 1)
    await asyncio.to_thread(run, toml, "backup", kept_aside)
    first = read_manifest(kept_aside)
    gone = next(file for file in read_media_list(kept_aside / first.state) if file.namespace == "private")
    await services.media.delete("private", gone.name)
    await publish(services, mara, 2)
    capsys.readouterr()
    await asyncio.to_thread(run, toml, "backup", kept_aside)
    second = read_manifest(kept_aside)
    new = second.media_files - first.media_files + 1
    assert f"{new} of them new" in capsys.readouterr().out
    assert not LocalMedia(kept_aside / "media").path("private", gone.name).exists()
    assert [path.name for path in kept_aside.glob("state-*")] == [second.state]
    async with services.database.reading() as records:
        (row,) = await records.backups.find_all()
    assert (row.destination, row.files) == (str(kept_aside), second.media_files)


async def test_a_backup_taken_while_works_are_published_names_no_missing_file(
    services: Services, mara: Artist, toml: Path, elsewhere: Path, kept_aside: Path
) -> None:
    await publish(services, mara, 0)
    number, said = 1, list[str]()
    backup = asyncio.create_task(make_backup(services, kept_aside, toml, said.append))
    while not backup.done():
        await publish(services, mara, number)
        number += 1
    assert len(said) == 3
    await asyncio.to_thread(run, elsewhere, "restore", kept_aside)
    assert 1 <= await count_whole_works(elsewhere) <= number


async def test_a_backup_that_is_killed_leaves_the_one_before_it(
    services: Services, mara: Artist, toml: Path, elsewhere: Path, kept_aside: Path
) -> None:
    await publish(services, mara, 1)
    await asyncio.to_thread(run, toml, "backup", kept_aside)
    before = (kept_aside / "manifest.json").read_bytes()
    await publish(services, mara, 2)
    await kill_backup_after(2, toml, kept_aside)
    assert (kept_aside / "manifest.json").read_bytes() == before
    await asyncio.to_thread(run, elsewhere, "restore", kept_aside)
    assert await count_whole_works(elsewhere) == 1
    await asyncio.to_thread(run, toml, "backup", kept_aside)
    assert len(list(kept_aside.glob("state-*"))) == 1


async def kill_backup_after(steps: int, toml: Path, folder: Path) -> None:
    """Kill a backup when it has said what it begins to do so many times. It stops there, so that it cannot end."""
    command = (sys.executable, "-c", STOPPING, str(steps), "backup", str(folder), "--config", str(toml))
    process = await asyncio.create_subprocess_exec(
        *command, stdin=DEVNULL, stdout=DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    for _ in range(steps):
        assert b"copying" in await process.stderr.readline()
    process.send_signal(signal.SIGKILL)
    assert await process.wait() == -signal.SIGKILL


# Says what the command says, and waits to be killed after so many lines.
STOPPING = """
import sys, time
from cara_fed.__main__ import main
from cara_fed.accounts.create_artist import NewArtist, create_artist
write, left = sys.stderr.write, [int(sys.argv.pop(1))]
def stop(text):
    write(text)
    sys.stderr.flush()
    left[0] -= 1
    if not left[0]:
        time.sleep(60)
sys.stderr.write = stop
sys.exit(main())
"""


async def test_nothing_is_restored_over_anything(
    services: Services, mara: Artist, toml: Path, elsewhere: Path, kept_aside: Path, capsys: Capture
) -> None:
    await publish(services, mara, 1)
    await asyncio.to_thread(run, toml, "backup", kept_aside)
    capsys.readouterr()
    await asyncio.to_thread(run, toml, "restore", kept_aside, code=1)
    assert "there is an instance here already" in capsys.readouterr().err
    await open_media(str(elsewhere.parent / "data" / "media")).put("private", "0" * 64, b"precious")
    await asyncio.to_thread(run, elsewhere, "restore", kept_aside, code=1)
    assert "holds pictures already" in capsys.readouterr().err
    assert not (elsewhere.parent / "data" / "cara.sqlite3").exists()


async def test_a_damaged_backup_is_refused_before_anything_is_made(
    services: Services, mara: Artist, toml: Path, elsewhere: Path, kept_aside: Path, capsys: Capture
) -> None:
    await publish(services, mara, 1)
    await asyncio.to_thread(run, toml, "backup", kept_aside)
    manifest = read_manifest(kept_aside)
    state = kept_aside / manifest.state
    picture = next(iter(read_media_list(state)))
    path = LocalMedia(kept_aside / "media").path(picture.namespace, picture.name)
    other = elsewhere.parent / "other"
    for damaged, said in (
        (path, "is damaged"),
        (state / "database" / "cara.sqlite3", "SHA-256 differs"),
        (state / "media.txt", "SHA-256 differs"),
        (kept_aside / "manifest.json", "is damaged"),
    ):
        shutil.copytree(kept_aside, other)
        file = other / damaged.relative_to(kept_aside)
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 0xFF
        file.unlink()
        file.write_bytes(content)
        capsys.readouterr()
        await asyncio.to_thread(run, elsewhere, "restore", other, code=1)
        error = capsys.readouterr().err.splitlines()[-1]
        assert error.startswith("cara-fed: ") and said in error
        shutil.rmtree(other)
    assert not (elsewhere.parent / "data").exists()


async def test_a_backup_belongs_to_one_instance_and_one_folder(
    services: Services, toml: Path, kept_aside: Path, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").touch()
    await asyncio.to_thread(run, toml, "backup", tmp_path / "photos", code=1)
    assert "holds other files" in capsys.readouterr().err
    await asyncio.to_thread(run, toml, "backup", kept_aside)
    other = write_toml(tmp_path / "photos", "data/media")
    other.write_text(other.read_text().replace("studio.example", "gallery.example"))
    await asyncio.to_thread(run, other, "restore", kept_aside, code=1)
    assert "backup of https://studio.example" in capsys.readouterr().err
    with (
        pytest.raises(BackupUnusable, match=r"backup of https://studio\.example"),
        taken(kept_aside, "https://x.example"),
    ):
        pass


async def test_a_picture_that_was_damaged_before_is_told_and_left_out(
    services: Services, mara: Artist, toml: Path, kept_aside: Path, capsys: Capture
) -> None:
    await publish(services, mara, 1)
    names = [name async for name in services.media.names("private")]
    name = names.pop()
    path = services.media.path("private", name)
    assert path is not None
    path.write_bytes(b"rotten")
    await asyncio.to_thread(run, toml, "backup", kept_aside, code=1)
    assert name in capsys.readouterr().err
    assert read_manifest(kept_aside).media_files > 0


async def test_pictures_in_an_object_store_are_copied_and_put_back(
    services: Services,
    mara: Artist,
    toml: Path,
    elsewhere: Path,
    kept_aside: Path,
    s3_server: S3Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CARA_FED_S3_SECRET_ACCESS_KEY", "secret")
    await publish(services, mara, 1)
    await asyncio.to_thread(run, toml, "backup", kept_aside)
    in_store = write_toml(elsewhere.parent, f"s3://{s3_server.make_bucket()}/studio", s3_server.endpoint)
    await asyncio.to_thread(run, in_store, "restore", kept_aside)
    assert await count_whole_works(in_store) == 1
    second = kept_aside.with_name("second")
    await asyncio.to_thread(run, in_store, "backup", second)
    assert read_manifest(second).media_files == read_manifest(kept_aside).media_files
    assert os.listdir(second / "media") and not list(second.glob("fetch-*"))


async def test_keys_from_the_surroundings_go_along(
    config: Config, toml: Path, elsewhere: Path, kept_aside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARA_FED_SESSION_KEY", "s" * 40)
    await asyncio.to_thread(run, toml, "backup", kept_aside)
    monkeypatch.delenv("CARA_FED_SESSION_KEY")
    await asyncio.to_thread(run, elsewhere, "restore", kept_aside)
    async with open_services(load_config(elsewhere)) as again:
        assert again.session_key == b"s" * 40


async def test_sealed_originals_stay_sealed_and_need_their_key(
    config: Config, toml: Path, elsewhere: Path, kept_aside: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("CARA_FED_ORIGINALS_KEY", "ab" * 32)
    async with open_services(load_config(toml)) as services:
        original = (await publish_original(services)).original_hash
    for _ in range(2):
        await asyncio.to_thread(run, toml, "backup", kept_aside)
    (sealed,) = [file for file in read_media_list(kept_aside / read_manifest(kept_aside).state) if file.sealed]
    kept = LocalMedia(kept_aside / "media").path("private", original or "").read_bytes()
    assert (sealed.name, kept[:8]) == (original, b"cara_fed")
    for key in ("", "cd" * 32):
        monkeypatch.setenv("CARA_FED_ORIGINALS_KEY", key)
        await asyncio.to_thread(run, elsewhere, "restore", kept_aside, code=1)
        assert "originals_key_file" in capsys.readouterr().err
    monkeypatch.setenv("CARA_FED_ORIGINALS_KEY", "ab" * 32)
    await asyncio.to_thread(run, elsewhere, "restore", kept_aside)
    async with open_services(load_config(elsewhere)) as again:
        assert hashlib.sha256(await again.media.read("private", original or "")).hexdigest() == original


async def publish_original(services: Services) -> Attachment:
    mara = await create_artist(services, NewArtist("mara"))
    post = await publish(services, mara, 1)
    async with services.database.reading() as records:
        return (await records.attachments.find_for_posts([post.pk]))[post.pk][0].attachment


async def test_postgresql_is_copied_and_put_back(
    postgres_server: PostgresServer, tmp_path: Path, kept_aside: Path
) -> None:
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    here, there = (write_toml(tmp_path / name, "data/media") for name in ("here", "there"))
    for toml in (here, there):
        database = f'database = "{postgres_server.make_database()}"'
        toml.write_text(re.sub("database = .*", database, toml.read_text()))
    async with open_services(load_config(here)) as old:
        await publish_original(old)
    await asyncio.to_thread(run, here, "backup", kept_aside)
    await asyncio.to_thread(run, there, "restore", kept_aside)
    assert await count_whole_works(there) == 1
    await asyncio.to_thread(run, there, "restore", kept_aside, code=1)
