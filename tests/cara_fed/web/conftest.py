"""A whole instance, looked at through browsers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from cara_fed.accounts.create_artist import NewArtist, Role, create_artist
from cara_fed.app import build_app
from cara_fed.asgi import App
from cara_fed.config import Config
from cara_fed.services import Services, open_services
from storage.artists import Artist
from tests.support.browsers import PASSWORD, Browser
from tests.support.instances import CHEAP, DATABASE, begin_with, build_config, copy_database
from tests.support.network import Network

Open = Callable[..., Browser]
ROLES = {"mara": Role.ARTIST, "theo": Role.ARTIST, "ada": Role.ADMIN}


@pytest.fixture(scope="session")
def peopled_database(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Path:
    """The database with Mara and Theo, who are artists, and Ada, who runs the place: keys and passwords take time."""
    folder = copy_database(tmp_path_factory.mktemp("peopled"), empty_database)
    asyncio.run(_people(build_config(folder)))
    return folder / "data" / DATABASE


async def _people(config: Config) -> None:
    password_hash = CHEAP.hash(PASSWORD)
    async with open_services(config) as services:
        for name, role in ROLES.items():
            await create_artist(services, NewArtist(name, name.title(), role, password_hash))


@pytest.fixture
def config(tmp_path: Path, request: pytest.FixtureRequest) -> Config:
    """instance.toml of studio.example, with artists in it where the test asks for ``artists``."""
    return begin_with("peopled_database" if "artists" in request.fixturenames else "empty_database", tmp_path, request)


@pytest.fixture
def app(services: Services, network: Network) -> App:
    """studio.example, answering."""
    network.servers["studio.example"] = app = build_app(services)
    return app


@pytest.fixture
async def browse(app: App) -> AsyncIterator[Open]:
    """Opens another browser."""
    async with AsyncExitStack() as stack:

        def open_browser(address: str = "203.0.113.7") -> Browser:
            browser = Browser.at(app, address=address)
            stack.push_async_callback(browser.client.aclose)
            return browser

        yield open_browser


@pytest.fixture
def visitor(browse: Open) -> Browser:
    """Somebody who is not signed in."""
    return browse()


@pytest.fixture
async def artists(services: Services) -> dict[str, Artist]:
    """Mara, Theo and Ada."""
    async with services.database.reading() as records:
        return {artist.name: artist for artist in await records.artists.find_all()}


@pytest.fixture
async def mara_there(artists: dict[str, Artist], browse: Open) -> Browser:
    """Mara, signed in."""
    return await browse().log_in("mara")


@pytest.fixture
async def theo_there(artists: dict[str, Artist], browse: Open) -> Browser:
    """Theo, signed in."""
    return await browse().log_in("theo")


@pytest.fixture
async def ada_there(artists: dict[str, Artist], browse: Open) -> Browser:
    """Ada, signed in."""
    return await browse().log_in("ada")
