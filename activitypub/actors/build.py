"""Our actors as documents: an artist in full, the stub that signature checks need, and the instance's own actor."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from activitypub.actors.capabilities import build_capabilities
from activitypub.documents import Json
from activitypub.identifiers import Handle, Site
from activitypub.keys import PublicKey, encode_multikey
from activitypub.opt_out import Signals, actor_terms
from activitypub.origins import host_of
from activitypub.tags import Emoji, Hashtag, build_tags
from activitypub.times import format_time
from activitypub.vocabulary import ACTOR_CONTEXT, AS2, PUBLIC

_STUB_KEYS: Final = (
    "@context",
    "id",
    "type",
    "preferredUsername",
    "inbox",
    "publicKey",
    "assertionMethod",
    "generator",
)


@dataclass(frozen=True, slots=True)
class ProfileField:
    """A line of a profile. ``value`` is safe HTML; a link in it carries rel=me, so that it can be verified."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class ActorPicture:
    """An avatar or header."""

    url: str
    media_type: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class ActorProfile:
    """What an artist's actor document says. ``summary`` is safe HTML; ``keys`` are its own, the current ones
    first."""

    name: str
    display_name: str
    keys: tuple[PublicKey, ...]
    signals: Signals
    published: datetime
    summary: str = ""
    fields: tuple[ProfileField, ...] = ()
    avatar: ActorPicture | None = None
    header: ActorPicture | None = None
    hashtags: tuple[Hashtag, ...] = ()
    manually_approves: bool = False
    discoverable: bool = True
    indexable: bool = True
    also_known_as: tuple[str, ...] = ()
    moved_to: str | None = None
    attribution_domains: tuple[str, ...] = ()
    emoji: tuple[Emoji, ...] = ()


def build_actor(profile: ActorProfile, site: Site) -> Json:
    """The artist's whole document: all that Mastodon, Pixelfed, Misskey and GoToSocial read of a profile."""
    return {
        "@context": ACTOR_CONTEXT,
        "id": site.actor(profile.name),
        "type": "Person",
        "preferredUsername": profile.name,
        **_build_addresses(profile.name, site),
        **_build_profile(profile),
        **_build_choices(profile, site),
        **_build_keys(profile.keys),
        "generator": {"id": site.instance_actor, "type": "Application", "implements": build_capabilities()},
        **actor_terms(profile.signals),
    }


def build_actor_stub(profile: ActorProfile, site: Site) -> Json:
    """What anyone may read unsigned: enough to check the artist's signatures, and the opt-out."""
    whole = build_actor(profile, site)
    said = actor_terms(profile.signals).keys() - {"discoverable", "indexable"}
    return {key: value for key, value in whole.items() if key in _STUB_KEYS or key in said}


def build_instance_actor(site: Site, *, title: str, keys: tuple[PublicKey, ...], signals: Signals) -> Json:
    """The instance itself, which signs what no artist signs. ``title`` is its name as people know it."""
    name = instance_actor_name(site)
    return {
        "@context": ACTOR_CONTEXT,
        "id": site.instance_actor,
        "type": "Application",
        "preferredUsername": name,
        "name": title,
        "webfinger": Handle(name, site.domain).acct,
        "url": f"{site.base}/",
        "inbox": site.instance_inbox,
        "outbox": site.instance_outbox,
        "endpoints": {"sharedInbox": site.shared_inbox},
        "manuallyApprovesFollowers": True,
        "discoverable": False,
        "indexable": False,
        "implements": build_capabilities(),
        **_build_keys(keys),
        **actor_terms(signals),
    }


def build_actor_tombstone(name: str, site: Site, deleted: datetime) -> Json:
    """What stands where a deleted artist was."""
    return {
        "@context": AS2,
        "id": site.actor(name),
        "type": "Tombstone",
        "formerType": "Person",
        "deleted": format_time(deleted),
    }


def instance_actor_name(site: Site) -> str:
    """The instance actor's preferredUsername: the host, as Mastodon's own, so that WebFinger leads back to it."""
    return host_of(site.base).replace(":", "-")


def _build_addresses(name: str, site: Site) -> Json:
    return {
        "webfinger": Handle(name, site.domain).acct,
        "url": site.profile_page(name),
        "inbox": site.inbox(name),
        "outbox": site.outbox(name),
        "followers": site.followers(name),
        "following": site.following(name),
        "featured": site.featured(name),
        "featuredTags": site.featured_tags(name),
        "endpoints": {"sharedInbox": site.shared_inbox},
    }


def _build_profile(profile: ActorProfile) -> Json:
    pictures = {"icon": profile.avatar, "image": profile.header}
    return {
        "name": profile.display_name or profile.name,
        "summary": profile.summary,
        # The day alone: nobody needs to know the hour at which somebody joined.
        "published": format_time(profile.published.replace(hour=0, minute=0, second=0, microsecond=0)),
        "attachment": [{"type": "PropertyValue", "name": field.name, "value": field.value} for field in profile.fields],
        "tag": build_tags(profile.hashtags, emoji=profile.emoji),
        **{key: _build_picture(picture) for key, picture in pictures.items() if picture},
    }


def _build_picture(picture: ActorPicture) -> Json:
    image = {"type": "Image", "mediaType": picture.media_type, "url": picture.url}
    return image | ({"name": picture.alt, "summary": picture.alt} if picture.alt else {})


def _build_choices(profile: ActorProfile, site: Site) -> Json:
    may_feature = PUBLIC if profile.discoverable else site.actor(profile.name)
    choices: Json = {
        "manuallyApprovesFollowers": profile.manually_approves,
        "discoverable": profile.discoverable,
        "indexable": profile.indexable,
        "interactionPolicy": {"canFeature": {"automaticApproval": [may_feature]}},
    }
    optional: dict[str, Any] = {
        "alsoKnownAs": list(profile.also_known_as),
        "movedTo": profile.moved_to,
        "attributionDomains": list(profile.attribution_domains),
    }
    return choices | {key: value for key, value in optional.items() if value}


def _build_keys(keys: Iterable[PublicKey]) -> Json:
    """`publicKey` for the first RSA key, which every server can use; `assertionMethod` (FEP-521a) for all others.

    The others are Ed25519 keys, and RSA keys that sign no more but may still be met on what was signed with them.
    """
    rsa = [key for key in keys if key.algorithm == "rsa"][:1]
    built: Json = {}
    for key in rsa:
        built["publicKey"] = {"id": key.key_id, "owner": key.owner, "publicKeyPem": key.pem}
    multikeys = [_build_multikey(key) for key in keys if key not in rsa]
    return built | ({"assertionMethod": multikeys} if multikeys else {})


def _build_multikey(key: PublicKey) -> Json:
    return {
        "id": key.key_id,
        "type": "Multikey",
        "controller": key.owner,
        "publicKeyMultibase": encode_multikey(key.pem),
    }
