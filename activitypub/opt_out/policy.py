"""The five answers to "may machines use this?", and which one holds where several people have answered."""

from enum import StrEnum


class OptOut(StrEnum):
    """What an instance, an artist, a post or a picture says about use by machines."""

    NO_AI_TRAINING = "no-ai-training"
    """Nobody may train a generative model on it; search may find it. The default."""
    NO_AI = "no-ai"
    """No training, no answers, no data sets; a search engine may point to it."""
    NO_AUTOMATED_USE = "no-automated-use"
    """Nothing automatic at all, search engines included."""
    ALLOW = "allow"
    """Training is permitted, and said to be."""
    UNSET = "unset"
    """Says nothing, anywhere."""


_MILDEST_FIRST = (OptOut.UNSET, OptOut.ALLOW, OptOut.NO_AI_TRAINING, OptOut.NO_AI, OptOut.NO_AUTOMATED_USE)


def effective(
    instance: OptOut, artist: OptOut | None = None, post: OptOut | None = None, picture: OptOut | None = None
) -> OptOut:
    """The policy that holds: the most specific answer wins. None means "did not answer here"; UNSET is an answer."""
    return next(answer for answer in (picture, post, artist, instance) if answer is not None)


def strictest(a: OptOut, b: OptOut) -> OptOut:
    """The sterner of two statements about one thing. A permission outranks silence, any prohibition a permission."""
    return max(a, b, key=_MILDEST_FIRST.index)
