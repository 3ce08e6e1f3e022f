"""instance.toml as it is now, beside what runs: what it says, what a restart would change, and every mistake in it."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cara_fed.config import Config, load_config, require_files
from cara_fed.errors import ConfigError

SETTINGS_FILE: Final = "instance.toml"


@dataclass(frozen=True, slots=True)
class Setting:
    """One key: what runs, what the file says now, and what holds where it says nothing; each as TOML would."""

    key: str
    running: str
    stated: str
    default: str

    @property
    def would_change(self) -> bool:
        """Whether a restart would change it."""
        return self.running != self.stated

    @property
    def is_own(self) -> bool:
        """Whether it is something else than the default."""
        return self.stated != self.default


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """Every setting, or why the file cannot be used: a restart would then fail."""

    path: Path
    settings: tuple[Setting, ...]
    mistakes: tuple[str, ...] = ()


async def read_settings_file(running: Config, path: Path) -> SettingsFile:
    """Read the file anew; nothing of it is put in force, and nothing written. No secret stands in it."""
    return await asyncio.to_thread(_read, running, path)


def _read(running: Config, path: Path) -> SettingsFile:
    try:
        stated = load_config(path)
        require_files(path, stated)
    except ConfigError as error:
        mistakes = tuple(mistake.removeprefix(f"{path}: ") for mistake in error.mistakes)
        return SettingsFile(path, tuple(_compare(running, running)), mistakes)
    return SettingsFile(path, tuple(_compare(running, stated)))


def _compare(running: Config, stated: Config) -> Iterator[Setting]:
    now, said = _flatten(running), _flatten(stated)
    default = _flatten(Config())
    for key in said:
        yield Setting(key, now.get(key, ""), said[key], default.get(key, ""))


def _flatten(config: Config) -> dict[str, str]:
    return dict(_leaves(config.model_dump(mode="json"), ""))


def _leaves(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _write(value)


def _write(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case list() | tuple():
            return f"[{', '.join(_write(item) for item in value)}]"
        case dict():
            return "{" + ", ".join(f"{name} = {_write(item)}" for name, item in value.items()) + "}"
    return str(value)
