"""Documents as bytes with placeholders, built once for each state of the rows behind them."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import cache
from typing import Final

from activitypub.documents import Json, dump_document
from storage.columns import Table
from storage.statements import table_of

DOCUMENTS_IN_MEMORY: Final = 2000

Key = tuple[str, int]
"""What kind of document it is, and the key of its row."""

Version = tuple[object, ...]
"""Everything that a document is built from; compared as it is, for taking a digest costs as much as building."""


class DocumentCache:
    """The documents that were last asked for. One for each process.

    A document is told from an earlier one by all that it is built from, so nobody has to say that something changed.
    """

    def __init__(self, most: int = DOCUMENTS_IN_MEMORY) -> None:
        self._most = most
        self._held: OrderedDict[Key, tuple[Version, bytes]] = OrderedDict()

    def get(self, key: Key, version: Version, build: Callable[[], Json]) -> bytes:
        """The document's bytes: the ones held where `version` is still theirs, or else built anew."""
        held = self._held.get(key)
        if held is None or held[0] != version:
            held = (version, dump_document(build()))
            self._held[key] = held
        self._held.move_to_end(key)
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        return held[1]


def version_of(rows: Iterable[Table], *also: object) -> Version:
    """What tells one state of rows, and of plain values beside them, from every other."""
    return tuple(tuple(map(vars(row).get, _columns_of(type(row)))) for row in rows), also


@cache
def _columns_of(model: type[Table]) -> tuple[str, ...]:
    return tuple(column.name for column in table_of(model).columns)
