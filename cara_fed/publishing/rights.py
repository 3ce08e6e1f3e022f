"""What is said about rights: in every file whose it is and what machines may not do with it, in documents the same."""

from dataclasses import dataclass
from typing import Final

from activitypub.identifiers import Handle, Site
from activitypub.opt_out import OptOut, Signals
from cara_fed.errors import InvalidInput
from cara_fed.protection.values import Rights
from cara_fed.translate.opt_outs import signals_for
from cara_fed.translate.rights import DIGITAL_SOURCES, LICENSES, copyright_of
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.posts import Post

USAGE_TERMS: Final = {
    OptOut.NO_AI_TRAINING: "No use for training generative artificial intelligence without the artist's permission.",
    OptOut.NO_AI: "No use by artificial intelligence, for training or for answers, without the artist's permission.",
    OptOut.NO_AUTOMATED_USE: "No automated use of any kind, indexing included, without the artist's permission.",
    OptOut.ALLOW: "The artist permits use for training artificial intelligence.",
    OptOut.UNSET: "",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms pictures are shown: the opt-out, and addresses, which are empty where nothing is stated."""

    policy: OptOut
    license: str = ""
    digital_source_type: str = ""

    @classmethod
    def of(cls, policy: OptOut, post: Post) -> "Terms":
        """The terms of a post as its row holds them."""
        return cls(policy, post.license or "", post.digital_source_type or "")


def choose_terms(artist: Artist, policy: OptOut, license: str | None, digital_source_type: str) -> Terms:
    """What holds for a post: its own licence, or with None the artist's. Raises InvalidInput for what is no choice."""
    chosen = (artist.license or "") if license is None else license
    if chosen and chosen not in LICENSES:
        raise InvalidInput(_("Choose one of the licences."))
    if digital_source_type and digital_source_type not in DIGITAL_SOURCES:
        raise InvalidInput(_("Choose one of the ways a work can be made."))
    return Terms(policy, chosen, digital_source_type)


def rights_under(terms: Terms, artist: Artist, site: Site, default: OptOut) -> Rights:
    """What is written into an artist's files; ``default`` is the instance's opt-out."""
    return build_rights(str(Handle(artist.name, site.domain)), signals_for(terms.policy, site, default), terms)


def build_rights(handle: str, signals: Signals, terms: Terms) -> Rights:
    """The rights of one artist on these terms. The handle never changes, so the file need not either."""
    return Rights(
        creator=handle,
        credit=handle,
        copyright_notice=copyright_of(handle),
        web_statement=signals.usage_info or "",
        usage_terms=USAGE_TERMS[signals.policy],
        data_mining=signals.data_mining,
        license=terms.license,
        digital_source_type=terms.digital_source_type,
    )
