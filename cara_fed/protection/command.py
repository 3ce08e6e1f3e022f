"""``cara-fed protect IN OUT [--json]``: the pipeline alone, offline, for one file."""

import asyncio
import json
import sys
from pathlib import Path

from cara_fed.protection.errors import PictureRefused, TooManyBytes
from cara_fed.protection.values import Limits, ProtectedPicture, ProtectionRequest, Rendition, RenditionKind, Rights
from cara_fed.protection.wire import Json, dump_picture
from cara_fed.protection.words import say_too_large, size_in_words
from cara_fed.protection.workers import PictureWorkers
from cara_fed.words.writing import write_size

NO_AI_TRAINING = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING"
DEFAULT_REQUEST = ProtectionRequest(rights=Rights(data_mining=NO_AI_TRAINING))


def run_protect(
    source: Path,
    destination: str,
    *,
    as_json: bool = False,
    request: ProtectionRequest = DEFAULT_REQUEST,
    max_memory_mib: int = 2048,
) -> int:
    """Works on ``source`` and writes what came of it; 0 done, 1 refused with one sentence on stderr.

    A destination that is a folder, or ends with "/", gets every rendition, named by its kind; otherwise it is the file
    that the federated rendition is written to. The report goes to stdout.
    """
    try:
        data = _read(source, request.limits)
        picture = asyncio.run(_protect(data, request, max_memory_mib))
        written = _write(picture, source, destination)
    except (PictureRefused, OSError) as refusal:
        sys.stderr.write(f"{_explain(refusal)}\n")
        return 1
    report = _as_json(source, picture, written) if as_json else _in_words(picture, written)
    sys.stdout.write(report + "\n")
    return 0


def _read(source: Path, limits: Limits) -> bytes:
    size = source.stat().st_size
    if size > limits.max_bytes:
        raise TooManyBytes(say_too_large(size, limits.max_bytes))
    return source.read_bytes()


async def _protect(data: bytes, request: ProtectionRequest, max_memory_mib: int) -> ProtectedPicture:
    async with PictureWorkers(max_memory_mib=max_memory_mib) as workers:
        return await workers.protect(data, request)


def _explain(refusal: PictureRefused | OSError) -> str:
    if isinstance(refusal, PictureRefused):
        return str(refusal)
    return f"{refusal.filename or 'The file'}: {refusal.strerror or refusal}."


def _write(picture: ProtectedPicture, source: Path, destination: str) -> dict[RenditionKind, Path]:
    target = Path(destination)
    if destination.endswith("/") or target.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        paths = {one.kind: target / f"{one.kind.value}.{one.extension}" for one in picture.renditions}
    else:
        paths = {RenditionKind.FEDERATED: target}
    for one in picture.renditions:
        if one.kind in paths:
            _write_one(one, source, paths[one.kind])
    return paths


def _write_one(one: Rendition, source: Path, path: Path) -> None:
    """Never half a file, and never over the original, which is the artist's only whole copy."""
    if path.exists() and path.samefile(source):
        raise PictureRefused(f"{path} is the original itself; choose another name for what is made of it.")
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(one.data)
    partial.replace(path)


def _as_json(source: Path, picture: ProtectedPicture, written: dict[RenditionKind, Path]) -> str:
    document, _ = dump_picture(picture)
    renditions: list[Json] = document["renditions"]
    for one in renditions:
        path = written.get(RenditionKind(one["kind"]))
        one["path"] = str(path) if path else None
    return json.dumps({"input": str(source), **document}, ensure_ascii=False, indent=2)


def _in_words(picture: ProtectedPicture, written: dict[RenditionKind, Path]) -> str:
    lines = [f"- {line.text}" for line in picture.report]
    for one in picture.renditions:
        if one.kind in written:
            size = f"{size_in_words((one.width, one.height))}, {write_size(len(one.data))}"
            lines.append(f"{written[one.kind]}: {one.kind.value}, {one.media_type}, {size}")
    return "\n".join(lines)
