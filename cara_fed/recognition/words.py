"""What a trace found, in plain words: how sure it is, and why."""

from cara_fed.protection.values import Place
from cara_fed.recognition.trace import CERTAIN_PLACE, Left, Traced


def say_confidence(traced: Traced) -> str:
    """``Certain``, ``Likely`` or ``Alike``."""
    if traced.is_certain:
        return "Certain"
    return "Likely" if traced.comparison else "Alike"


def list_reasons(traced: Traced) -> list[str]:
    """One sentence for each thing that speaks for it."""
    reasons = []
    if traced.mark is not None:
        reasons.append(
            f"It bears this picture's invisible mark, as chance would less than once in {_one_in(traced)} pictures."
        )
    if traced.comparison is not None:
        reasons.append(_say_place(traced.comparison.place))
    if traced.distance is not None:
        reasons.append(f"It looks the same at a glance: {traced.distance} of 256 bits differ.")
    if traced.comparison is not None and traced.mark is None and traced.picture.attachment.mark is not None:
        reasons.append(
            "The published files bear an invisible mark, and this one does not: it may be of another origin."
        )
    return reasons


def say_way(left: Left) -> str:
    """Through which host an address left."""
    if left.netloc is None:
        return "This address is the one that our public pages show: it left through everybody who can see them."
    return f"This address was given to {left.netloc} alone: the picture, or its address, left through there."


def _say_place(place: Place) -> str:
    share = f"{place.share:.0%} of it".replace("100% of it", "the whole of it")
    mirrored = ", mirrored" if place.is_mirrored else ""
    if place.likeness >= CERTAIN_PLACE:
        return (
            f"Laid over the original it fits in every detail ({place.likeness:.2f} of 1): it shows {share}{mirrored}."
        )
    if place.likeness >= 0.35:
        return f"Laid over the original it fits roughly ({place.likeness:.2f} of 1): it may show {share}{mirrored}."
    return f"Laid over the original it does not fit ({place.likeness:.2f} of 1)."


def _one_in(traced: Traced) -> str:
    chance = max(traced.mark.chance if traced.mark else 1.0, 1e-12)
    return f"{1 / chance:,.0f}" if chance > 1e-12 else "a million million"
