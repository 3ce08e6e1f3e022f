"""PostgreSQL: how its connections are opened."""

from typing import Any

from sqlalchemy import URL, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.errors import DatabaseUnsupported

NUL, REPLACEMENT = "\x00", "\ufffd"


def open_engine(url: URL) -> AsyncEngine:
    """The engine for reading and writing; connections that the server dropped are noticed before their use."""
    try:
        engine = create_async_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise DatabaseUnsupported(f"postgresql+asyncpg:// needs {error.name}: install cara-fed[postgres]") from error
    event.listen(engine.sync_engine, "before_cursor_execute", _replace_nul, retval=True)
    return engine


def _replace_nul(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> tuple[str, Any]:
    """PostgreSQL cannot keep the character NUL in text, and anybody may send us one; SQLite can."""
    if isinstance(parameters, list):
        return statement, [_without_nul(row) for row in parameters]
    return statement, _without_nul(parameters)


def _without_nul(row: Any) -> Any:
    if not any(isinstance(value, str) and NUL in value for value in row):
        return row
    return tuple(value.replace(NUL, REPLACEMENT) if isinstance(value, str) else value for value in row)
