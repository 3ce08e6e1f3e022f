"""What Alembic runs for every command, over the connection that `storage.migrate` hands it."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import TypeDecorator

from storage.records import TABLES


def render_plain_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Draft a column with SQL's own type: a migration must not change with our classes."""
    return f"sa.{item.impl_instance!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=TABLES,
    render_item=render_plain_type,
    # SQLite cannot alter most of a table in place: batches copy it.
    render_as_batch=True,
    # With our own BEGIN, SQLite undoes a half-done migration as PostgreSQL does; Alembic supposes that it cannot.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
