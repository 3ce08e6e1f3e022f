"""The form for changing a post: its words, its pictures, and what is said about them."""

from collections.abc import Mapping
from dataclasses import replace

from activitypub.identifiers import read_pk
from activitypub.quotes import QuotePolicy
from cara_fed.protection.cloak.levels import Cloak
from cara_fed.publishing.drafts import MAX_ALT, MAX_TEXT, MAX_WARNING, KeptPicture, PictureDraft, PostEdit
from cara_fed.web.credit_form import FIELD, read_credits
from cara_fed.web.forms import FormReader, Upload, chosen_file, read_cloak, read_opt_out
from cara_fed.web.opt_out_form import NO_LICENSE, read_digital_source, read_license
from cara_fed.web.parts import FormView
from cara_fed.web.publish_form import read_focus, write_focus
from cara_fed.web.uploads import path_of
from cara_fed.words.speech import _

NEW = "picture-new"


def read_edit_form(fields: Mapping[str, str], files: Mapping[str, Upload], before: PostEdit) -> PostEdit:
    """Fields ``text``, ``content_warning``, ``sensitive``, ``opt_out``, ``license``, ``digital_source_type``,
    ``credits``.

    For the Nth picture from 0 also ``alt-N``, ``focal-N``, ``opt_out-N``, where it goes (``place-N`` from 1, or out
    with ``remove-N``), and in its place a file ``picture-N`` with ``cloak-N``; one more at the end as ``picture-new``.
    """
    reader = FormReader(fields)
    pictures = {n: _read_picture(reader, files, n, picture) for n, picture in enumerate(before.pictures)}
    content_warning = reader.line("content_warning", limit=MAX_WARNING)
    edit = replace(
        before,
        text=reader.text("text", limit=MAX_TEXT),
        pictures=(*(pictures[n] for n in order_of(fields, len(pictures))), *_read_new(reader, files)),
        content_warning=content_warning,
        sensitive=reader.flag("sensitive") or bool(content_warning),
        opt_out=read_opt_out(reader),
        quote_policy=reader.choice("quote_policy", QuotePolicy, before.quote_policy),
        credits=read_credits(reader) if FIELD in fields else None,
        license=read_license(reader) if "license" in fields else before.license,
        digital_source_type=(
            read_digital_source(reader) if "digital_source_type" in fields else before.digital_source_type
        ),
    )
    if not edit.text and not edit.pictures:
        reader.refuse("text", _("A post without pictures needs some text."))
    reader.finish()
    return edit


def order_of(fields: Mapping[str, str], count: int) -> list[int]:
    """The numbers of the pictures that stay, from 0, in the order that was chosen.

    One that is put in another's place goes before it on its way up, and after it on its way down.
    """

    def place_of(number: int) -> tuple[int, int, int]:
        place = (read_pk(fields.get(f"place-{number}", "")) or number + 1) - 1
        return place, (place > number) - (place < number), number

    return sorted((n for n in range(count) if not fields.get(f"remove-{n}")), key=place_of)


def files_of(fields: Mapping[str, str], files: Mapping[str, Upload], count: int) -> list[str]:
    """The fields of the files that came with the form, in the order of the pictures that they become."""
    names = (*(f"picture-{n}" for n in order_of(fields, count)), NEW)
    return [name for name in names if chosen_file(files, name)]


def fill_in(edit: PostEdit) -> FormView:
    """The form as the post stands."""
    alts = {f"alt-{n}": picture.alt for n, picture in enumerate(edit.pictures)}
    points = [(n, picture.focal_point) for n, picture in enumerate(edit.pictures)]
    focuses = {f"focal-{n}": write_focus(*point) for n, point in points if point}
    answers = {f"opt_out-{n}": str(picture.opt_out or "") for n, picture in enumerate(edit.pictures)}
    quoting = {"quote_policy": str(edit.quote_policy)}
    rights = {"license": edit.license or NO_LICENSE, "digital_source_type": edit.digital_source_type}
    ticked = {"sensitive": "1"} if edit.sensitive else {}
    words = {"text": edit.text, "content_warning": edit.content_warning, "opt_out": edit.opt_out or ""}
    return FormView({**words, **quoting, **rights, **alts, **focuses, **answers, **ticked})


def _read_picture(
    reader: FormReader, files: Mapping[str, Upload], number: int, picture: KeptPicture | PictureDraft
) -> KeptPicture | PictureDraft:
    name, own = f"alt-{number}", f"opt_out-{number}"
    described = replace(picture, alt=reader.text(name, limit=MAX_ALT)) if name in reader.fields else picture
    stated = replace(described, opt_out=read_opt_out(reader, own)) if own in reader.fields else described
    upload = chosen_file(files, f"picture-{number}")
    if upload is not None:
        return _replace(stated, upload, read_cloak(reader, f"cloak-{number}"))
    point = read_focus(reader, f"focal-{number}")
    return replace(stated, focal_point=point) if point else stated


def _read_new(reader: FormReader, files: Mapping[str, Upload]) -> tuple[PictureDraft, ...]:
    upload, alt = chosen_file(files, NEW), reader.text("alt-new", limit=MAX_ALT)
    if upload is None:
        return ()
    return (PictureDraft(path_of(upload), alt=alt, name=upload.filename or "", cloak=read_cloak(reader, "cloak-new")),)


def _replace(picture: KeptPicture | PictureDraft, upload: Upload, cloak: Cloak | None) -> PictureDraft:
    """Another picture in the same place, with the same words; its focal point is sought anew."""
    return PictureDraft(
        path_of(upload),
        alt=picture.alt,
        name=upload.filename or "",
        sensitive=picture.sensitive,
        opt_out=picture.opt_out,
        cloak=cloak,
    )
