"""What is said of each measure on a picture's own page: what came of it here, and one honest paragraph."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cara_fed.web.mark_views import FileView, Measure
from cara_fed.words.speech import later

Line = Mapping[str, Any]

_HONEST = {
    "read_metadata": (
        later("Cleaned"),
        later(
            "What the file carried beside the pixels stays here. What is in the picture stays in the "
            "picture: a face, a street sign, a reflection, a signature."
        ),
    ),
    "cloak": (
        later("Cloak"),
        later(
            "A cloak is friction: it disturbs programs that learn from this very file with encoders like "
            "those it was made against. Published methods break it (Hönig et al. 2024, LightShed 2025). It "
            "has no effect on copies already taken."
        ),
    ),
    "mark_visibly": (
        later("Visible mark"),
        later(
            "It tells people whose work this is, wherever it goes. Programs that erase such marks exist, and "
            "a corner can be cut off."
        ),
    ),
    "mark_invisibly": (
        later("Invisible mark"),
        later(
            "It proves that a picture found elsewhere is this one. It stops nobody from using it, and "
            "somebody who knows of it can destroy it, by blurring or repainting the picture."
        ),
    ),
    "write_rights": (
        later("Rights"),
        later(
            "A statement in every file, which binds honest readers. A server that codes the picture anew, or "
            "a screenshot, loses it; a scraper may ignore it."
        ),
    ),
    "sign_manifest": (
        later("Signed manifest"),
        later(
            "It proves that this file came from here unchanged, to readers who trust this site's "
            "certificate. Most do not know it, and any change of the file removes it."
        ),
    ),
    "remember": (
        later("Remembered"),
        later(
            "Its look is kept here as a few bits, so that copies can be found again. Another picture that "
            "looks nearly the same may be taken for it; a turned or redrawn one is not found."
        ),
    ),
}
_PURPOSES = {
    "federated": later("For other servers"),
    "web": later("For this site"),
    "web_medium": later("For this site, on a fine screen"),
    "web_small": later("For this site, on a phone"),
    "web_plain": later("For this site, in old browsers"),
    "thumbnail": later("For lists and previews"),
    "moving": later("For this site, moving"),
}


def list_measures(report: Sequence[Line]) -> tuple[Measure, ...]:
    """Every measure that the pipeline told of, in its order."""
    return tuple(_list(report))


def _list(report: Sequence[Line]) -> Iterator[Measure]:
    for line in report:
        if line.get("step") in _HONEST:
            name, honest = _HONEST[str(line["step"])]
            yield Measure(name, str(line.get("text", "")), honest)


def list_removed(report: Sequence[Line]) -> tuple[str, ...]:
    """What stayed behind, each thing in words."""
    lines = (line for line in report if line.get("step") == "read_metadata")
    return tuple(str(one) for line in lines for one in line.get("facts", {}).get("left_behind", ()))


def describe_file(kind: str, facts: str, url: str) -> FileView:
    """One rendition."""
    return FileView(_PURPOSES.get(kind, kind), facts, url)
