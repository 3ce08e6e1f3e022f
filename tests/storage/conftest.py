"""A database of each kind, empty or migrated."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from storage.database import Database
from storage.migrate import migrate
from tests.support.postgres import PostgresServer, postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]

KINDS = ["sqlite", "postgres"]


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/cara.sqlite3"


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "cara.sqlite3"
    migrate(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_name(postgres_server: PostgresServer) -> str:
    url = postgres_server.make_database()
    migrate(url)
    return str(make_url(url).database)


@pytest.fixture
def migrated_sqlite_url(migrated_file: Path, sqlite_url: str, tmp_path: Path) -> str:
    shutil.copy(migrated_file, tmp_path / "cara.sqlite3")
    return sqlite_url


@pytest.fixture
def migrated_postgres_url(migrated_name: str, postgres_server: PostgresServer) -> str:
    return postgres_server.make_database(template=migrated_name)


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"migrated_{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.dispose()
