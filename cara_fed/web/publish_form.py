"""The publish form: pictures in their order, each with what is said about it, who may see them, and when."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from activitypub.audience import Visibility
from activitypub.opt_out import OptOut
from activitypub.quotes import QuotePolicy
from cara_fed.protection.cloak.levels import Cloak
from cara_fed.publishing.drafts import (
    ALT_NEEDED,
    MAX_ALT,
    MAX_PICTURES,
    MAX_TEXT,
    MAX_WARNING,
    NO_CHOICE,
    CreditDraft,
    MarkChoice,
    PollDraft,
)
from cara_fed.web.credit_form import read_credits
from cara_fed.web.forms import FormReader, Upload, chosen_file, read_cloak, read_opt_out, read_quote_policy
from cara_fed.web.opt_out_form import read_digital_source, read_license
from cara_fed.web.poll_form import read_poll
from cara_fed.words.speech import _

NO_FILES: Mapping[str, Upload] = MappingProxyType({})
_PLACE = re.compile(r"(?:picture|upload|alt)-([0-9]{1,3})")
_FOCUS = re.compile(r"(-?[01](?:\.[0-9]{1,4})?) (-?[01](?:\.[0-9]{1,4})?)")


@dataclass(frozen=True, slots=True)
class FormPicture:
    """One picture to be published; ``place`` is its number on the form.

    ``upload`` is a file that came with the form, ``upload_pk`` one that was sent before: one of the two is there.
    ``opt_out`` or ``cloak`` None says what the post says, ``focal_point`` None lets the pipeline choose.
    """

    place: int
    alt: str
    upload: Upload | None = None
    upload_pk: int | None = None
    focal_point: tuple[float, float] | None = None
    opt_out: OptOut | None = None
    cloak: Cloak | None = None


@dataclass(frozen=True, slots=True)
class PublishForm:
    """What an artist wants published. ``opt_out`` and ``license`` None inherit; ``sensitive`` covers the pictures."""

    text: str
    pictures: tuple[FormPicture, ...]
    content_warning: str
    sensitive: bool
    visibility: Visibility
    opt_out: OptOut | None
    license: str | None = None
    digital_source_type: str = ""
    quote_policy: QuotePolicy | None = None
    poll: PollDraft | None = None
    cloak: Cloak | None = None
    marks: MarkChoice = NO_CHOICE
    accepts_matches: bool = False
    credits: tuple[CreditDraft, ...] = ()


def read_publish_form(
    fields: Mapping[str, str],
    files: Mapping[str, Upload],
    *,
    max_pictures: int = MAX_PICTURES,
    needs_alt: bool = False,
) -> PublishForm:
    """Fields ``text``, ``content_warning``, ``sensitive``, ``visibility``, ``opt_out``, ``license``,
    ``digital_source_type``, ``quote_policy``, ``cloak``, ``mark_visible``, ``mark_invisible``, ``accept_matches``,
    ``credits``, those of a poll, and for each picture ``picture-N`` or ``upload-N`` with ``alt-N``, ``focal-N``,
    ``opt_out-N`` and ``cloak-N``.

    Pictures stand in the order of their numbers N; places left empty, or ticked as ``remove-N``, are passed over.
    """
    reader = FormReader(fields)
    form = read_draft_fields(reader, files, max_pictures)
    if not form.text and not form.pictures:
        reader.refuse("picture-0", _("Choose a picture, or write something."))
    for picture in form.pictures if needs_alt else ():
        if not picture.alt:
            reader.refuse(f"alt-{picture.place}", _(ALT_NEEDED))
    reader.finish()
    return form


def read_draft_fields(
    reader: FormReader, files: Mapping[str, Upload] = NO_FILES, max_pictures: int = MAX_PICTURES
) -> PublishForm:
    """The same as far as it goes: what is wrong with it is left in the reader."""
    pictures = _read_pictures(reader, files, max_pictures)
    content_warning = reader.line("content_warning", limit=MAX_WARNING)
    text = reader.text("text", limit=MAX_TEXT)
    return PublishForm(
        text=text,
        pictures=pictures,
        content_warning=content_warning,
        sensitive=reader.flag("sensitive") or bool(content_warning),
        visibility=reader.choice("visibility", Visibility, Visibility.PUBLIC),
        opt_out=read_opt_out(reader),
        license=read_license(reader),
        digital_source_type=read_digital_source(reader),
        quote_policy=read_quote_policy(reader),
        poll=read_poll(reader, text),
        cloak=read_cloak(reader),
        marks=MarkChoice(_read_wish(reader, "mark_visible"), _read_wish(reader, "mark_invisible")),
        accepts_matches=reader.flag("accept_matches"),
        credits=read_credits(reader),
    )


def _read_wish(reader: FormReader, name: str) -> bool | None:
    """Yes, no, or as the artist's settings say."""
    return {"yes": True, "no": False}.get(reader.fields.get(name, ""))


def read_focus(reader: FormReader, name: str) -> tuple[float, float] | None:
    """A focal point as ``x y``, each from -1 to 1; None where nothing was chosen."""
    typed = reader.fields.get(name, "").strip()
    match = _FOCUS.fullmatch(typed)
    point = (float(match[1]), float(match[2])) if match else None
    if typed and (point is None or max(map(abs, point)) > 1):
        reader.refuse(name, _("Choose one of these."))
        return None
    return point


def write_focus(x: float, y: float) -> str:
    """A focal point as the form's field holds it."""
    return f"{x:.3g} {y:.3g}"


def _read_pictures(reader: FormReader, files: Mapping[str, Upload], max_pictures: int) -> tuple[FormPicture, ...]:
    read = (_read_place(reader, files, place) for place in _places(reader.fields, files))
    pictures = tuple(picture for picture in read if picture is not None)
    if len(pictures) > max_pictures:
        reader.refuse(
            "picture-0",
            _("A post holds at most %(limit)s pictures; these are %(count)s.", limit=max_pictures, count=len(pictures)),
        )
    return pictures


def _read_place(reader: FormReader, files: Mapping[str, Upload], place: int) -> FormPicture | None:
    if reader.flag(f"remove-{place}"):
        return None
    upload, alt = chosen_file(files, f"picture-{place}"), reader.text(f"alt-{place}", limit=MAX_ALT)
    upload_pk = None if upload else _read_number(reader, f"upload-{place}")
    if upload is None and upload_pk is None:
        if alt:
            reader.refuse(f"picture-{place}", _("This text has no picture. Choose it again, or clear the text."))
        return None
    focal_point, opt_out = read_focus(reader, f"focal-{place}"), read_opt_out(reader, f"opt_out-{place}")
    return FormPicture(place, alt, upload, upload_pk, focal_point, opt_out, read_cloak(reader, f"cloak-{place}"))


def _read_number(reader: FormReader, name: str) -> int | None:
    typed = reader.fields.get(name, "")
    return int(typed) if re.fullmatch(r"[1-9][0-9]{0,18}", typed) else None


def _places(fields: Mapping[str, str], files: Mapping[str, Upload]) -> list[int]:
    return sorted({int(match[1]) for name in (*fields, *files) if (match := _PLACE.fullmatch(name))})
