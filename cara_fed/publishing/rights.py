"""What is written into every picture about rights: whose it is, and what machines may not do with it."""

from activitypub.opt_out import OptOut, Signals
from cara_fed.protection.values import Rights

USAGE_TERMS = {
    OptOut.NO_AI_TRAINING: "No use for training generative artificial intelligence without the artist's permission.",
    OptOut.NO_AI: "No use by artificial intelligence, for training or for answers, without the artist's permission.",
    OptOut.NO_AUTOMATED_USE: "No automated use of any kind, indexing included, without the artist's permission.",
    OptOut.ALLOW: "The artist permits use for training artificial intelligence.",
    OptOut.UNSET: "",
}


def build_rights(handle: str, signals: Signals) -> Rights:
    """The rights of one artist under one policy. The handle never changes, so the file need not either."""
    return Rights(
        creator=handle,
        credit=handle,
        copyright_notice=f"© {handle}",
        web_statement=signals.usage_info or "",
        usage_terms=USAGE_TERMS[signals.policy],
        data_mining=signals.data_mining,
    )
