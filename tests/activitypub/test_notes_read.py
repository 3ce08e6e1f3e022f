"""Other people's posts in every shape that servers send."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.errors import DocumentError, DocumentMalformed, DocumentUnsupported
from activitypub.notes import Happening, Poll, PollOption, RemoteAttachment, read_post
from activitypub.opt_out import OptOut
from activitypub.quotes import QuotePermission
from activitypub.vocabulary import PUBLIC

THEO = "https://gallery.example/users/theo"
GROUP = "https://gallery.example/c/birds"
FILE = "https://gallery.example/files/heron"
NOTE: dict[str, Any] = {"id": "https://gallery.example/posts/1", "type": "Note", "attributedTo": THEO}
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
BLURHASH = "LEHV6nWB2yk8pyo0adR*.7kCMdnj"


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"type": ["Note", "x:Thing"]}, "post_type", "Note"),
        ({"attributedTo": [THEO]}, "actor_id", THEO),
        ({"attributedTo": {"id": THEO, "type": "Person"}}, "actor_id", THEO),
        ({"attributedTo": [{"id": GROUP, "type": "Group"}, {"id": THEO, "type": "Person"}]}, "actor_id", THEO),
        ({"attributedTo": [{"id": GROUP, "type": "Group"}]}, "actor_id", GROUP),
        ({"attributedTo": None, "actor": THEO}, "actor_id", THEO),
        ({"url": "https://gallery.example/@theo/1"}, "url", "https://gallery.example/@theo/1"),
        ({"url": None}, "url", NOTE["id"]),
        ({"content": "<p>Hi</p>"}, "content", "<p>Hi</p>"),
        ({"contentMap": {"de": "<p>Hallo</p>"}}, "content", "<p>Hallo</p>"),
        (
            {"content": None, "source": {"content": "Hi *there*", "mediaType": "text/markdown"}},
            "content",
            "<p>Hi *there*</p>",
        ),
        ({"content": "<p>Hi</p>", "source": {"content": "Hi"}}, "content", "<p>Hi</p>"),
        ({"content": "a <b>\n\nb", "mediaType": "text/markdown"}, "content", "<p>a &lt;b&gt;</p><p>b</p>"),
        ({"content": "<p>Hi</p>", "mediaType": "image/jpeg"}, "content", "<p>Hi</p>"),
        ({"content": ["<p>Hi</p>"]}, "content", "<p>Hi</p>"),
        ({"type": "Article", "summary": "Excerpt"}, "content", "Excerpt"),
        ({}, "content", ""),
        ({"contentMap": {"de": "Hallo", "en": "Hi"}, "content": "Hi"}, "language", "en"),
        ({"contentMap": {"de": "Hallo"}}, "language", "de"),
        ({"contentMap": {"und": "Hallo"}}, "language", None),
        ({"language": {"identifier": "fr", "name": "French"}}, "language", "fr"),
        ({"language": {"identifier": "und", "name": "Undetermined"}}, "language", None),
        ({"contentMap": {"not a language": "x"}}, "language", None),
        ({"summary": "<p>Dead &amp; fish</p>"}, "content_warning", "Dead & fish"),
        ({"summary": "Excerpt", "type": "Article", "content": "x"}, "content_warning", ""),
        ({"summary": "Blood", "type": "Article", "content": "x", "sensitive": True}, "content_warning", "Blood"),
        ({"summary": "Blood"}, "sensitive", True),
        ({"sensitive": "true"}, "sensitive", True),
        ({"sensitive": None}, "sensitive", False),
        ({"name": "Title", "type": "Page"}, "title", "Title"),
        ({"nameMap": {"fr": "Titre"}, "type": "Page"}, "title", "Titre"),
        ({"published": "2026-11-21T12:00:00Z"}, "published", NOON),
        ({"updated": "2026-11-21T12:00:00.000Z"}, "updated", NOON),
        ({"published": "soon"}, "published", None),
        ({"inReplyTo": "https://a.example/1"}, "in_reply_to", "https://a.example/1"),
        ({"inReplyTo": [{"id": "https://a.example/1", "type": "Note"}]}, "in_reply_to", "https://a.example/1"),
        ({"inReplyTo": "tag:a.example,2020:1"}, "in_reply_to", None),
        ({"context": "https://a.example/thread"}, "conversation", "https://a.example/thread"),
        ({"conversation": "tag:a.example,2020:objectId=1"}, "conversation", None),
        ({"quote": "https://a.example/1"}, "quote_id", "https://a.example/1"),
        ({"quote": {"type": "Tombstone"}}, "quote_id", None),
        ({"_misskey_quote": "https://a.example/2"}, "quote_id", "https://a.example/2"),
        ({"quoteUrl": "https://a.example/3"}, "quote_id", "https://a.example/3"),
        ({"quoteUri": "https://a.example/4"}, "quote_id", "https://a.example/4"),
        (
            {
                "tag": {
                    "type": "Link",
                    "mediaType": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
                    "href": "https://a.example/5",
                }
            },
            "quote_id",
            "https://a.example/5",
        ),
        ({"tag": {"type": "Link", "mediaType": "text/html", "href": "https://a.example/6"}}, "quote_id", None),
        ({"quoteAuthorization": "https://a.example/stamp"}, "quote_authorization", "https://a.example/stamp"),
        (
            {"interactionPolicy": {"canQuote": {"automaticApproval": PUBLIC, "manualApproval": [THEO]}}},
            "quote_permission",
            QuotePermission((PUBLIC,), (THEO,)),
        ),
        ({"interactionPolicy": {"canQuote": {"always": [PUBLIC]}}}, "quote_permission", QuotePermission((PUBLIC,))),
        ({"interactionPolicy": {"canLike": {}}}, "quote_permission", None),
        ({"likes": {"type": "Collection", "totalItems": 12}}, "likes", 12),
        ({"likes": "https://a.example/likes"}, "likes", None),
        ({"shares": {"totalItems": -3}}, "shares", 0),
        ({"replies": {"id": "https://a.example/r", "totalItems": 10**30}}, "replies", 2**31 - 1),
        ({"replies": {"id": "https://a.example/r"}}, "replies_id", "https://a.example/r"),
        ({"comments": "https://a.example/c", "type": "Video"}, "replies_id", "https://a.example/c"),
        ({"tdm:reservation": 1}, "opt_out.policy", OptOut.NO_AI_TRAINING),
        ({"name": "Blue", "inReplyTo": "https://a.example/poll"}, "is_vote", True),
        ({"name": "Blue", "inReplyTo": "https://a.example/poll", "content": "x"}, "is_vote", False),
    ],
)
def test_posts_of_every_shape_are_read(changes: dict[str, Any], field: str, value: object) -> None:
    found: Any = read_post(NOTE | changes)
    for step in field.split("."):
        found = getattr(found, step)
    assert found == value


JPEG = RemoteAttachment("image", f"{FILE}.jpg", "image/jpeg")


@pytest.mark.parametrize(
    ("attachment", "expected"),
    [
        ({"type": "Document", "mediaType": "image/jpeg", "url": f"{FILE}.jpg"}, [JPEG]),
        ([{"type": "Image", "mediaType": "image/jpeg", "url": f"{FILE}.jpg"}], [JPEG]),
        ({"type": "Document", "url": [{"type": "Link", "mediaType": "image/jpeg", "href": f"{FILE}.jpg"}]}, [JPEG]),
        ({"type": "Image", "url": {"type": "Link", "mediaType": "image/jpeg", "href": f"{FILE}.jpg"}}, [JPEG]),
        ({"type": "Link", "mediaType": "image/jpeg", "href": f"{FILE}.jpg"}, [JPEG]),
        ({"type": "Image", "mediaType": "image/jpeg; charset=binary", "href": f"{FILE}.jpg"}, [JPEG]),
        ({"type": "Image", "url": f"{FILE}"}, [RemoteAttachment("image", FILE)]),
        ({"type": "Document", "url": f"{FILE}.PNG?size=1"}, [RemoteAttachment("image", f"{FILE}.PNG?size=1")]),
        ({"type": "Document", "url": f"{FILE}.mp4"}, [RemoteAttachment("video", f"{FILE}.mp4")]),
        (f"{FILE}.webp", [RemoteAttachment("image", f"{FILE}.webp")]),
        (
            {"type": "Document", "mediaType": "application/pdf", "url": f"{FILE}.pdf", "name": "Catalogue"},
            [RemoteAttachment("link", f"{FILE}.pdf", "application/pdf", "Catalogue")],
        ),
        (
            {"type": "Link", "href": "https://blog.example/post"},
            [RemoteAttachment("link", "https://blog.example/post")],
        ),
        (
            {"type": "Image", "url": f"{FILE}.jpg", "name": "by name", "summary": None},
            [RemoteAttachment("image", f"{FILE}.jpg", alt="by name")],
        ),
        (
            {"type": "Image", "url": f"{FILE}.jpg", "name": "n", "summary": "by summary"},
            [RemoteAttachment("image", f"{FILE}.jpg", alt="by summary")],
        ),
        (
            {"type": "Image", "url": f"{FILE}.jpg", "summary": "1 &lt; 2<br>and 3"},
            [RemoteAttachment("image", f"{FILE}.jpg", alt="1 < 2\nand 3")],
        ),
        (
            {"type": "Image", "url": f"{FILE}.jpg", "summary": "I <3 herons & <b>"},
            [RemoteAttachment("image", f"{FILE}.jpg", alt="I <3 herons & <b>")],
        ),
        ({"type": "Image", "url": f"{FILE}.jpg", "name": "IMG_0042.JPG"}, [RemoteAttachment("image", f"{FILE}.jpg")]),
        (
            {
                "type": "Image",
                "url": f"{FILE}.jpg",
                "width": 640,
                "height": "480",
                "focalPoint": [0.5, "-0.5"],
                "blurhash": BLURHASH,
                "sensitive": True,
            },
            [RemoteAttachment("image", f"{FILE}.jpg", "", "", 640, 480, BLURHASH, (0.5, -0.5), sensitive=True)],
        ),
        (
            {
                "type": "Image",
                "url": f"{FILE}.jpg",
                "width": 0,
                "height": 10**9,
                "focalPoint": [2, 0],
                "blurhash": BLURHASH[:-1],
            },
            [RemoteAttachment("image", f"{FILE}.jpg")],
        ),
        (
            {"type": "Video", "url": f"{FILE}.mp4", "icon": {"type": "Image", "url": f"{FILE}.jpg"}},
            [RemoteAttachment("video", f"{FILE}.mp4", thumbnail=f"{FILE}.jpg")],
        ),
        ({"type": "Image", "url": "javascript:alert(1)"}, []),
        ({"type": "Image", "url": "ipfs://x"}, []),
        ({"type": "PropertyValue", "name": "a", "value": "b"}, []),
        ({"type": "Note", "content": "attached"}, []),
        ([None, 7, "x", [], {}], []),
    ],
)
def test_attachments_of_every_shape_are_read(attachment: object, expected: list[RemoteAttachment]) -> None:
    assert list(read_post(NOTE | {"attachment": attachment}).attachments) == expected


def test_a_picture_keeps_its_own_opt_out() -> None:
    (picture,) = read_post(NOTE | {"attachment": {"type": "Image", "url": FILE, "xRobotsTag": "noai"}}).attachments
    assert picture.opt_out.policy is OptOut.NO_AI_TRAINING


def link(media_type: str, name: str, **more: Any) -> dict[str, Any]:
    return {"type": "Link", "mediaType": media_type, "href": f"https://tube.example/{name}", **more}


THUMBNAILS = [
    {"type": "Image", "url": "https://tube.example/small.jpg", "height": 122},
    {"type": "Image", "url": "https://tube.example/large.jpg", "height": 480},
]


@pytest.mark.parametrize(
    ("url", "file"),
    [
        (
            [
                link("text/html", "watch/1"),
                link("video/mp4", "1080.mp4", height=1080),
                link("video/mp4", "480.mp4", height=480),
            ],
            "480.mp4",
        ),
        ([link("text/html", "watch/1"), link("video/mp4", "2160.mp4", height=2160)], "2160.mp4"),
        (
            [
                link("text/html", "watch/1"),
                link(
                    "application/x-mpegURL",
                    "master.m3u8",
                    tag=[
                        {"type": "Infohash", "name": "00"},
                        link("video/mp4", "1080.mp4", height=1080),
                        link("video/mp4", "720.mp4", height=720),
                        link("application/json", "metadata", height=720),
                    ],
                ),
            ],
            "720.mp4",
        ),
    ],
)
def test_a_films_file_page_and_thumbnail_are_found(url: list[dict[str, Any]], file: str) -> None:
    film = read_post(NOTE | {"type": "Video", "name": "Herons", "url": url, "icon": THUMBNAILS})
    (attachment,) = film.attachments
    assert film.url == "https://tube.example/watch/1"
    assert (attachment.kind, attachment.url) == ("video", f"https://tube.example/{file}")
    assert (attachment.thumbnail, attachment.alt) == ("https://tube.example/large.jpg", "Herons")


def test_a_film_without_a_file_shows_its_thumbnail() -> None:
    film = read_post(NOTE | {"type": "Video", "url": "https://tube.example/watch/1", "icon": THUMBNAILS})
    assert film.attachments == (RemoteAttachment("image", "https://tube.example/large.jpg"),)
    assert film.url == "https://tube.example/watch/1"


def test_an_image_that_is_a_post_is_shown() -> None:
    sizes = [
        link("image/jpeg", "0.jpg", height=2200),
        link("image/jpeg", "1.jpg", height=1024),
        link("text/html", "page"),
    ]
    image = read_post(NOTE | {"type": "Image", "name": "heron.jpg", "url": sizes})
    assert (image.url, image.attachments[0].url) == ("https://tube.example/page", "https://tube.example/0.jpg")
    assert image.attachments[0].alt == ""
    plain = read_post(NOTE | {"type": "Image", "url": f"{FILE}.jpg"})
    assert (plain.url, plain.attachments[0].url) == (NOTE["id"], f"{FILE}.jpg")


@pytest.mark.parametrize("post_type", ["Article", "Page", "Event", "Note"])
def test_a_title_picture_is_shown_where_no_other_is(post_type: str) -> None:
    image = {"type": "Image", "url": f"{FILE}.jpg", "mediaType": "image/jpeg"}
    article = NOTE | {"type": post_type, "image": image, "attachment": [{"type": "Link", "href": "https://b.example/"}]}
    assert read_post(article).attachments == (JPEG, RemoteAttachment("link", "https://b.example/"))
    assert len(read_post(article | {"attachment": [image]}).attachments) == 1


def test_a_lemmy_page_that_is_a_picture() -> None:
    page = read_post(
        NOTE | {"type": "Page", "name": "Look", "url": f"{FILE}.jpg", "image": {"url": f"{FILE}-small.jpg"}}
    )
    assert (page.url, page.attachments[0].url) == (NOTE["id"], f"{FILE}.jpg")


OPTIONS = [{"type": "Note", "name": "Blue", "replies": {"totalItems": 3}}, {"type": "Note", "name": "Red"}]
ANSWERS = (PollOption("Blue", 3), PollOption("Red", None))


@pytest.mark.parametrize(
    ("changes", "poll"),
    [
        ({"oneOf": OPTIONS, "votersCount": 3}, Poll(ANSWERS, False, None, False, 3)),
        ({"anyOf": OPTIONS, "endTime": "2026-11-21T12:00:00Z"}, Poll(ANSWERS, True, NOON, False, None)),
        ({"oneOf": OPTIONS, "closed": "2026-11-21T12:00:00Z"}, Poll(ANSWERS, False, NOON, True, None)),
        ({"oneOf": OPTIONS, "closed": True}, Poll(ANSWERS, False, None, True, None)),
        ({"oneOf": OPTIONS[0]}, Poll(ANSWERS[:1], False, None, False, None)),
        ({"oneOf": [{"name": "A", "_misskey_votes": 2}]}, Poll((PollOption("A", 2),), False, None, False, None)),
        ({"oneOf": []}, None),
        ({"oneOf": ["x", None]}, None),
    ],
)
def test_polls_are_read(changes: dict[str, Any], poll: Poll | None) -> None:
    assert read_post(NOTE | {"type": "Question"} | changes).poll == poll


def test_an_event_says_when_and_where() -> None:
    event = NOTE | {"type": "Event", "startTime": "2026-11-21T12:00:00Z", "location": {"type": "Place", "name": "Hall"}}
    assert read_post(event).happening == Happening(NOON, None, "Hall")
    assert read_post(event | {"location": "Online"}).happening == Happening(NOON, None, "Online")
    assert read_post(NOTE | {"startTime": "2026-11-21T12:00:00Z"}).happening is None


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"type": "Person"}, DocumentUnsupported),
        ({"type": "Tombstone"}, DocumentUnsupported),
        ({"type": "ChatMessage"}, DocumentUnsupported),
        ({"type": None}, DocumentUnsupported),
        ({"id": None}, DocumentMalformed),
        ({"id": "https://user:pass@gallery.example/1"}, DocumentMalformed),
        ({"attributedTo": None}, DocumentMalformed),
        ({"attributedTo": [{"type": "Person"}]}, DocumentMalformed),
    ],
)
def test_what_can_be_no_post_is_refused(changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        read_post(NOTE | changes)


def test_everything_is_bounded() -> None:
    huge = "x" * 2_000_000
    picture = {"type": "Image", "url": FILE, "name": huge, "blurhash": huge, "mediaType": huge}
    post = read_post(
        NOTE
        | {
            "type": "Question",
            "content": huge,
            "summary": huge,
            "name": huge,
            "attachment": [picture] * 1000,
            "tag": [{"type": "Hashtag", "name": huge}] * 1000,
            "to": [f"https://a.example/{n}" for n in range(10_000)],
            "oneOf": [{"name": huge}] * 1000,
            "interactionPolicy": {"canQuote": {"automaticApproval": [THEO] * 10_000}},
            "language": huge,
        }
    )
    assert len(repr(post)) < 500_000
    assert len(post.attachments) == 20
    assert len(post.tags.hashtags) == 100


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("https://a.example/x.jpg"),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "type", "href", "url", "name", "mediaType", "tag", "totalItems", "height", "@list", "icon"]
            ),
            children | st.sampled_from(["Image", "Link", "Hashtag", "Emoji", "video/mp4"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)
KEYS = re.findall(
    r"\S+",
    "content contentMap source summary name url attachment image icon tag to cc oneOf anyOf closed endTime location "
    "interactionPolicy quote likes replies language attributedTo inReplyTo sensitive @context",
)


@given(
    st.sampled_from(["Note", "Article", "Page", "Image", "Video", "Audio", "Event", "Question"]),
    st.dictionaries(st.sampled_from(KEYS), json_values),
)
def test_no_document_breaks_the_reader(post_type: str, document: dict[str, Any]) -> None:
    for candidate in (document, {**NOTE, **document, "type": post_type}, {**document, **NOTE, "type": post_type}):
        try:
            read_post(candidate)
        except DocumentError:
            continue
