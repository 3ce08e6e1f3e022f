"""instance.toml as it is now, beside what runs: what it says, what it would change, and every mistake in it."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cara_fed.config import Config, load_config, require_files
from cara_fed.errors import ConfigError
from cara_fed.running_config import flatten, is_live


@dataclass(frozen=True, slots=True)
class Setting:
    """One key: what runs, what the file says now, and what holds where it says nothing; each as TOML would."""

    key: str
    running: str
    stated: str
    default: str

    @property
    def would_change(self) -> bool:
        """Whether the file says something else than what runs."""
        return self.running != self.stated

    @property
    def is_live(self) -> bool:
        """Whether it is taken over without a restart."""
        return is_live(self.key)

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


async def read_settings_file(running: Config) -> SettingsFile:
    """Read the file anew; nothing of it is put in force, and nothing written. No secret stands in it."""
    return await asyncio.to_thread(_read, running)


def load_stated(path: Path) -> Config:
    """What the file says now, with the files that it names; raises ConfigError with every mistake."""
    stated = load_config(path)
    require_files(path, stated)
    return stated


def compare(running: Config, stated: Config) -> tuple[Setting, ...]:
    """Every key, as it runs and as it is stated."""
    now, said, default = flatten(running), flatten(stated), flatten(Config())
    return tuple(Setting(key, _write(now[key]), _write(said[key]), _write(default[key])) for key in said)


def _read(running: Config) -> SettingsFile:
    path = running.path
    try:
        return SettingsFile(path, compare(running, load_stated(path)))
    except ConfigError as error:
        mistakes = tuple(mistake.removeprefix(f"{path}: ") for mistake in error.mistakes)
        return SettingsFile(path, compare(running, running), mistakes)


def _write(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value, ensure_ascii=False)  # which TOML reads as the same text
        case list() | tuple():
            return f"[{', '.join(_write(item) for item in value)}]"
        case dict():
            return "{" + ", ".join(f"{name} = {_write(item)}" for name, item in value.items()) + "}"
    return str(value)
