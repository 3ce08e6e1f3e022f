"""The form of an artist's profile: words, lines, a portrait and a banner with what must stay in sight of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from cara_fed.publishing.drafts import MAX_ALT
from cara_fed.web.forms import MAX_NAME, FormReader, Upload, chosen_file
from cara_fed.web.publish_form import read_focus
from cara_fed.words.speech import _

MAX_SUMMARY, MAX_FIELD = 5000, 500
PROFILE_FIELDS = 4


@dataclass(frozen=True, slots=True)
class FacePicture:
    """A portrait or a banner: a new file, or None for what there is, unless that ``is_dropped``."""

    upload: Upload | None = None
    alt: str = ""
    focal_point: tuple[float, float] | None = None
    is_dropped: bool = False


@dataclass(frozen=True, slots=True)
class ProfileForm:
    """How an artist is shown. ``summary`` is the text as typed; ``fields`` are (name, value) pairs of text."""

    display_name: str
    summary: str
    fields: tuple[tuple[str, str], ...]
    manually_approves: bool
    discoverable: bool
    indexable: bool
    avatar: FacePicture
    banner: FacePicture
    attribution_domains: tuple[str, ...] = ()
    featured_tags: tuple[str, ...] = ()


def read_profile_form(fields: Mapping[str, str], files: Mapping[str, Upload]) -> ProfileForm:
    """Fields ``display_name``, ``summary``, ``field_name-N``, ``field_value-N``, three boxes, ``attribution_domains``,
    one a line, ``featured_tags`` with spaces between; files ``avatar`` and ``banner``, each with ``…_alt``, ``focal-…``
    and ``…_drop``."""
    reader = FormReader(fields)
    form = ProfileForm(
        display_name=reader.line("display_name", limit=MAX_NAME),
        summary=reader.text("summary", limit=MAX_SUMMARY),
        fields=_read_profile_fields(reader),
        manually_approves=reader.flag("manually_approves"),
        discoverable=reader.flag("discoverable"),
        indexable=reader.flag("indexable"),
        avatar=_read_face_picture(reader, files, "avatar"),
        banner=_read_face_picture(reader, files, "banner"),
        attribution_domains=tuple(reader.text("attribution_domains", limit=MAX_SUMMARY).split()),
        featured_tags=tuple(reader.text("featured_tags", limit=MAX_SUMMARY).replace(",", " ").split()),
    )
    reader.finish()
    return form


def _read_face_picture(reader: FormReader, files: Mapping[str, Upload], name: str) -> FacePicture:
    return FacePicture(
        chosen_file(files, name),
        reader.line(f"{name}_alt", limit=MAX_ALT),
        read_focus(reader, f"focal-{name}"),
        reader.flag(f"{name}_drop"),
    )


def _read_profile_fields(reader: FormReader) -> tuple[tuple[str, str], ...]:
    pairs = [
        (reader.line(f"field_name-{n}", limit=MAX_FIELD), reader.line(f"field_value-{n}", limit=MAX_FIELD))
        for n in range(PROFILE_FIELDS)
    ]
    for n, (name, value) in enumerate(pairs):
        if value and not name:
            reader.refuse(f"field_name-{n}", _("What is this? Give it a name, for example “Shop”."))
    return tuple(pair for pair in pairs if all(pair))
