"""What a trace found, in plain words: how sure it is, and why."""

from cara_fed.protection.values import Place
from cara_fed.recognition.trace import CERTAIN_PLACE, Left, Traced
from cara_fed.words.speech import _, later
from cara_fed.words.writing import write_number, write_percent

_FITS = later("Laid over the original it fits in every detail (%(likeness)s of 1): it shows %(share)s of it.")
_FITS_ROUGHLY = later("Laid over the original it fits roughly (%(likeness)s of 1): it may show %(share)s of it.")
_DOES_NOT_FIT = later("Laid over the original it does not fit (%(likeness)s of 1).")


def say_confidence(traced: Traced) -> str:
    """``Certain``, ``Likely`` or ``Alike``."""
    if traced.is_certain:
        return later("Certain")
    return later("Likely") if traced.comparison else later("Alike")


def list_reasons(traced: Traced) -> list[str]:
    """One sentence for each thing that speaks for it."""
    reasons = []
    if traced.mark is not None:
        reasons.append(
            _(
                "It bears this picture's invisible mark, as chance would less than once in %(number)s pictures.",
                number=_one_in(traced),
            )
        )
    if traced.comparison is not None:
        reasons.append(_say_place(traced.comparison.place))
    if traced.distance is not None:
        reasons.append(_("It looks the same at a glance: %(bits)s of 256 bits differ.", bits=traced.distance))
    if traced.comparison is not None and traced.mark is None and traced.picture.attachment.mark is not None:
        reasons.append(
            _("The published files bear an invisible mark, and this one does not: it may be of another origin.")
        )
    return reasons


def say_way(left: Left) -> str:
    """Through which host an address left."""
    if left.netloc is None:
        return _("This address is the one that our public pages show: it left through everybody who can see them.")
    return _(
        "This address was given to %(host)s alone: the picture, or its address, left through there.", host=left.netloc
    )


def _say_place(place: Place) -> str:
    fits = _DOES_NOT_FIT
    if place.likeness >= CERTAIN_PLACE:
        fits = _FITS
    elif place.likeness >= 0.35:
        fits = _FITS_ROUGHLY
    said = _(fits, likeness=f"{place.likeness:.2f}", share=write_percent(place.share))
    return f"{said} {_('It is mirrored.')}" if place.is_mirrored and fits != _DOES_NOT_FIT else said


def _one_in(traced: Traced) -> str:
    chance = max(traced.mark.chance if traced.mark else 1.0, 1e-12)
    return write_number(round(1 / chance)) if chance > 1e-12 else write_number(10**12)
