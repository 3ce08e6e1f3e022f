"""The publish form: pictures in their order, each with its alt text, and who may see them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from activitypub.audience import Visibility
from activitypub.opt_out import OptOut
from activitypub.quotes import QuotePolicy
from cara_fed.publishing.drafts import MAX_ALT, MAX_PICTURES, MAX_TEXT, MAX_WARNING
from cara_fed.web.forms import FormReader, Upload, chosen_file, read_opt_out, read_quote_policy
from cara_fed.web.opt_out_form import read_digital_source, read_license

_PLACE = re.compile(r"(?:picture|alt)-([0-9]{1,3})")


@dataclass(frozen=True, slots=True)
class PictureUpload:
    """One picture to be published, with its alt text; ``place`` is its number on the form.

    ``opt_out`` None says what the post says.
    """

    upload: Upload
    alt: str
    place: int
    opt_out: OptOut | None = None


@dataclass(frozen=True, slots=True)
class PublishForm:
    """What an artist wants published. ``opt_out`` and ``license`` None inherit; ``sensitive`` covers the pictures."""

    text: str
    pictures: tuple[PictureUpload, ...]
    content_warning: str
    sensitive: bool
    visibility: Visibility
    opt_out: OptOut | None
    license: str | None = None
    digital_source_type: str = ""
    quote_policy: QuotePolicy | None = None


def read_publish_form(
    fields: Mapping[str, str], files: Mapping[str, Upload], *, max_pictures: int = MAX_PICTURES
) -> PublishForm:
    """Fields ``text``, ``content_warning``, ``sensitive``, ``visibility``, ``opt_out``, ``license``,
    ``digital_source_type``, ``quote_policy``, ``picture-N`` with ``alt-N`` and ``opt_out-N``.

    Pictures stand in the order of their numbers N; places left empty are passed over.
    """
    reader = FormReader(fields)
    pictures = _read_pictures(reader, files, max_pictures)
    content_warning = reader.line("content_warning", limit=MAX_WARNING)
    form = PublishForm(
        text=reader.text("text", limit=MAX_TEXT),
        pictures=pictures,
        content_warning=content_warning,
        sensitive=reader.flag("sensitive") or bool(content_warning),
        visibility=reader.choice("visibility", Visibility, Visibility.PUBLIC),
        opt_out=read_opt_out(reader),
        license=read_license(reader),
        digital_source_type=read_digital_source(reader),
        quote_policy=read_quote_policy(reader),
    )
    if not form.text and not form.pictures:
        reader.refuse("picture-0", "Choose a picture, or write something.")
    reader.finish()
    return form


def _read_pictures(reader: FormReader, files: Mapping[str, Upload], max_pictures: int) -> tuple[PictureUpload, ...]:
    read = (_read_place(reader, files, place) for place in _places(reader.fields, files))
    pictures = tuple(picture for picture in read if picture is not None)
    if len(pictures) > max_pictures:
        reader.refuse("picture-0", f"A post holds at most {max_pictures} pictures; these are {len(pictures)}.")
    return pictures


def _read_place(reader: FormReader, files: Mapping[str, Upload], place: int) -> PictureUpload | None:
    upload, alt = chosen_file(files, f"picture-{place}"), reader.text(f"alt-{place}", limit=MAX_ALT)
    if upload is None and alt:
        reader.refuse(f"picture-{place}", "This text has no picture. Choose it again, or clear the text.")
    return PictureUpload(upload, alt, place, read_opt_out(reader, f"opt_out-{place}")) if upload is not None else None


def _places(fields: Mapping[str, str], files: Mapping[str, Upload]) -> list[int]:
    return sorted({int(match[1]) for name in (*fields, *files) if (match := _PLACE.fullmatch(name))})
