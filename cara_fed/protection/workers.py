"""The picture processes as the server sees them: bounded in number, memory and time, and replaced when they die."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from cara_fed.protection.errors import PictureProcessDied, TooManyBytes, TooMuchMemory, TooSlow
from cara_fed.protection.values import (
    Comparison,
    ComparisonRequest,
    Inspection,
    Likeness,
    Limits,
    ProtectedPicture,
    ProtectionRequest,
    ReportLine,
    VisibleMark,
)
from cara_fed.protection.wire import (
    HEAD,
    LANGUAGE,
    Json,
    dump_comparison_request,
    dump_inspection_request,
    dump_request,
    dump_showing_request,
    load_comparison,
    load_inspection,
    load_likeness,
    load_line,
    load_picture,
    load_refusal,
    pack,
    read_head,
)
from cara_fed.protection.words import say_too_large
from cara_fed.words.speech import _, later, spoken

Progress = Callable[[ReportLine], None]
Answer = TypeVar("Answer")

_ROOT = Path(__file__).parents[2]
_START_SECONDS = 60.0
_INHERITED = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT")  # nothing else: the environment may hold secrets
_DIED = later("The picture broke the process that worked on it; open it in a picture editor and export it anew.")
_NONSENSE = (ValueError, LookupError, TypeError)  # an answer that our own process would never give
_GONE = (asyncio.IncompleteReadError, ConnectionError)


class PictureWorkers:
    """Works on pictures outside the server's process, at most ``count`` at a time.

    A process starts with its first picture and stays for the next ones. Use as an async context manager, or close it.
    """

    def __init__(self, *, count: int = 1, max_memory_mib: int = 2048) -> None:
        self._max_memory_mib = max_memory_mib
        self._free = asyncio.Semaphore(count)
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()

    async def protect(
        self, data: bytes, request: ProtectionRequest, progress: Progress | None = None
    ) -> ProtectedPicture:
        """Waits for a free process and runs the picture there; ``progress`` hears of each step.

        Raises PictureRefused: TooSlow after ``limits.max_seconds``, PictureProcessDied where the process crashed or was
        killed, and whatever the pipeline refused. If the caller is cancelled, the process is killed.
        """
        require_bytes(data, request.limits)
        job = _Job(dump_request(request), (data,), request.limits.max_seconds, progress or _ignore)
        return await self._run(job, lambda answer, body: load_picture(answer["picture"], body))

    async def inspect(self, data: bytes, secret: bytes, limits: Limits) -> Inspection:
        """What a picture shows by itself: its look, and the mark of ``secret`` in it. Raises PictureRefused."""
        require_bytes(data, limits)
        job = _Job(dump_inspection_request(secret, limits), (data,), limits.max_seconds)
        return await self._run(job, lambda answer, _: load_inspection(answer["inspection"]))

    async def compare(self, found: bytes, known: bytes, wanted: ComparisonRequest, limits: Limits) -> Comparison:
        """Where in the known picture the found one lies. Raises PictureRefused."""
        require_bytes(found, limits)
        job = _Job(dump_comparison_request(wanted, len(known), limits), (known, found), limits.max_seconds)
        return await self._run(job, lambda answer, _: load_comparison(answer["comparison"]))

    async def look_at(self, data: bytes, limits: Limits) -> Likeness:
        """What a picture and its windows look like. Raises PictureRefused."""
        require_bytes(data, limits)
        job = _Job(dump_showing_request("look", limits), (data,), limits.max_seconds)
        return await self._run(job, lambda answer, _: load_likeness(answer["likeness"]))

    async def show_before(self, original: bytes, limits: Limits) -> bytes:
        """The original at the size of our pages, before anything was added; a WebP. Raises PictureRefused."""
        return await self._show(dump_showing_request("before", limits), limits, original)

    async def show_difference(self, original: bytes, published: bytes, limits: Limits) -> bytes:
        """What was changed, eight times as strong, on grey; a WebP. Raises PictureRefused."""
        request = dump_showing_request("difference", limits, known_bytes=len(original))
        return await self._show(request, limits, original, published)

    async def show_mark(self, mark: VisibleMark, limits: Limits) -> tuple[bytes, str]:
        """A visible mark on a sample, as a WebP, and what of its text no font here draws."""
        job = _Job(dump_showing_request("mark", limits, mark=mark), (), limits.max_seconds)
        return await self._run(job, lambda answer, body: (body, str(answer["shown"]["undrawn"])))

    async def clean_logo(self, data: bytes, limits: Limits) -> str:
        """A logo as it is kept, in base64. Raises PictureRefused."""
        return (await self._show(dump_showing_request("logo", limits), limits, data)).decode()

    async def _show(self, request: Json, limits: Limits, *files: bytes) -> bytes:
        return await self._run(_Job(request, files, limits.max_seconds), lambda _, body: body)

    async def _run(self, job: "_Job", read: Callable[[Json, bytes], Answer]) -> Answer:
        async with self._free, self._borrow() as worker:
            return await worker.run(job, read)

    @asynccontextmanager
    async def _borrow(self) -> AsyncIterator["_Worker"]:
        worker = await self._find_idle() or await _start_worker(self._max_memory_mib)
        self._busy.add(worker)
        try:
            yield worker
        finally:
            self._busy.discard(worker)
            if worker.is_reusable:
                self._idle.append(worker)
            else:
                await worker.kill()

    async def _find_idle(self) -> "_Worker | None":
        """An idle process that still lives; one that was killed meanwhile is no picture's fault."""
        while self._idle:
            worker = self._idle.pop()
            if worker.process.returncode is None:
                return worker
            await worker.kill()
        return None

    async def aclose(self) -> None:
        """Kills all processes; pictures being worked on are refused."""
        for worker in (*self._idle, *self._busy):
            await worker.kill()
        self._idle.clear()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


def require_bytes(data: bytes, limits: Limits) -> None:
    """Raises TooManyBytes before anything is sent anywhere."""
    most = limits.max_bytes
    if len(data) > most:
        raise TooManyBytes(say_too_large(len(data), most))


def _ignore(line: ReportLine) -> None:
    pass


@dataclass(frozen=True, slots=True)
class _Job:
    """What a process is to do: the request, and the files behind it."""

    request: Json
    files: tuple[bytes, ...]
    max_seconds: float
    progress: Progress = _ignore


async def _start_worker(max_memory_mib: int) -> "_Worker":
    """Starts a fresh interpreter; a fork of the server would copy its threads' locks and its secrets."""
    environment = {name: value for name, value in os.environ.items() if name in _INHERITED}
    environment |= {"PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = (sys.executable, "-m", "cara_fed.protection.worker", str(max_memory_mib))
    process = await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, env=environment, cwd=_ROOT, start_new_session=True
    )
    worker = _Worker(process)
    try:
        async with asyncio.timeout(_START_SECONDS):
            await worker.receive()
    except (*_GONE, TimeoutError) as gone:
        await worker.kill()
        raise PictureProcessDied(
            _("The picture process could not be started; tell the admin of this server.")
        ) from gone
    except asyncio.CancelledError:
        await worker.kill()
        raise
    return worker


@dataclass(eq=False, slots=True)
class _Worker:
    """One process and the conversation with it."""

    process: Process
    is_reusable: bool = True

    async def run(self, job: "_Job", read: Callable[[Json, bytes], Answer]) -> Answer:
        """One job. Whatever goes wrong with the process, it is not used again."""
        self.is_reusable = False
        try:
            async with asyncio.timeout(job.max_seconds):
                await self._send({**job.request, LANGUAGE: spoken().tag}, *job.files)
                answer, body = await self._wait_for_answer(job.progress)
            return self._read_answer(answer, body, read)
        except TimeoutError as late:
            raise TooSlow(_("The picture took too long to work on and was stopped; export it smaller.")) from late
        except (*_GONE, *_NONSENSE) as gone:
            raise PictureProcessDied(_(_DIED)) from gone

    def _read_answer(self, answer: Json, body: bytes, read: Callable[[Json, bytes], Answer]) -> Answer:
        if "refused" not in answer:
            value = read(answer, body)
            self.is_reusable = True
            return value
        refusal = load_refusal(answer["refused"])
        self.is_reusable = not isinstance(refusal, TooMuchMemory)  # that process ends itself
        raise refusal

    async def _send(self, document: Json, *bodies: bytes) -> None:
        assert self.process.stdin  # noqa: S101 - asked for when it was started
        self.process.stdin.write(pack(document, *bodies))
        for body in bodies:
            self.process.stdin.write(body)
        await self.process.stdin.drain()

    async def _wait_for_answer(self, progress: Progress) -> tuple[Json, bytes]:
        while True:
            document, body = await self.receive()
            if "progress" not in document:
                return document, body
            progress(load_line(document["progress"]))

    async def receive(self) -> tuple[Json, bytes]:
        """The next message. Raises IncompleteReadError when the process has ended."""
        assert self.process.stdout  # noqa: S101 - asked for when it was started
        text_length, body_length = read_head(await self.process.stdout.readexactly(HEAD))
        text = await self.process.stdout.readexactly(text_length)
        document: Json = json.loads(text)
        return document, await self.process.stdout.readexactly(body_length)

    async def kill(self) -> None:
        """Ends the process, whatever it is doing, and waits until it is gone."""
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()
            with suppress(*_GONE):
                await self.process.stdin.wait_closed()
