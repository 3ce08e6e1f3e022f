"""Every message has its French, with the same placeholders and tags."""

import re
import tomllib
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po

from cara_fed.words.languages import FOLDER

ROOT = Path(__file__).parents[2]
COMPLETE = frozenset({"fr"})
"""Languages in which nothing may be missing. Others may be on their way."""
PLACEHOLDER, TAG = re.compile(r"%\((\w+)\)s"), re.compile(r"</?[a-z][^>]*>")


@pytest.fixture(scope="module")
def messages() -> Catalog:
    """Every message of the code and the templates, as `make translations` finds them."""
    catalog = Catalog()
    for mapping in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"]["mappings"]:
        options = {key: mapping[key] for key in mapping.keys() - {"method", "pattern"}}
        for path in sorted(ROOT.glob(mapping["pattern"].replace("**", "**/*"))):
            if path.suffix == ".py" and "words.speech" not in path.read_text(encoding="utf-8"):
                continue  # which saves most of the time
            found = extract_from_file(mapping["method"], path, {**DEFAULT_KEYWORDS, "later": None}, options=options)
            for line, message, _comments, context in found:
                catalog.add(message, locations=[(str(path.relative_to(ROOT)), line)], context=context)
    return catalog


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.po")), ids=lambda path: path.stem)
def test_no_message_is_missing_or_says_something_else(path: Path, messages: Catalog) -> None:
    with path.open("rb") as file:
        catalog = read_po(file)
    wrong = {}
    for message in messages:
        translated = catalog.get(message.id, message.context) if message.id else None
        if message.id and (fault := find_fault(message, translated, is_needed=path.stem in COMPLETE)):
            wrong[f"{message.locations[0][0]}:{message.locations[0][1]}: {message.id}"] = fault
    assert wrong == {}


def find_fault(message: Message, translated: Message | None, *, is_needed: bool) -> str:
    """What is wrong with a translation; empty where nothing is."""
    if translated is None or not all(_forms(translated.string)):
        return "missing" if is_needed else ""
    if translated.fuzzy:
        return "fuzzy"
    originals = _forms(message.id)
    names = {name for text in originals for name in PLACEHOLDER.findall(text)}
    for text in _forms(translated.string):
        used = set(PLACEHOLDER.findall(text))
        if used - names or (len(originals) == 1 and used != names):
            return f"other placeholders: {text}"
        if names and "%" in PLACEHOLDER.sub("", text).replace("%%", ""):
            return f"a lone percent sign: {text}"
        if sorted(TAG.findall(text)) != sorted(TAG.findall(originals[-1])):
            return f"other tags: {text}"
        if text.endswith("\n") != originals[-1].endswith("\n"):
            return f"another end of line: {text}"
    return ""


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)
