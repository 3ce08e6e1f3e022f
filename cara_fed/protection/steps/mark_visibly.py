"""Step 12: the artist's own name or logo on the picture, where they want it seen."""

from dataclasses import replace

from cara_fed.protection.marks.visible import Stamp, build_stamp, put_on
from cara_fed.protection.picture import Picture
from cara_fed.protection.values import MarkLayout, ReportLine, VisibleMark
from cara_fed.words.speech import _, later

_ALL_OVER = later("%(mark)s stands all over the picture, at %(percent)s %% opacity.")
_IN_A_CORNER = later("%(mark)s stands in the corner of the picture, at %(percent)s %% opacity.")


def mark_visibly(picture: Picture) -> tuple[Picture, ReportLine]:
    """Puts the mark on the still, and keeps it for the frames of an animation; the original has none."""
    wanted = picture.request.visible_mark
    if wanted is None:
        return picture, ReportLine("mark_visibly", _("No visible mark was asked for."), {"is_marked": False})
    stamp = build_stamp(wanted)
    if stamp is None:
        text = _("The visible mark could not be drawn, so there is none; upload it as a logo in the settings.")
        return picture, ReportLine("mark_visibly", text, {"is_marked": False})
    marked = replace(picture, image=put_on(picture.image, stamp.image, wanted), stamp=stamp.image)
    facts = {"is_marked": True, "layout": wanted.layout.value, "opacity": wanted.opacity, "undrawn": stamp.undrawn}
    return marked, ReportLine("mark_visibly", _describe(wanted, stamp), facts)


def _describe(mark: VisibleMark, stamp: Stamp) -> str:
    what = _("Your logo") if mark.logo else _("“%(text)s”", text=mark.text)
    where = _ALL_OVER if mark.layout is MarkLayout.TILED else _IN_A_CORNER
    text = _(where, mark=what, percent=mark.opacity)
    if not stamp.undrawn:
        return text
    missing = _(
        "No font on this server draws %(letters)s: install one, or upload the mark as a logo.", letters=stamp.undrawn
    )
    return f"{text} {missing}"
