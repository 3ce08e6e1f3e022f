"""What the storage floor raises; every message is one line and safe to show to an admin."""


class StorageError(Exception):
    """Root of everything this floor raises on purpose."""


class NotFound(StorageError):
    """A `get_*` found no such row or file."""

    def __init__(self, noun: str, key: object) -> None:
        super().__init__(f"no {noun} {key}")


class AlreadyExists(StorageError):
    """A row with this natural key (a name, an id) is already there."""

    def __init__(self, noun: str, key: object) -> None:
        super().__init__(f"{noun} {key} exists already")


class DatabaseUnavailable(StorageError):
    """The database cannot be opened or reached."""


class DatabaseUnsupported(StorageError):
    """The database URL names something that this program cannot use, or not in this way."""


class DatabaseTooNew(StorageError):
    """The tables were made by a newer version of the program than this one."""


class MigrationFailed(StorageError):
    """A migration left rows that break a foreign key; nothing of it was kept."""


class MediaNameInvalid(StorageError):
    """A file's name is not its SHA-256 in hexadecimal, with or without an extension."""


class MediaUnavailable(StorageError):
    """The place that keeps the files cannot be reached, written or understood."""
