"""One opened instance without its web side, for tests of use cases and of workers."""

import asyncio
import shutil
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from PIL import Image

from cara_fed.accounts.create_artist import NewArtist, Role, create_artist
from cara_fed.asgi import Answer, Receive, Scope, Send, read_body
from cara_fed.clock import Clock
from cara_fed.config import Config
from cara_fed.services import Services, open_services
from storage.artists import Artist
from tests.support.clocks import StoryTime
from tests.support.network import Network
from tests.support.pictures import PicturesHere
from tests.support.rows import make_follower, make_remote_actor

DATABASE = "cara.sqlite3"
TAKEN = Answer(202)
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # a hash says itself what verifying it costs


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of studio.example as the first start leaves it, to be copied: making keys takes its time."""
    folder = tmp_path_factory.mktemp("empty")
    (folder / "data").mkdir()
    asyncio.run(_open_once(build_config(folder)))
    return folder / "data" / DATABASE


@pytest.fixture(scope="session")
def database_of_mara(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Path:
    """The same with mara in it, whose keys took their time too."""
    folder = copy_database(tmp_path_factory.mktemp("mara"), empty_database)
    asyncio.run(_add_mara(build_config(folder)))
    return folder / "data" / DATABASE


def copy_database(folder: Path, database: Path) -> Path:
    """The folder, with a copy of the database where an instance there looks for it."""
    (folder / "data").mkdir()
    shutil.copy(database, folder / "data" / DATABASE)
    return folder


async def _open_once(config: Config) -> None:
    async with open_services(config):
        pass


async def _add_mara(config: Config) -> None:
    async with open_services(config, clock=Clock(StoryTime().read)) as services:
        await create_artist(services, NewArtist("mara", "Mara Lind", Role.ARTIST))


@pytest.fixture
def time() -> StoryTime:
    """The time, which stands still until a test moves it."""
    return StoryTime()


@pytest.fixture
def network() -> Network:
    """The whole outside."""
    return Network()


@pytest.fixture
def config(tmp_path: Path, request: pytest.FixtureRequest) -> Config:
    """instance.toml of studio.example, with its data in a folder of its own."""
    return begin_with("database_of_mara" if "mara" in request.fixturenames else "empty_database", tmp_path, request)


@pytest.fixture
async def services(config: Config, network: Network, time: StoryTime) -> AsyncIterator[Services]:
    """The instance studio.example, opened."""
    opening = open_services(config, clock=Clock(time.read), transport=network, pictures=PicturesHere())
    async with opening as services:
        yield services


@pytest.fixture
async def mara(services: Services) -> Artist:
    """An artist of the instance."""
    async with services.database.reading() as records:
        return await records.artists.get("mara")


async def deeds(services: Services) -> list[tuple[str, str, str]]:
    """What those who run the place did, the newest first: by whom, what, and to whom or what."""
    async with services.database.reading() as records:
        return [(row.author, row.action, row.subject) for row in await records.audit_log.find_page()]


def begin_with(database: str, folder: Path, request: pytest.FixtureRequest) -> Config:
    """The settings of an instance in this folder, which begins with a copy of the database that a fixture made."""
    return build_config(copy_database(folder, request.getfixturevalue(database)))


def build_config(folder: Path, **sections: dict[str, Any]) -> Config:
    """The settings of studio.example; ``.example`` domains may be listed, for a private network is allowed."""
    whole: dict[str, dict[str, Any]] = {
        "instance": {"domain": "studio.example", "scheme": "https"},
        "storage": {"database": f"sqlite+aiosqlite:///data/{DATABASE}"},
        "federation": {"allowed_private_networks": ["127.0.0.0/8"], "timeout_seconds": 5},
    }
    merged = {name: {**whole.get(name, {}), **sections.get(name, {})} for name in {*whole, *sections}}
    return Config.model_validate({**merged, "folder": folder})


@dataclass
class Receiver:
    """Another server's inboxes: takes everything with 202, unless it was told to answer otherwise."""

    netloc: str
    network: Network
    answers: deque[Answer] = field(default_factory=deque)
    received: list[tuple[str, bytes]] = field(default_factory=list)
    always: Answer = TAKEN

    def __post_init__(self) -> None:
        self.network.servers[self.netloc] = self

    def answer(self, status: int, *headers: tuple[bytes, bytes], times: int = 1) -> None:
        """Answer the next requests so."""
        self.answers.extend([Answer(status, b"", headers)] * times)

    @property
    def paths(self) -> list[str]:
        """Where something came to, in order."""
        return [path for path, _ in self.received]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await read_body(scope, receive, max_bytes=2**24, seconds=5)
        answer = self.answers.popleft() if self.answers else self.always
        if answer.status < 300:
            self.received.append((scope["path"], body))
        await answer.send(send)


async def add_follower(services: Services, artist: Artist, actor_id: str, **columns: Any) -> None:
    """Let a remote actor follow an artist; ``columns`` are the actor's, as ``shared_inbox=None``."""
    async with services.database.unit_of_work() as records:
        await records.remote_actors.record(make_remote_actor(actor_id, **columns))
        await records.followers.record(make_follower(artist.pk, actor_id))


def jpeg(width: int = 640, height: int = 480, color: tuple[int, int, int] = (180, 90, 40), **options: Any) -> bytes:
    """A picture with a gradient in it, so that it is not taken for flat art."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    image = Image.blend(image, Image.new("RGB", (width, height), color), 0.5)
    out = BytesIO()
    image.save(out, "JPEG", quality=90, **options)
    return out.getvalue()
