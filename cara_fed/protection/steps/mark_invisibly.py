"""Step 13: a number in the pixels that only this instance can read, and that outlasts being coded anew."""

from dataclasses import replace

from cara_fed.protection.marks.invisible import Marked, embed
from cara_fed.protection.picture import Picture
from cara_fed.protection.values import ReportLine
from cara_fed.words.speech import _, later

_TOO_SMALL = 64
_PROOF = 7.6
_WRITTEN = later("An invisible mark was written into the pixels, at %(decibels)s dB below the picture itself.")
_SURE = later("It was read again after JPEG q50, half the size with q60, and WebP q60.")
_WEAK = later(
    "The picture is too plain or too small for more: the mark is read in good copies and beside your original, "
    "but may not outlast strong compression."
)
_BESIDE = later("The picture is too plain for a mark that can be read alone: it is read only beside your original.")


def mark_invisibly(picture: Picture) -> tuple[Picture, ReportLine]:
    """Marks a still where a mark was asked for, and keeps the mark for the frames of an animation."""
    wanted = picture.request.invisible_mark
    if wanted is None:
        return picture, ReportLine("mark_invisibly", _("No invisible mark was asked for."), {"is_marked": False})
    if min(picture.image.size) < _TOO_SMALL:
        return picture, _unmarked(_("It is too small to bear an invisible mark."))
    marked = embed(picture.image, bytes.fromhex(wanted.secret), wanted.numbers)
    if marked is None:
        return picture, _unmarked(_("It is too plain to bear an invisible mark that nobody sees, so it has none."))
    text = _describe(marked)
    if picture.is_animated:
        text += " " + _("It is in the frames that move here too; a GIF for other servers cannot hold it.")
    facts = {
        "is_marked": True,
        "number": marked.number,
        "psnr": round(marked.psnr, 1),
        "weakest": round(marked.weakest, 1),
        "alone": round(marked.alone, 1),
        "is_sure": marked.is_sure,
    }
    return replace(picture, image=marked.image, frame_mark=marked.frames), ReportLine("mark_invisibly", text, facts)


def _unmarked(text: str) -> ReportLine:
    return ReportLine("mark_invisibly", text, {"is_marked": False})


def _describe(marked: Marked) -> str:
    written = _(_WRITTEN, decibels=f"{marked.psnr:.0f}")
    if marked.is_sure:
        return f"{written} {_(_SURE)}"
    return f"{written} {_(_WEAK if marked.alone >= _PROOF else _BESIDE)}"
