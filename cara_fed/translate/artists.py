"""An artist's rows as the actor that other servers read."""

from collections.abc import Sequence

from activitypub.actors import ActorPicture, ActorProfile, ProfileField
from activitypub.html import Rendered, render_text
from activitypub.identifiers import Site
from activitypub.keys import PublicKey
from activitypub.opt_out import AI_POLICY_PATH, OptOut
from cara_fed.translate.opt_outs import effective_opt_out, signals_for
from cara_fed.translate.posts import media_placeholder, read_emoji, tag_page
from storage.artists import Artist
from storage.keys import Key

# An artist's own links carry rel=me, so that a page that links back proves that both are theirs.
LINK_REL = "me nofollow noopener"
OPT_OUT_FIELD_NAME = "AI training"
OPT_OUT_FIELD = {
    OptOut.NO_AI_TRAINING: "Not permitted",
    OptOut.NO_AI: "Not permitted, nor any other use by AI",
    OptOut.NO_AUTOMATED_USE: "Not permitted, nor any other automated use",
    OptOut.ALLOW: "Permitted",
}
COMMISSIONS_FIELD_NAME = "Commissions"
COMMISSIONS_FIELD = {"open": "Open", "waitlist": "Waiting list", "closed": "Closed"}
MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp"}


def read_artist(artist: Artist, keys: Sequence[Key], site: Site, default: OptOut) -> ActorProfile:
    """The artist as a value for build_actor. ``keys`` are as storage's Keys.find_all gives them: current ones first."""
    summary = render_profile_text(artist.summary, site)
    policy = effective_opt_out(default, artist)
    return ActorProfile(
        name=artist.name,
        display_name=artist.display_name,
        keys=read_public_keys(keys, site.actor(artist.name)),
        signals=signals_for(policy, site, default),
        published=artist.created_at,
        summary=summary.html,
        fields=(
            *(_read_field(field, site) for field in artist.fields),
            *_read_commissions(artist, site),
            *_read_opt_out_field(artist, policy, site),
        ),
        avatar=_read_picture(artist.avatar_hash, artist.avatar_alt, site, policy),
        header=_read_picture(artist.header_hash, artist.header_alt, site, policy),
        hashtags=summary.hashtags,
        manually_approves=artist.manually_approves,
        discoverable=artist.discoverable,
        indexable=artist.indexable,
        also_known_as=tuple(artist.also_known_as),
        moved_to=artist.moved_to,
        attribution_domains=tuple(artist.attribution_domains),
        emoji=read_emoji(artist.emoji, site, default),
    )


def render_profile_text(text: str, site: Site) -> Rendered:
    """What an artist says of themselves, as HTML; for documents and for pages."""
    return render_text(text, mentions={}, tag_url=lambda key: tag_page(site, key), rel=LINK_REL)


def render_field_value(value: str, site: Site) -> str:
    """One line of a profile as HTML, without the paragraph around it."""
    return render_profile_text(value, site).html.removeprefix("<p>").removesuffix("</p>")


def read_public_keys(keys: Sequence[Key], actor_id: str) -> tuple[PublicKey, ...]:
    """The public halves of an actor's keys, in their order."""
    return tuple(
        PublicKey(key.key_id, actor_id, "rsa" if key.algorithm == "rsa" else "ed25519", key.public_pem) for key in keys
    )


def _read_field(field: dict[str, str], site: Site) -> ProfileField:
    return ProfileField(field["name"], render_field_value(field["value"], site))


def _read_commissions(artist: Artist, site: Site) -> tuple[ProfileField, ...]:
    """The line about commissions, unless the artist wrote one of their own."""
    own = {field["name"].strip().casefold() for field in artist.fields}
    text = COMMISSIONS_FIELD.get(artist.commissions)
    if text is None or COMMISSIONS_FIELD_NAME.casefold() in own:
        return ()
    page = f"{site.profile_page(artist.name)}/about#commissions"
    more = f' (<a href="{page}" rel="nofollow noopener">prices</a>)' if artist.price_sheet else ""
    return (ProfileField(COMMISSIONS_FIELD_NAME, text + more),)


def _read_opt_out_field(artist: Artist, policy: OptOut, site: Site) -> tuple[ProfileField, ...]:
    """The line that says it to people: of all that an actor says about AI, the one that Mastodon keeps and shows."""
    own = {field["name"].strip().casefold() for field in artist.fields}
    text = OPT_OUT_FIELD.get(policy)
    if text is None or not artist.states_opt_out or OPT_OUT_FIELD_NAME.casefold() in own:
        return ()
    page = f"{site.base}{AI_POLICY_PATH}"
    return (ProfileField(OPT_OUT_FIELD_NAME, f'{text} (<a href="{page}" rel="nofollow noopener">policy</a>)'),)


def _read_picture(file_name: str | None, alt: str, site: Site, policy: OptOut) -> ActorPicture | None:
    """An avatar or header, of which the row keeps the file's name."""
    if not file_name:
        return None
    media_type = MEDIA_TYPES.get(file_name.rpartition(".")[2], "image/jpeg")
    return ActorPicture(media_placeholder(site, policy, file_name), media_type, alt)
