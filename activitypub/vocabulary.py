"""The words we speak: contexts in which each of them is defined inline, types by their kind, the public's names."""

from typing import Any, Final

from activitypub.opt_out import OPT_OUT_ACTOR_CONTEXT, OPT_OUT_CONTEXT

AS2: Final = "https://www.w3.org/ns/activitystreams"
SECURITY: Final = "https://w3id.org/security/v1"
PUBLIC: Final = f"{AS2}#Public"
_PUBLIC_NAMES: Final = frozenset({PUBLIC, PUBLIC.replace("https:", "http:"), "as:Public", "Public"})

ACTOR_TYPES: Final = frozenset({"Person", "Service", "Group", "Organization", "Application"})
POST_TYPES: Final = frozenset({"Note", "Question", "Article", "Page", "Image", "Video", "Audio", "Event"})
COLLECTION_TYPES: Final = frozenset({"Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage"})

_TOOT: Final = {"toot": "http://joinmastodon.org/ns#"}
_GTS: Final = {
    "gts": "https://gotosocial.org/ns#",
    "interactionPolicy": {"@id": "gts:interactionPolicy", "@type": "@id"},
    "canQuote": {"@id": "gts:canQuote", "@type": "@id"},
    "automaticApproval": {"@id": "gts:automaticApproval", "@type": "@id"},
    "manualApproval": {"@id": "gts:manualApproval", "@type": "@id"},
}
_TAGS: Final = {"Hashtag": "as:Hashtag", "Emoji": "toot:Emoji"}
_QUOTES: Final = {
    "quote": {"@id": "https://w3id.org/fep/044f#quote", "@type": "@id"},
    "quoteAuthorization": {"@id": "https://w3id.org/fep/044f#quoteAuthorization", "@type": "@id"},
    "QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest",
    "QuoteAuthorization": "https://w3id.org/fep/044f#QuoteAuthorization",
    "interactingObject": {"@id": "gts:interactingObject", "@type": "@id"},
    "interactionTarget": {"@id": "gts:interactionTarget", "@type": "@id"},
    "quoteUri": "http://fedibird.com/ns#quoteUri",
    "_misskey_quote": "https://misskey-hub.net/ns#_misskey_quote",
}
_PICTURES: Final = {
    "blurhash": "toot:blurhash",
    "focalPoint": {"@id": "toot:focalPoint", "@container": "@list"},
    "size": "https://joinpeertube.org/ns#size",
    "digestMultibase": {
        "@id": "https://w3id.org/security#digestMultibase",
        "@type": "https://w3id.org/security#multibase",
    },
}
_RIGHTS: Final = {
    # "sdo" is defined with the opt-out terms.
    "license": {"@id": "sdo:license", "@type": "@id"},
    "acquireLicensePage": {"@id": "sdo:acquireLicensePage", "@type": "@id"},
    "creditText": "sdo:creditText",
    "copyrightNotice": "sdo:copyrightNotice",
    "digitalSourceType": {"@id": "sdo:digitalSourceType", "@type": "@id"},
}
_CREDITS: Final = {
    "contributor": {"@id": "sdo:contributor", "@type": "@id"},
    "Role": "sdo:Role",
    "roleName": "sdo:roleName",
}
_KEYS: Final = {
    "assertionMethod": {"@id": "https://w3id.org/security#assertionMethod", "@type": "@id"},
    "Multikey": "https://w3id.org/security#Multikey",
    "controller": {"@id": "https://w3id.org/security#controller", "@type": "@id"},
    "publicKeyMultibase": {
        "@id": "https://w3id.org/security#publicKeyMultibase",
        "@type": "https://w3id.org/security#multibase",
    },
}
_CAPABILITIES: Final = {
    "implements": {"@id": "https://w3id.org/fep/844e#implements", "@type": "@id", "@container": "@set"},
}
_PROFILE: Final = {
    "schema": "http://schema.org#",  # not schema.org, but what the fediverse has always written
    "PropertyValue": "schema:PropertyValue",
    "value": "schema:value",
    "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
    "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
    "movedTo": {"@id": "as:movedTo", "@type": "@id"},
    "discoverable": "toot:discoverable",
    "indexable": "toot:indexable",
    "suspended": "toot:suspended",
    "featured": {"@id": "toot:featured", "@type": "@id"},
    "featuredTags": {"@id": "toot:featuredTags", "@type": "@id"},
    "attributionDomains": {"@id": "toot:attributionDomains", "@container": "@set"},
    "canFeature": {"@id": "https://w3id.org/fep/7aa9#canFeature", "@type": "@id"},
    "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger",
}

CONTEXT: Final[list[Any]] = [
    AS2,
    {
        "sensitive": "as:sensitive",
        **_TOOT,
        **_TAGS,
        "votersCount": "toot:votersCount",
        **_PICTURES,
        **_QUOTES,
        **_GTS,
        **OPT_OUT_CONTEXT,
        **_RIGHTS,
        **_CREDITS,
    },
]
"""Of posts, activities and collections. Shared by every document that is built: never to be changed."""

ACTOR_CONTEXT: Final[list[Any]] = [
    AS2,
    SECURITY,
    {**_TOOT, **_TAGS, **_PROFILE, **_KEYS, **_CAPABILITIES, **_GTS, **OPT_OUT_ACTOR_CONTEXT},
]
"""Of actors. Shared likewise."""


def is_public(id: str) -> bool:
    """Whether the id names everyone; Lemmy, Pleroma and others have written it short."""
    return id in _PUBLIC_NAMES
