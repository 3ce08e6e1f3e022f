"""Each word we use means what it should to a JSON-LD processor, and nothing has to be fetched to know it."""

from typing import Any

import pytest

from activitypub.vocabulary import ACTOR_CONTEXT, AS2, CONTEXT, PUBLIC, SECURITY, is_public
from tests.activitypub.jsonld import expand

TOOT = "http://joinmastodon.org/ns#"
GTS = "https://gotosocial.org/ns#"
SEC = "https://w3id.org/security#"
SDO = "http://schema.org/"
FEP_044F = "https://w3id.org/fep/044f#"

POST_TERMS = {
    "sensitive": f"{AS2}#sensitive",
    "Hashtag": f"{AS2}#Hashtag",
    "Emoji": f"{TOOT}Emoji",
    "votersCount": f"{TOOT}votersCount",
    "blurhash": f"{TOOT}blurhash",
    "focalPoint": f"{TOOT}focalPoint",
    "size": "https://joinpeertube.org/ns#size",
    "digestMultibase": f"{SEC}digestMultibase",
    "quote": f"{FEP_044F}quote",
    "quoteAuthorization": f"{FEP_044F}quoteAuthorization",
    "QuoteRequest": f"{FEP_044F}QuoteRequest",
    "QuoteAuthorization": f"{FEP_044F}QuoteAuthorization",
    "interactingObject": f"{GTS}interactingObject",
    "interactionTarget": f"{GTS}interactionTarget",
    "quoteUri": "http://fedibird.com/ns#quoteUri",
    "_misskey_quote": "https://misskey-hub.net/ns#_misskey_quote",
    "interactionPolicy": f"{GTS}interactionPolicy",
    "canQuote": f"{GTS}canQuote",
    "automaticApproval": f"{GTS}automaticApproval",
    "manualApproval": f"{GTS}manualApproval",
    "tdm:reservation": "http://www.w3.org/ns/tdmrep#reservation",
    "tdm:policy": "http://www.w3.org/ns/tdmrep#policy",
    "plus:DataMining": "http://ns.useplus.org/ldf/xmp/1.0/DataMining",
    "xRobotsTag": "https://www.robotstxt.org/meta.html",
    "usageInfo": f"{SDO}usageInfo",
    "license": f"{SDO}license",
    "acquireLicensePage": f"{SDO}acquireLicensePage",
    "creditText": f"{SDO}creditText",
    "copyrightNotice": f"{SDO}copyrightNotice",
    "digitalSourceType": f"{SDO}digitalSourceType",
    "contributor": f"{SDO}contributor",
    "Role": f"{SDO}Role",
    "roleName": f"{SDO}roleName",
}
ACTOR_TERMS = {
    "Hashtag": f"{AS2}#Hashtag",
    "Emoji": f"{TOOT}Emoji",
    "PropertyValue": "http://schema.org#PropertyValue",
    "value": "http://schema.org#value",
    "manuallyApprovesFollowers": f"{AS2}#manuallyApprovesFollowers",
    "alsoKnownAs": f"{AS2}#alsoKnownAs",
    "movedTo": f"{AS2}#movedTo",
    "discoverable": f"{TOOT}discoverable",
    "indexable": f"{TOOT}indexable",
    "suspended": f"{TOOT}suspended",
    "featured": f"{TOOT}featured",
    "featuredTags": f"{TOOT}featuredTags",
    "attributionDomains": f"{TOOT}attributionDomains",
    "canFeature": "https://w3id.org/fep/7aa9#canFeature",
    "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger",
    "publicKey": f"{SEC}publicKey",
    "owner": f"{SEC}owner",
    "publicKeyPem": f"{SEC}publicKeyPem",
    "assertionMethod": f"{SEC}assertionMethod",
    "Multikey": f"{SEC}Multikey",
    "controller": f"{SEC}controller",
    "publicKeyMultibase": f"{SEC}publicKeyMultibase",
    "interactionPolicy": f"{GTS}interactionPolicy",
    "canQuote": f"{GTS}canQuote",
    "automaticApproval": f"{GTS}automaticApproval",
    "manualApproval": f"{GTS}manualApproval",
    "implements": "https://w3id.org/fep/844e#implements",
    "otherSetting": "http://fedibird.com/ns#otherSetting",
    "tdm:reservation": "http://www.w3.org/ns/tdmrep#reservation",
    "tdm:policy": "http://www.w3.org/ns/tdmrep#policy",
    "plus:DataMining": "http://ns.useplus.org/ldf/xmp/1.0/DataMining",
    "xRobotsTag": "https://www.robotstxt.org/meta.html",
    "usageInfo": f"{SDO}usageInfo",
}
PREFIXES = {"toot", "gts", "tdm", "plus", "sdo", "schema", "fedibird"}


def meaning(term: str, context: list[Any]) -> str:
    """The IRI of a property, or of a class where the term is written as one."""
    if term[0].isupper():
        return str(expand({"@context": context, "type": term})["@type"][0])
    return next(iter(expand({"@context": context, term: "https://a.example/x"})))


@pytest.mark.parametrize(("term", "iri"), POST_TERMS.items())
def test_words_of_posts_mean_what_they_should(term: str, iri: str) -> None:
    assert meaning(term, CONTEXT) == iri


@pytest.mark.parametrize(("term", "iri"), ACTOR_TERMS.items())
def test_words_of_actors_mean_what_they_should(term: str, iri: str) -> None:
    assert meaning(term, ACTOR_CONTEXT) == iri


def test_no_defined_word_is_left_untested() -> None:
    assert set(CONTEXT[-1]) - PREFIXES <= set(POST_TERMS)
    assert set(ACTOR_CONTEXT[-1]) - PREFIXES <= set(ACTOR_TERMS)


def test_only_two_contexts_are_named_by_address() -> None:
    assert [part for part in CONTEXT if isinstance(part, str)] == [AS2]
    assert [part for part in ACTOR_CONTEXT if isinstance(part, str)] == [AS2, SECURITY]
    assert CONTEXT[0] == ACTOR_CONTEXT[0] == AS2


@pytest.mark.parametrize(("id", "public"), [(PUBLIC, True), ("as:Public", True), ("Public", True), ("public", False)])
def test_the_publics_names(id: str, public: bool) -> None:
    assert is_public(id) is public
