"""SQLite's dialect, told to SQLAlchemy in such a way that no statement is compiled twice in a process."""

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.util import LRUCache

DRIVER = "sqlite+cara_fed"
MOST_STATEMENTS = 1000

COMPILED: LRUCache[object, object] = LRUCache(MOST_STATEMENTS)
"""What was compiled, for the engine that writes as for the one that reads: to be each engine's ``compiled_cache``."""


class Dialect(SQLiteDialect_aiosqlite):
    """Any two are equal. SQLAlchemy keeps what it compiled by its dialect, and makes one for each engine."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(other) is Dialect

    def __hash__(self) -> int:
        return hash(Dialect)


registry.register(DRIVER.replace("+", "."), __name__, Dialect.__name__)
