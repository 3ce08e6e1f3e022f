"""The picture process: reads pictures from its input, answers with renditions, and dies with whoever started it.

Started as ``python -m cara_fed.protection.worker MEBIBYTES`` by PictureWorkers; it inherits no secrets, opens no file
but fonts and the cloak's model, and no connection.
"""

import json
import os
import queue
import resource
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

from cara_fed.protection.errors import BrokenPicture, PictureRefused, TooMuchMemory
from cara_fed.protection.pipeline import protect
from cara_fed.protection.recognition import compare, inspect, look
from cara_fed.protection.showing import clean_logo, show_before, show_difference, show_mark
from cara_fed.protection.values import MIB, ReportLine, VisibleMark
from cara_fed.protection.wire import (
    HEAD,
    LANGUAGE,
    Json,
    dump_comparison,
    dump_inspection,
    dump_likeness,
    dump_line,
    dump_picture,
    dump_refusal,
    load_comparison_request,
    load_limits,
    load_request,
    load_visible_mark,
    pack,
    read_head,
)
from cara_fed.words.speech import _, later, speak

_GRACE_SECONDS = 5  # the parent's own time limit strikes first; this one holds where the parent is stuck
_OUT_OF_MEMORY = 70

Job = tuple[Json, bytes]


def main() -> None:
    """Serves jobs until the input ends."""
    _limit_process(int(sys.argv[1]))
    jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
    # The input is watched while a picture is worked on, so that the end of the parent ends this process at once.
    threading.Thread(target=_watch_input, args=(sys.stdin.buffer, jobs), daemon=True).start()
    _send(sys.stdout.buffer, {"ready": True})
    while True:
        request, data = jobs.get()
        _limit_time(load_limits(request).max_seconds)
        speak(request[LANGUAGE])
        _answer(sys.stdout.buffer, request, data)
        del request, data


def _limit_process(mebibytes: int) -> None:
    with suppress(ValueError, OSError):  # not every system can bound address space
        resource.setrlimit(resource.RLIMIT_AS, (mebibytes * MIB, mebibytes * MIB))
    # A core dump would put a private picture on the disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time(seconds: float) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime + seconds * 2 + _GRACE_SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _watch_input(source: BinaryIO, jobs: "queue.SimpleQueue[Job]") -> None:
    try:
        while head := source.read(HEAD):
            text_length, body_length = read_head(head)
            request = json.loads(source.read(text_length))
            jobs.put((request, source.read(body_length)))
    finally:
        os._exit(0)


def _answer(out: BinaryIO, request: Json, data: bytes) -> None:
    try:
        _send(out, *_JOBS[request["job"]](out, request, data))
    except PictureRefused as refusal:
        _send(out, {"refused": dump_refusal(refusal)})
    except MemoryError:
        # What was half allocated is anyone's guess: say so, and let a fresh process take the next picture.
        _send(out, {"refused": dump_refusal(TooMuchMemory(_(_TOO_MUCH_MEMORY)))})
        os._exit(_OUT_OF_MEMORY)
    except Exception:  # noqa: BLE001 - the outermost loop of a worker
        traceback.print_exc()
        _send(out, {"refused": dump_refusal(BrokenPicture(_(_UNEXPECTED)))})


def _protect(out: BinaryIO, request: Json, data: bytes) -> tuple[Json, bytes]:
    def tell(line: ReportLine) -> None:
        _send(out, {"progress": dump_line(line)})

    document, body = dump_picture(protect(data, load_request(request), tell))
    return {"picture": document}, body


def _inspect(out: BinaryIO, request: Json, data: bytes) -> tuple[Json, bytes]:
    secret = bytes.fromhex(request["secret"])
    return {"inspection": dump_inspection(inspect(data, load_limits(request), secret))}, b""


def _compare(out: BinaryIO, request: Json, data: bytes) -> tuple[Json, bytes]:
    wanted, length = load_comparison_request(request), int(request["known_bytes"])
    compared = compare(data[length:], data[:length], wanted, load_limits(request))
    return {"comparison": dump_comparison(compared)}, b""


def _look(out: BinaryIO, request: Json, data: bytes) -> tuple[Json, bytes]:
    return {"likeness": dump_likeness(look(data, load_limits(request)))}, b""


def _show_before(out: BinaryIO, request: Json, data: bytes) -> tuple[Json, bytes]:
    return {"shown": {}}, show_before(data, load_limits(request))


def _show_difference(out: BinaryIO, request: Json, data: bytes) -> tuple[Json, bytes]:
    length = int(request["known_bytes"])
    return {"shown": {}}, show_difference(data[:length], data[length:], load_limits(request))


def _show_mark(out: BinaryIO, request: Json, data: bytes) -> tuple[Json, bytes]:
    mark = load_visible_mark(request["mark"])
    image, undrawn = show_mark(mark or VisibleMark())
    return {"shown": {"undrawn": undrawn}}, image


def _clean_logo(out: BinaryIO, request: Json, data: bytes) -> tuple[Json, bytes]:
    return {"shown": {}}, clean_logo(data).encode()


_JOBS: dict[str, Callable[[BinaryIO, Json, bytes], tuple[Json, bytes]]] = {
    "protect": _protect,
    "inspect": _inspect,
    "compare": _compare,
    "look": _look,
    "before": _show_before,
    "difference": _show_difference,
    "mark": _show_mark,
    "logo": _clean_logo,
}

_TOO_MUCH_MEMORY = later("The picture needs more memory than this server gives to one; export it smaller.")
_UNEXPECTED = later("The picture could not be worked on; open it in a picture editor and export it anew.")


def _send(out: BinaryIO, document: Json, body: bytes = b"") -> None:
    out.write(pack(document, body))
    out.write(body)
    out.flush()


if __name__ == "__main__":
    main()
