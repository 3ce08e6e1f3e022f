"""What artists state about rights, as documents and pages say it: the same words that stand in the files."""

from collections.abc import Mapping
from typing import Final

from activitypub.identifiers import Handle, Site
from activitypub.notes import Rights
from cara_fed.words.speech import later
from storage.artists import Artist
from storage.posts import Post

_CC: Final = "https://creativecommons.org"
LICENSES: Final[Mapping[str, str]] = {
    f"{_CC}/licenses/by/4.0/": "CC BY 4.0",
    f"{_CC}/licenses/by-sa/4.0/": "CC BY-SA 4.0",
    f"{_CC}/licenses/by-nd/4.0/": "CC BY-ND 4.0",
    f"{_CC}/licenses/by-nc/4.0/": "CC BY-NC 4.0",
    f"{_CC}/licenses/by-nc-sa/4.0/": "CC BY-NC-SA 4.0",
    f"{_CC}/licenses/by-nc-nd/4.0/": "CC BY-NC-ND 4.0",
    f"{_CC}/publicdomain/zero/1.0/": "CC0 1.0",
}
"""The licences that an artist may choose, by address; without one, all rights are reserved."""

_SOURCES: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
DIGITAL_SOURCES: Final[Mapping[str, str]] = {
    f"{_SOURCES}digitalCreation": later("Made by hand in a program"),
    f"{_SOURCES}print": later("Scanned or photographed from paper or canvas"),
    f"{_SOURCES}digitalCapture": later("Photographed digitally"),
    f"{_SOURCES}negativeFilm": later("Photographed on negative film"),
    f"{_SOURCES}positiveFilm": later("Photographed on slide film"),
    f"{_SOURCES}humanEdits": later("Photographed, then reworked by hand"),
    f"{_SOURCES}composite": later("Put together from several pictures"),
    f"{_SOURCES}screenCapture": later("Captured from a screen"),
    f"{_SOURCES}algorithmicMedia": later("Made by a program of mine, without AI"),
    f"{_SOURCES}compositeWithTrainedAlgorithmicMedia": later("Made with parts from an AI model"),
    f"{_SOURCES}trainedAlgorithmicMedia": later("Made by an AI model"),
}
"""How a work came into being, by IPTC's NewsCodes: what an artist may state."""


def copyright_of(handle: str) -> str:
    """The copyright notice. Without a year, so that no file need change with it."""
    return f"© {handle}"


def read_rights(artist: Artist, post: Post, site: Site) -> Rights:
    """The rights of a post and of each of its pictures."""
    handle = str(Handle(artist.name, site.domain))
    return Rights(
        license=post.license or "",
        acquire_license_page=artist.acquire_license_page or "",
        credit_text=handle,
        copyright_notice=copyright_of(handle),
        digital_source_type=post.digital_source_type or "",
    )
