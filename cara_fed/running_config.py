"""What this process runs with: one value for each process, replaced as a whole, where instance.toml may change live."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError

from cara_fed.appearance.look import Look
from cara_fed.config import Config, read_mistakes
from cara_fed.errors import ConfigError

REVISION: Final = "settings"
PLAIN: Final = Look()
LIVE: Final = frozenset(
    {
        *("instance.name", "instance.description", "instance.contact_email", "instance.joining"),
        *("server.max_upload_mib", "server.upload_timeout_seconds"),
        *("federation.authorized_fetch", "federation.deliveries_per_second"),
        *("appearance", "opt_out", "posts", "blocklist", "evidence", "smtp"),
        *("protection.cloak", "protection.cloak_model", "protection.command", "protection.command_seconds"),
        *("protection.invisible_mark", "protection.max_file_mib", "protection.max_megapixels"),
        *("protection.max_frames", "protection.max_seconds"),
    }
)
"""Sections and keys that are taken over while serving; sockets, folders, keys and processes are opened at the start."""


class RunningConfig:
    """Holds the settings in force. ``revision`` is that of the last taking over that this process saw.

    ``is_asked`` is set from outside, as by SIGHUP, and read by the watch.
    """

    def __init__(self, config: Config, look: Look = PLAIN, revision: int = 0) -> None:
        self._now = (config, look)
        self.version = 0
        """Grows whenever others are in force, so that what was built of them is known to be old."""
        self.revision = revision
        self.is_asked = False

    @property
    def config(self) -> Config:
        """The settings in force; never changed, only replaced."""
        return self._now[0]

    @property
    def look(self) -> Look:
        """The look in force, read from the files that the settings name."""
        return self._now[1]

    def replace(self, config: Config, look: Look) -> bool:
        """Let these be in force from now on; whether they are others than before."""
        if (config, look) == self._now:
            return False
        self._now = (config, look)
        self.version += 1
        return True

    def ask(self) -> None:
        """Say that instance.toml is to be read anew; safe in a signal handler of the event loop."""
        self.is_asked = True


def is_live(key: str) -> bool:
    """Whether a dotted key is taken over without a restart."""
    return any(key == one or key.startswith(f"{one}.") for one in LIVE)


def flatten(config: Config) -> dict[str, Any]:
    """Every setting by its dotted key, as JSON would have it."""
    return dict(_leaves(config.model_dump(mode="json"), ""))


def take_live(running: Config, stated: Config) -> Config:
    """``running`` with what ``stated`` changes and is live. Raises ConfigError where both together make no sense."""
    merged = _merge(running.model_dump(mode="json"), stated.model_dump(mode="json"), "")
    try:
        return Config.model_validate({**merged, "folder": running.folder, "file": running.file})
    except ValidationError as error:
        raise ConfigError(read_mistakes(running.path, error)) from None


def _merge(running: Mapping[str, Any], stated: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for name, value in running.items():
        if isinstance(value, Mapping):
            merged[name] = _merge(value, stated[name], f"{prefix}{name}.")
        else:
            merged[name] = stated[name] if is_live(prefix + name) else value
    return merged


def _leaves(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
