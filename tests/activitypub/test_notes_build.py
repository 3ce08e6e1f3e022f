"""Our posts as Notes: every key that others read, meaning what it should, and nothing that was not meant."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from activitypub.audience import Audience, Visibility, build_audience
from activitypub.documents import dump_document, parse_document
from activitypub.identifiers import Site
from activitypub.multibase import decode_multibase
from activitypub.notes import (
    Counts,
    Picture,
    Post,
    Rights,
    build_note,
    build_tombstone,
    read_post,
)
from activitypub.opt_out import OptOut, signals
from activitypub.quotes import QuotePolicy
from activitypub.tags import Hashtag, Mention
from activitypub.vocabulary import AS2, CONTEXT, PUBLIC
from tests.activitypub.jsonld import dropped_or_blank, expand

SITE = Site("https", "studio.example")
MARA = SITE.actor("mara")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DEFAULT = signals(OptOut.NO_AI_TRAINING, base_url=SITE.base)
SHA256 = hashlib.sha256(b"the picture's bytes").hexdigest()
BLURHASH = "LEHV6nWB2yk8pyo0adR*.7kCMdnj"
PICTURE = Picture(
    url="https://studio.example/media/cap/abc.jpg",
    media_type="image/jpeg",
    width=2560,
    height=1707,
    signals=DEFAULT,
    alt="A heron in the reeds",
    blurhash=BLURHASH,
    focal_point=(0.25, -1),
    size=812_345,
    sha256=SHA256,
    rights=Rights(credit_text="Mara Vale", copyright_notice="© 2026 Mara Vale"),
)
POST = Post(
    object_id=SITE.post("mara", 7),
    actor_id=MARA,
    followers_id=SITE.followers("mara"),
    url=SITE.post_page("mara", 7),
    content="<p>A heron #birds</p>",
    audience=build_audience(Visibility.PUBLIC, SITE, "mara"),
    published=NOON,
    signals=DEFAULT,
    text="A heron #birds",
    language="en",
    pictures=(
        PICTURE,
        replace(PICTURE, url="https://studio.example/media/cap/def.png", media_type="image/png", alt=""),
    ),
    hashtags=(Hashtag("birds", "https://studio.example/tags/birds"),),
    mentions=(Mention("@theo@gallery.example", "https://gallery.example/users/theo"),),
    counts=Counts(likes=3, shares=2, replies=1),
)
FULL = replace(
    POST,
    content_warning="Dead fish",
    updated=NOON.replace(hour=13),
    in_reply_to="https://gallery.example/posts/1",
    rights=Rights(
        license="https://creativecommons.org/licenses/by-nc/4.0/",
        acquire_license_page="https://studio.example/@mara/licensing",
        credit_text="Mara Vale",
        copyright_notice="© 2026 Mara Vale",
        digital_source_type="http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation",
    ),
)


def test_a_note_word_for_word() -> None:
    note = build_note(POST)
    attachments = note.pop("attachment")
    assert note == {
        "@context": CONTEXT,
        "id": "https://studio.example/users/mara/posts/7",
        "type": "Note",
        "attributedTo": "https://studio.example/users/mara",
        "url": "https://studio.example/@mara/7",
        "published": "2026-11-21T12:00:00Z",
        "to": [PUBLIC],
        "cc": ["https://studio.example/users/mara/followers"],
        "content": "<p>A heron #birds</p>",
        "contentMap": {"en": "<p>A heron #birds</p>"},
        "source": {"content": "A heron #birds", "mediaType": "text/plain"},
        "sensitive": False,
        "tag": [
            {"type": "Hashtag", "href": "https://studio.example/tags/birds", "name": "#birds"},
            {"type": "Mention", "href": "https://gallery.example/users/theo", "name": "@theo@gallery.example"},
        ],
        "interactionPolicy": {"canQuote": {"automaticApproval": [PUBLIC]}},
        "likes": {
            "id": "https://studio.example/users/mara/posts/7/likes",
            "type": "OrderedCollection",
            "totalItems": 3,
        },
        "shares": {
            "id": "https://studio.example/users/mara/posts/7/shares",
            "type": "OrderedCollection",
            "totalItems": 2,
        },
        "replies": {
            "id": "https://studio.example/users/mara/posts/7/replies",
            "type": "OrderedCollection",
            "totalItems": 1,
            "first": "https://studio.example/users/mara/posts/7/replies?page=true",
        },
        "tdm:reservation": 1,
        "tdm:policy": "https://studio.example/policies/tdm/1",
        "plus:DataMining": "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING",
        "xRobotsTag": "noai, noimageai",
        "usageInfo": "https://studio.example/policies/ai",
    }
    assert attachments[0] == {
        "type": "Image",
        "mediaType": "image/jpeg",
        "url": "https://studio.example/media/cap/abc.jpg",
        "name": "A heron in the reeds",
        "summary": "A heron in the reeds",
        "width": 2560,
        "height": 1707,
        "blurhash": BLURHASH,
        "focalPoint": [0.25, -1.0],
        "sensitive": False,
        "size": 812345,
        "digestMultibase": attachments[0]["digestMultibase"],
        "tdm:reservation": 1,
        "tdm:policy": "https://studio.example/policies/tdm/1",
        "plus:DataMining": "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING",
        "xRobotsTag": "noai, noimageai",
        "creditText": "Mara Vale",
        "copyrightNotice": "© 2026 Mara Vale",
    }
    assert [a["url"][-7:] for a in attachments] == ["abc.jpg", "def.png"]
    assert "name" not in attachments[1]


def test_a_processor_understands_every_word_of_it() -> None:
    assert dropped_or_blank(build_note(POST)) == []
    assert dropped_or_blank(build_note(FULL)) == []
    expanded = expand(build_note(FULL))
    assert expanded["http://schema.org/license"] == [{"@id": "https://creativecommons.org/licenses/by-nc/4.0/"}]
    picture = expanded[f"{AS2}#attachment"][0]
    assert picture["http://joinmastodon.org/ns#focalPoint"] == [{"@list": [{"@value": 0.25}, {"@value": -1.0}]}]
    assert picture["https://w3id.org/security#digestMultibase"][0]["@type"] == "https://w3id.org/security#multibase"


def test_the_digest_is_a_multihash_of_the_file() -> None:
    digest = build_note(POST)["attachment"][0]["digestMultibase"]
    assert digest.startswith("zQm")
    assert decode_multibase(digest) == b"\x12\x20" + bytes.fromhex(SHA256)


def test_a_warning_blurs_every_picture() -> None:
    note = build_note(FULL)
    assert (note["summary"], note["sensitive"]) == ("Dead fish", True)
    assert all(attachment["sensitive"] for attachment in note["attachment"])
    only_one = build_note(replace(POST, pictures=(replace(PICTURE, sensitive=True), PICTURE)))
    assert [attachment["sensitive"] for attachment in only_one["attachment"]] == [True, False]


def test_an_edit_says_when_and_an_answer_to_what() -> None:
    note = build_note(FULL)
    assert (note["updated"], note["inReplyTo"]) == ("2026-11-21T13:00:00Z", "https://gallery.example/posts/1")
    assert not {"updated", "inReplyTo", "summary"} & set(build_note(POST))


def test_an_unset_picture_is_silent_in_a_speaking_post() -> None:
    unset = replace(PICTURE, signals=signals(OptOut.UNSET, base_url=SITE.base))
    note = build_note(replace(POST, pictures=(unset,)))
    assert "xRobotsTag" in note
    assert not {"tdm:reservation", "tdm:policy", "plus:DataMining", "xRobotsTag"} & set(note["attachment"][0])


@pytest.mark.parametrize(
    ("visibility", "policy", "who"),
    [
        (Visibility.PUBLIC, QuotePolicy.EVERYONE, PUBLIC),
        (Visibility.UNLISTED, QuotePolicy.EVERYONE, PUBLIC),
        (Visibility.PUBLIC, QuotePolicy.FOLLOWERS, "https://studio.example/users/mara/followers"),
        (Visibility.PUBLIC, QuotePolicy.NOBODY, MARA),
        (Visibility.FOLLOWERS, QuotePolicy.EVERYONE, MARA),
        (Visibility.DIRECT, QuotePolicy.FOLLOWERS, MARA),
    ],
)
def test_who_may_quote(visibility: Visibility, policy: QuotePolicy, who: str) -> None:
    audience = build_audience(visibility, SITE, "mara")
    note = build_note(replace(POST, audience=audience, quote_policy=policy))
    assert note["interactionPolicy"] == {"canQuote": {"automaticApproval": [who]}}


def test_what_is_unknown_is_left_out() -> None:
    picture = Picture("https://studio.example/m.gif", "image/gif", 10, 10, DEFAULT)
    bare = Post(POST.object_id, MARA, POST.followers_id, POST.url, "", Audience(), NOON, DEFAULT, pictures=(picture,))
    note = build_note(bare)
    assert not {"contentMap", "source", "likes", "shares", "replies", "license"} & set(note)
    assert not {"size", "digestMultibase", "blurhash", "name"} & set(note["attachment"][0])
    assert note["attachment"][0]["focalPoint"] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("media_type", "type_"),
    [("image/jpeg", "Image"), ("image/gif", "Image"), ("video/mp4", "Video"), ("audio/ogg", "Audio")],
)
def test_attachments_are_named_for_what_they_are(media_type: str, type_: str) -> None:
    note = build_note(replace(POST, pictures=(replace(PICTURE, media_type=media_type),)))
    assert note["attachment"][0]["type"] == type_


def test_it_survives_the_wire_with_placeholders_in_its_addresses() -> None:
    """A placeholder is substituted in the bytes: it must appear there as a plain \\u0000 escape."""
    placeholder = replace(PICTURE, url="https://studio.example/media/\x00/abc.jpg")
    body = dump_document(build_note(replace(POST, pictures=(placeholder,))))
    assert body.count(rb"/media/\u0000/abc.jpg") == 1


def test_it_is_read_back_as_it_was_meant() -> None:
    post = read_post(parse_document(dump_document(build_note(FULL))))
    assert (post.object_id, post.actor_id, post.url) == (FULL.object_id, MARA, FULL.url)
    assert (post.content, post.content_warning, post.language) == (FULL.content, "Dead fish", "en")
    assert (post.likes, post.shares, post.replies) == (3, 2, 1)
    assert post.tags.hashtags == FULL.hashtags
    assert post.opt_out.policy is OptOut.NO_AI_TRAINING
    assert post.attachments[0].alt == "A heron in the reeds"
    assert post.attachments[0].focal_point == (0.25, -1.0)
    assert post.attachments[0].blurhash == BLURHASH
    assert post.attachments[0].opt_out.policy is OptOut.NO_AI_TRAINING
    assert post.quote_permission is not None
    assert post.quote_permission.automatic == (PUBLIC,)


def test_a_deleted_post_leaves_a_tombstone() -> None:
    assert build_tombstone(POST.object_id, NOON) == {
        "@context": AS2,
        "id": POST.object_id,
        "type": "Tombstone",
        "formerType": "Note",
        "deleted": "2026-11-21T12:00:00Z",
    }
