"""The documents say what is true: keys, packages, rooms, commands and activities are held against the code."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from cara_fed.__main__ import build_parser
from cara_fed.config import Config
from cara_fed.inbox.handlers import inbox

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FEDERATION = (ROOT / "FEDERATION.md").read_text(encoding="utf-8")
DEPENDENCIES = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
INSTANCE = (ROOT / "instance.toml").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TOP_LEVEL = {
    *("cara_fed", "activitypub", "storage", "templates", "tests", "docs"),
    *("instance.toml", "pyproject.toml", "README.md", "Makefile", "FEDERATION.md", "CHANGELOG.md", "LICENSE"),
}


def keys_of(section: type[BaseModel]) -> Iterator[str]:
    for name, field in section.model_fields.items():
        if field.exclude:
            continue
        types = (field.annotation, *getattr(field.annotation, "__args__", ()))
        nested = [inner for inner in types if isinstance(inner, type) and issubclass(inner, BaseModel)]
        yield from (key for inner in nested for key in keys_of(inner))
        yield name


def test_every_key_of_the_configuration_stands_in_instance_toml() -> None:
    missing = [key for key in keys_of(Config) if not re.search(rf"\b{key}\b", INSTANCE)]
    assert missing == []


def test_every_registered_activity_stands_in_federation_md() -> None:
    missing = [pair for pair in inbox.pairs if f"`{pair[0]}({pair[1]})`" not in FEDERATION]
    assert missing == []


def test_every_dependency_has_its_reason() -> None:
    project = PYPROJECT["project"]
    extras = [item for items in project["optional-dependencies"].values() for item in items]
    development = PYPROJECT["dependency-groups"]["dev"]
    names = [re.split(r"[\[<>=~! ]", item)[0].lower() for item in (*project["dependencies"], *extras, *development)]
    assert [name for name in names if name not in DEPENDENCIES] == []


def test_every_room_stands_on_the_map() -> None:
    rooms = [path.parent.name for path in (ROOT / "cara_fed").glob("*/__init__.py")]
    assert [room for room in rooms if f"  {room}/" not in README] == []


def test_every_room_on_the_map_is_there() -> None:
    named = re.findall(r"^  (\w+)/ ", README, re.MULTILINE)
    assert [room for room in named if not (ROOT / "cara_fed" / room).is_dir()] == []


def test_the_top_level_holds_what_it_should() -> None:
    visible = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    made = {"data", "build", "cara_fed.egg-info"}
    assert visible - TOP_LEVEL - made == set()


@pytest.mark.parametrize("line", re.findall(r"`cara-fed ([a-z][^`]*)`", README))
def test_every_command_of_the_readme_is_understood(line: str) -> None:
    words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', line)]
    build_parser().parse_args(words)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_every_link_of_the_readme_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()
