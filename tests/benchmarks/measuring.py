"""What the federation benchmarks share: the machine's own RSA rates, memory, and an instance opened in a new folder."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar

import uvloop

from activitypub.identifiers import fold_name
from activitypub.keys import generate_rsa, load_public_key
from activitypub.signatures.schemes import Scheme, is_valid
from cara_fed.accounts.key_rows import make_first_keys
from cara_fed.config import Config
from cara_fed.memory import keep_what_is_there
from cara_fed.services import Services, open_services
from storage.artists import Artist

SIGNATURES: Final = 80
VERIFICATIONS: Final = 400
MEBIBYTE: Final = 1024 * 1024
PAGE_BYTES: Final = 4096
Result = TypeVar("Result")
MESSAGE: Final = b"(request-target): post /inbox\nhost: studio.example\n" * 4


class RsaMeter:
    """RSA-2048 signatures made and verified per CPU-second on this machine: the limits that nothing passes.

    A shared machine is faster in one moment than in the next, so samples are taken between the parts of what is
    measured against them.
    """

    def __init__(self) -> None:
        self._key = generate_rsa()
        self._loaded = load_public_key(self._key.public_pem)
        self._signature = self._key.sign(MESSAGE)
        self._signing, self._verifying = Stopwatch(), Stopwatch()

    def sample(self) -> None:
        """Take a sample of both rates; some 30 ms."""
        with self._signing.running(SIGNATURES):
            for _ in range(SIGNATURES):
                self._key.sign(MESSAGE)
        with self._verifying.running(VERIFICATIONS):
            for _ in range(VERIFICATIONS):
                is_valid(self._loaded, (Scheme.RSA_SHA256,), self._signature, MESSAGE)

    @property
    def sign_rate(self) -> float:
        """Signatures per CPU-second over all samples."""
        return self._signing.rate

    @property
    def verify_rate(self) -> float:
        """Verifications per CPU-second over all samples."""
        return self._verifying.rate


@dataclass(slots=True)
class Stopwatch:
    """CPU-seconds of this process, its threads among them, and how much was done in them."""

    seconds: float = 0.0
    done: int = 0
    best: float = 0.0
    """The rate of the best part: what is left where nobody else wants the machine."""

    @contextmanager
    def running(self, amount: int) -> Iterator[None]:
        """Count the block's time, and ``amount`` as done in it."""
        began = time.process_time()
        yield
        spent = time.process_time() - began
        self.seconds += spent
        self.done += amount
        self.best = max(self.best, amount / spent)

    @property
    def rate(self) -> float:
        """What was done per CPU-second."""
        return self.done / self.seconds


def run(measuring: Coroutine[Any, Any, Result]) -> Result:
    """Run on the event loop that ``cara-fed serve`` runs on."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measuring)


def rss_mib() -> float:
    """What this process holds of memory at this moment, in MiB (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES / MEBIBYTE


def say(what: str, figure: float, unit: str = "", remark: str = "") -> None:
    """One line of a report."""
    sys.stdout.write(f"{what:42} {figure:9.1f} {unit:22} {remark}".rstrip() + "\n")
    sys.stdout.flush()


@asynccontextmanager
async def open_instance(**federation: object) -> AsyncIterator[Services]:
    """An instance with an artist, mara, that speaks http on loopback; gone with the block."""
    with TemporaryDirectory() as folder:
        chosen = {"allowed_private_networks": ["127.0.0.0/8"], **federation}
        config = Config.model_validate({"federation": chosen, "folder": Path(folder)})
        async with open_services(config) as services:
            await _add_artist(services)
            keep_what_is_there()
            yield services


async def _add_artist(services: Services) -> None:
    clock, name = services.clock, "mara"
    pk, now = clock.new_pk(), clock.now()
    keys = await make_first_keys(clock, services.site.actor(name), pk)
    async with services.database.unit_of_work() as records:
        await records.artists.add(Artist(pk=pk, name=name, folded=fold_name(name), created_at=now, updated_at=now))
        for key in keys:
            await records.keys.add(key)
