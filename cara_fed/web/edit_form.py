"""The form for changing a post: its words, and what is said about its pictures. The pictures themselves stay."""

from collections.abc import Mapping
from dataclasses import replace

from cara_fed.publishing.drafts import MAX_ALT, MAX_TEXT, MAX_WARNING, KeptPicture, PictureDraft, PostEdit
from cara_fed.web.forms import FormReader, read_opt_out
from cara_fed.web.parts import FormView


def read_edit_form(fields: Mapping[str, str], before: PostEdit) -> PostEdit:
    """Fields ``text``, ``content_warning``, ``sensitive``, ``opt_out`` and, for the Nth picture from 0, ``alt-N``."""
    reader = FormReader(fields)
    content_warning = reader.line("content_warning", limit=MAX_WARNING)
    edit = replace(
        before,
        text=reader.text("text", limit=MAX_TEXT),
        pictures=tuple(_read_picture(reader, n, picture) for n, picture in enumerate(before.pictures)),
        content_warning=content_warning,
        sensitive=reader.flag("sensitive") or bool(content_warning),
        opt_out=read_opt_out(reader),
    )
    if not edit.text and not edit.pictures:
        reader.refuse("text", "A post without pictures needs some text.")
    reader.finish()
    return edit


def fill_in(edit: PostEdit) -> FormView:
    """The form as the post stands."""
    alts = {f"alt-{n}": picture.alt for n, picture in enumerate(edit.pictures)}
    ticked = {"sensitive": "1"} if edit.sensitive else {}
    words = {"text": edit.text, "content_warning": edit.content_warning, "opt_out": edit.opt_out or ""}
    return FormView({**words, **alts, **ticked})


def _read_picture(reader: FormReader, number: int, picture: KeptPicture | PictureDraft) -> KeptPicture | PictureDraft:
    name = f"alt-{number}"
    return replace(picture, alt=reader.text(name, limit=MAX_ALT)) if name in reader.fields else picture
