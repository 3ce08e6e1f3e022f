"""Migrations: they agree with the models, and any number of processes may start at once."""

import asyncio
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import UniqueConstraint, text

from storage import migrations
from storage.database import Database
from storage.errors import DatabaseTooNew, DatabaseUnavailable, DatabaseUnsupported, MigrationFailed
from storage.migrate import migrate, newest_revision, run_alembic
from storage.records import TABLES

ROOT = Path(__file__).parents[2]
THREE_MIGRATE = """
import os, sys
from storage.migrate import migrate

is_parent = os.fork() and os.fork()  # three processes, of which one has read the program
migrate(sys.argv[1])
sys.exit(is_parent and any(os.wait()[1] for _ in range(2)))
"""


def test_models_and_migrations_agree(empty_url: str) -> None:
    migrate(empty_url)
    run_alembic(empty_url, command.check)


def test_the_newest_migration_is_the_one_with_the_highest_number() -> None:
    assert ScriptDirectory(next(iter(migrations.__path__))).get_heads() == [newest_revision()]


def test_a_difference_between_models_and_migrations_would_be_seen(empty_url: str) -> None:
    migrate(empty_url)
    run_alembic(empty_url, lambda config: config.attributes["connection"].execute(text("DROP INDEX ix_keys_artist_pk")))
    with pytest.raises(DatabaseTooNew, match="New upgrade operations"):
        run_alembic(empty_url, command.check)


def test_every_migration_can_be_undone(empty_url: str) -> None:
    migrate(empty_url)
    run_alembic(empty_url, partial(command.downgrade, revision="base"))
    migrate(empty_url)
    run_alembic(empty_url, command.check)


def test_processes_that_start_at_once_migrate_once(empty_url: str, tmp_path: Path) -> None:
    # Another working directory: nothing may be found by it.
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command_line = [sys.executable, "-W", "error", "-c", THREE_MIGRATE, empty_url]
    said = subprocess.run(command_line, cwd=tmp_path, env=environment, capture_output=True, timeout=120)
    assert said.returncode == 0, said.stderr.decode()
    run_alembic(empty_url, command.check)


async def test_migrating_beside_a_running_instance_disturbs_nobody(database: Database, database_url: str) -> None:
    async with database.reading() as records:
        await asyncio.to_thread(migrate, database_url)
        assert await records.artists.count() == 0


def test_tables_of_a_newer_version_are_left_alone(empty_url: str) -> None:
    migrate(empty_url)
    newer = text("UPDATE alembic_version SET version_num = '9999'")
    run_alembic(empty_url, lambda config: config.attributes["connection"].execute(newer))
    with pytest.raises(DatabaseTooNew, match="newer version"):
        migrate(empty_url)


def test_a_migration_that_fails_leaves_nothing_behind(empty_url: str) -> None:
    def fail_halfway(config: object) -> None:
        command.upgrade(config, "head")  # type: ignore[arg-type]
        raise CommandError("the second half is missing")

    with pytest.raises(DatabaseTooNew):
        run_alembic(empty_url, fail_halfway)
    migrate(empty_url)
    run_alembic(empty_url, command.check)


def test_a_migration_that_orphans_rows_is_refused(sqlite_url: str) -> None:
    migrate(sqlite_url)
    orphan = text("INSERT INTO post_tags (tag, post_pk) VALUES ('ink', 1)")
    with pytest.raises(MigrationFailed, match=r"1 rows .* in post_tags"):
        run_alembic(sqlite_url, lambda config: config.attributes["connection"].execute(orphan))
    run_alembic(sqlite_url, command.check)


def test_every_table_has_named_constraints_and_every_reference_an_index() -> None:
    for table in TABLES.tables.values():
        uniques = [constraint for constraint in table.constraints if isinstance(constraint, UniqueConstraint)]
        indexed = {next(iter(index.columns)).name for index in (*table.indexes, *uniques, table.primary_key)}
        assert all(constraint.name for constraint in table.constraints), table.name
        assert {key.parent.name for key in table.foreign_keys} <= indexed, table.name


@pytest.mark.parametrize(
    "url", ["mysql://localhost/x", "sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:", "sqlite:///x", "nonsense"]
)
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(DatabaseUnsupported):
        migrate(url)
    with pytest.raises(DatabaseUnsupported):
        Database(url)


def test_a_database_out_of_reach_is_one_clear_sentence(tmp_path: Path, postgres_url: str) -> None:
    (tmp_path / "file").write_text("not a folder")
    unreachable = [
        f"sqlite+aiosqlite:///{tmp_path}/file/cara.sqlite3",
        postgres_url.replace("/test_", "/absent_"),
        f"postgresql+asyncpg://postgres@/x?host={tmp_path}/nowhere",
        "postgresql+asyncpg://postgres@127.0.0.1:1/x",
    ]
    for url in unreachable:
        with pytest.raises(DatabaseUnavailable) as caught:
            migrate(url)
        assert "\n" not in str(caught.value)
