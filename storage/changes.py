"""Changes: how often this process wrote to which table, so that what was made of earlier rows is known to be old."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

_touched: ContextVar[set[str] | None] = ContextVar("tables written to in this transaction", default=None)


class Changes:
    """Counts by table. Another process's commits are not counted."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def count(self, *, without: frozenset[str] = frozenset()) -> int:
        """How many commits wrote to any tables but these."""
        return sum(times for table, times in self._counts.items() if table not in without)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Within, note which tables statements write to; count them where the block ends without an error."""
        touched: set[str] = set()
        _touched.set(touched)
        try:
            yield
        finally:
            _touched.set(None)
        for table in touched:
            self._counts[table] = self._counts.get(table, 0) + 1


def watch(engine: AsyncEngine) -> None:
    """Let the engine's writing statements be noted."""
    event.listen(engine.sync_engine, "before_cursor_execute", _note)


def _note(_connection: Any, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool) -> None:
    touched = _touched.get()
    if touched is not None and context is not None and (context.isinsert or context.isupdate or context.isdelete):
        touched.add(context.compiled.statement.table.name)
