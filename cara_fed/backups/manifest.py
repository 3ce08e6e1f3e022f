"""What a backup says of itself: whose it is, and what is in each of its files."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from cara_fed.errors import CaraFedError
from storage.media import Namespace

FORMAT: Final = 1
NAME: Final = "manifest.json"
MEDIA_LIST: Final = "media.txt"


class BackupUnusable(CaraFedError):
    """There is no whole backup in that folder; the sentence says what is wrong with it."""


class Manifest(BaseModel):
    """Written last, so that a backup without it was never finished.

    ``state`` is the folder of everything but the pictures; ``files`` gives the SHA-256 of each file in it, by its path
    there. Pictures stand in the file ``media.txt`` of that folder, and their names are their SHA-256.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1]
    version: str
    base: str
    made_at: AwareDatetime
    database: Literal["sqlite", "postgresql"]
    state: str
    files: Mapping[str, str]
    media_files: int
    media_bytes: int


class MediaFile(BaseModel):
    """A line of ``media.txt``: ``public/NAME SIZE``, and the SHA-256 of one that is kept sealed, as it is kept."""

    model_config = ConfigDict(frozen=True)

    namespace: Namespace
    name: str
    size: int
    sealed: str = ""

    @property
    def sha256(self) -> str:
        """What the file in the backup must be."""
        return self.sealed or self.name.partition(".")[0]


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a finished backup; raises BackupUnusable."""
    path = folder / NAME
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise BackupUnusable(f"{folder} holds no finished backup: there is no {NAME} in it") from None
    except OSError as error:
        raise BackupUnusable(f"{path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise BackupUnusable(f"{path} is damaged, or was written by a newer version of this program") from error


def find_known_files(folder: Path) -> dict[tuple[Namespace, str], MediaFile]:
    """What the finished backup in a folder says of its pictures; nothing where there is none, or a damaged one."""
    try:
        manifest = read_manifest(folder)
        return {(file.namespace, file.name): file for file in read_media_list(folder / manifest.state)}
    except (BackupUnusable, OSError, ValueError):
        return {}


def require_state(folder: Path, manifest: Manifest) -> Path:
    """The folder of everything but the pictures, each file as it was written; raises BackupUnusable."""
    state = folder / manifest.state
    for name, sha256 in manifest.files.items():
        path = state / name
        if not path.is_file():
            raise BackupUnusable(f"{path} is missing from the backup")
        if hash_file(path) != sha256:
            raise BackupUnusable(f"{path} is not what the backup wrote: its SHA-256 differs from the manifest's")
    return state


def hash_state(state: Path) -> dict[str, str]:
    """The SHA-256 of every file under a folder, by its path there."""
    return {str(path.relative_to(state)): hash_file(path) for path in sorted(state.rglob("*")) if path.is_file()}


def hash_file(path: Path) -> str:
    """SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_media_list(state: Path, files: Iterable[MediaFile]) -> None:
    """One line for each picture file."""
    lines = [f"{file.namespace}/{file.name} {file.size} {file.sealed}".rstrip() + "\n" for file in files]
    (state / MEDIA_LIST).write_text("".join(sorted(lines)), encoding="ascii")


def read_media_list(state: Path) -> tuple[MediaFile, ...]:
    """Every picture file of a backup whose state was found to be whole."""
    return tuple(map(_read_line, (state / MEDIA_LIST).read_text(encoding="ascii").splitlines()))


def build_manifest(
    *, version: str, base: str, made_at: datetime, database: str, state: Path, media: Iterable[MediaFile]
) -> Manifest:
    """The manifest of what stands in ``state`` and of the pictures beside it."""
    sizes = [file.size for file in media]
    return Manifest.model_validate(
        {
            "format": FORMAT,
            "version": version,
            "base": base,
            "made_at": made_at,
            "database": database,
            "state": state.name,
            "files": hash_state(state),
            "media_files": len(sizes),
            "media_bytes": sum(sizes),
        }
    )


def dump_manifest(manifest: Manifest) -> bytes:
    """The manifest as it is written, for people to read too."""
    return (json.dumps(manifest.model_dump(mode="json"), indent=1) + "\n").encode()


def _read_line(line: str) -> MediaFile:
    path, size, *sealed = line.split(" ")
    namespace, _, name = path.partition("/")
    return MediaFile.model_validate(
        {"namespace": namespace, "name": name, "size": int(size), "sealed": "".join(sealed)}
    )
