"""A PostgreSQL server of its own for the tests that want one; they are skipped where its programs are missing."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

DATABASE_NUMBERS = count(1)

# Nothing of this server is to survive the tests, so it need not wait for the disk.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "16MB",
    "synchronous_commit": "off",
}


@dataclass(frozen=True)
class PostgresServer:
    """A running server that listens on a socket in `folder` and lets everybody in."""

    folder: Path

    def make_database(self, template: str = "template0") -> str:
        """A new database, empty or a copy of another that nobody uses at the moment; its URL."""
        name = f"test_{next(DATABASE_NUMBERS)}"
        run(self.folder, "createdb", "-h", str(self.folder), "-U", "postgres", "-T", template, name)
        return self.url_of(name)

    def url_of(self, name: str) -> str:
        return f"postgresql+asyncpg://postgres@/{name}?host={self.folder}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    if find_programs() is None:
        pytest.skip("PostgreSQL's server programs are not installed")
    with start_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    return postgres_server.make_database()


def find_programs() -> Path | None:
    """The folder of initdb and pg_ctl: Debian keeps them out of the path."""
    if (found := shutil.which("initdb")) is not None:
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return folders[-1].parent if folders else None


@contextmanager
def start_postgres() -> Iterator[PostgresServer]:
    # A short path, because a socket's may have 107 characters at most; and one that the other account may enter.
    folder = Path(tempfile.mkdtemp(prefix="cara-fed-pg-", dir="/tmp"))
    try:
        give_away(folder)
        data = str(folder / "data")
        run(
            folder, "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"
        )
        options = " ".join(f"-c {name}='{value}'" for name, value in SETTINGS.items()) + f" -k {folder}"
        run(folder, "pg_ctl", "-D", data, "-l", str(folder / "log"), "-o", options, "-w", "-t", "60", "start")
        try:
            yield PostgresServer(folder)
        finally:
            run(folder, "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(folder: Path, program: str, *arguments: str) -> None:
    programs = find_programs()
    assert programs is not None
    command = [*as_other_account(), str(programs / program), *arguments]
    # Its output goes to a file: a server that inherits a pipe keeps it open, and reading would never end.
    with (folder.parent / f"{folder.name}.out").open("w+b") as output:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", timeout=120)
        output.seek(0)
        said = output.read().decode(errors="replace")
    Path(output.name).unlink()
    assert done.returncode == 0, f"{program}: {said}"


def as_other_account() -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", account(), "--"] if os.geteuid() == 0 else []


def give_away(folder: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, account())


def account() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
