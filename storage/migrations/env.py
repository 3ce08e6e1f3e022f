"""What Alembic runs for every command, over the connection that `storage.migrate` hands it."""

from alembic import context

from storage.records import TABLES

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=TABLES,
    # SQLite cannot alter most of a table in place: batches copy it.
    render_as_batch=True,
    # With our own BEGIN, SQLite undoes a half-done migration as PostgreSQL does; Alembic supposes that it cannot.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
