"""Documents in the shape that fifteen programs really send, and those of other projects where they stand beside us.

tests/documents/<software>/*.json were written anew after real ones; every name, domain and key in them is invented.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from activitypub.activities import is_made_id, read_activity, read_inner_activity, read_reaction, read_report
from activitypub.actors import read_actor
from activitypub.audience import Visibility, read_visibility
from activitypub.collections import read_collection, read_items
from activitypub.documents import Json, parse_document, types_of
from activitypub.errors import ActorMismatch, DocumentError, DocumentMalformed
from activitypub.identifiers import Handle
from activitypub.keys import read_keys
from activitypub.nodeinfo import read_nodeinfo, read_nodeinfo_links
from activitypub.notes import RemotePost, read_post
from activitypub.opt_out import OptOut, read_stated_opt_out
from activitypub.tags import read_tags
from activitypub.vocabulary import ACTOR_TYPES, COLLECTION_TYPES, POST_TYPES
from activitypub.webfinger import read_jrd
from tests.activitypub.shared_documents import DOCUMENTS as SHARED
from tests.activitypub.shared_documents import MISSING

OURS = Path(__file__).parents[1] / "documents"
FILES = sorted(path.relative_to(OURS).as_posix().removesuffix(".json") for path in OURS.glob("*/*.json"))
MARA = "https://studio.example/users/mara"
ASKED = Handle("theo", "tusk.example")


def load(name: str) -> Json:
    return parse_document((OURS / f"{name}.json").read_bytes())


def post_of(name: str) -> RemotePost:
    """The post that the document is, or brings."""
    document = load(name)
    return read_post(
        document if set(types_of(document)) & POST_TYPES else read_activity(document).object_document or {}
    )


READERS: list[Callable[[Json], Any]] = [
    read_actor,
    read_post,
    read_activity,
    read_collection,
    read_keys,
    read_tags,
    read_stated_opt_out,
    read_nodeinfo,
    read_nodeinfo_links,
    lambda document: read_jrd(document, ASKED),
    lambda document: read_items(document, {}),
    lambda document: read_inner_activity(read_activity(document)),
    lambda document: read_reaction(read_activity(document)),
    lambda document: read_report(read_activity(document)),
    lambda document: read_visibility(document, None),
]


def try_all_readers(document: Json) -> None:
    for read in READERS:
        try:
            read(document)
        except (DocumentError, ActorMismatch):
            continue


@pytest.mark.parametrize("name", FILES)
def test_each_document_is_read_as_what_it_is(name: str) -> None:
    document = load(name)
    types = set(types_of(document))
    if types & ACTOR_TYPES:
        assert read_keys(document)
        if name != "gotosocial/actor_stub":
            assert read_actor(document).name
    elif types & POST_TYPES:
        assert read_post(document).actor_id
    elif types & COLLECTION_TYPES:
        assert read_collection(document).total
    elif "links" in document:
        assert read_jrd(document, ASKED).confirms(ASKED)
    elif "software" in document:
        assert read_nodeinfo(document)
    else:
        read_the_whole_activity(document)


def read_the_whole_activity(document: Json) -> None:
    activity = read_activity(document)
    embedded = activity.object_document or {}
    if set(activity.object_types) & ACTOR_TYPES and "inbox" in embedded:
        assert read_actor(embedded).actor_id == activity.object_id
    elif set(activity.object_types) & POST_TYPES and activity.activity_type in ("Create", "Update"):
        assert read_post(embedded).object_id == activity.object_id
    elif activity.activity_type in ("Undo", "Accept", "Reject") and embedded:
        assert read_inner_activity(activity).activity_type == activity.object_types[0]
    else:
        assert activity.object_id


@pytest.mark.parametrize("name", FILES)
def test_no_reader_is_upset_by_any_document(name: str) -> None:
    try_all_readers(load(name))


def test_enough_programs_are_here() -> None:
    assert {name.split("/")[0] for name in FILES} >= {
        *("mastodon", "pixelfed", "gotosocial", "misskey", "akkoma", "lemmy", "peertube", "wordpress", "friendica"),
        *("hubzilla", "mobilizon", "funkwhale", "owncast", "kmyblue", "relay"),
    }


@pytest.mark.parametrize(
    ("name", "kinds", "alt"),
    [
        ("mastodon/create_note", ["image", "video"], "A spider drawn in brown ink"),
        ("pixelfed/create_note", ["image", "image"], "Fog above a canal, a barge coming out of it"),
        ("gotosocial/create_note", ["image"], "Two sloths & a hammock.\nOne waves."),
        ("misskey/create_note", ["image"], "青い鳥の絵"),
        ("akkoma/create_note", ["image"], ""),
        ("lemmy/create_page", ["image"], "A red and black print of a harbour"),
        ("lemmy/link_page", ["image", "link"], ""),
        ("peertube/create_video", ["video"], "Inking a heron, real time"),
        ("wordpress/create_article", ["image"], "A jar of yellow ochre"),
        ("friendica/create_note", ["image"], "Plakat der Ausstellung"),
        ("hubzilla/create_image", ["image"], ""),
        ("mobilizon/event", ["image", "link"], "Banner"),
        ("funkwhale/create_audio", ["audio"], "Reed bed at dawn"),
        ("owncast/create_note", ["image"], ""),
    ],
)
def test_the_pictures_of_every_program_are_found(name: str, kinds: list[str], alt: str) -> None:
    attachments = post_of(name).attachments
    assert [attachment.kind for attachment in attachments] == kinds
    assert attachments[0].alt == alt


@pytest.mark.parametrize(
    ("name", "author", "visibility", "content"),
    [
        ("mastodon/note", "https://tusk.example/users/theo", Visibility.PUBLIC, "<p>Day 20 for "),
        ("pixelfed/create_reply", "https://pics.example/users/anouk", Visibility.PUBLIC, "<a "),
        ("gotosocial/note", "https://gts.sloth.example/users/zora", Visibility.PUBLIC, "<p>New print</p>"),
        ("misskey/note", "https://nyan.example/users/9xk2m4p0ab", Visibility.PUBLIC, "<p><span>らくがき"),
        ("akkoma/note", "https://fox.example/users/vix", Visibility.PUBLIC, "<p>sketch dump"),
        ("lemmy/page", "https://links.example/u/pavel", Visibility.PUBLIC, "<p>Took a week.</p>"),
        ("lemmy/create_comment", "https://links.example/u/pavel", Visibility.PUBLIC, "<p>Which press?</p>"),
        ("peertube/video", "https://tube.example/accounts/ines", Visibility.PUBLIC, "<p>**Inking** a heron.</p>"),
        ("wordpress/article", "https://blog.example/author/lena/", Visibility.PUBLIC, "<p><strong>Yellow</strong></p>"),
        ("mobilizon/event", "https://events.example/@printers", Visibility.PUBLIC, "<p>Bring paper</p>"),
        ("mastodon/vote", "https://tusk.example/users/theo", Visibility.DIRECT, ""),
    ],
)
def test_the_words_of_every_program_are_found(name: str, author: str, visibility: Visibility, content: str) -> None:
    post = post_of(name)
    assert post.actor_id == author
    assert post.content.startswith(content)
    assert read_visibility(load(name), None) is visibility


def test_what_only_some_programs_say_is_understood() -> None:
    note = post_of("mastodon/create_note")
    assert (note.content_warning, note.sensitive, note.language) == ("Spiders", True, "en")
    assert (note.likes, note.shares) == (7, 2)
    assert [mention.actor_id for mention in note.tags.mentions] == [MARA]
    assert [emoji.shortcode for emoji in note.tags.emoji] == ["heron"]
    assert post_of("mastodon/vote").is_vote
    assert post_of("misskey/note").quote_id == f"{MARA}/posts/117329384023461888"
    assert post_of("kmyblue/note").quote_id == f"{MARA}/posts/117329384023461888"
    assert [tag.name for tag in post_of("pixelfed/create_reply").tags.hashtags] == ["film"]
    assert post_of("lemmy/page").language == "en"
    assert post_of("peertube/video").attachments[0].url.endswith("/480-fragmented.mp4")
    assert post_of("peertube/video").url == "https://tube.example/videos/watch/e7946124-7b72-4ad7-9d22-844a84bb2de1"
    assert post_of("hubzilla/create_image").attachments[0].width == 2200


def test_polls_and_events_are_understood() -> None:
    poll, other = post_of("mastodon/question").poll, post_of("misskey/question").poll
    assert poll is not None
    assert other is not None
    assert [option.votes for option in poll.options] == [7, 4]
    assert (poll.multiple, poll.voters, other.multiple, other.ends_at) == (False, 11, True, None)
    event = post_of("mobilizon/event").happening
    assert event is not None
    assert event.place == "Old print works"


@pytest.mark.parametrize(
    ("name", "display_name", "shared_inbox"),
    [
        ("mastodon/actor", "Theo :heron:", "https://tusk.example/inbox"),
        ("pixelfed/actor", "Anouk", "https://pics.example/f/inbox"),
        ("gotosocial/actor", "Zora", "https://gts.sloth.example/sharedInbox"),
        ("misskey/actor", "sora", "https://nyan.example/inbox"),
        ("akkoma/actor", "vix 🦊", "https://fox.example/inbox"),
        ("lemmy/group", "Linocut", "https://links.example/inbox"),
        ("peertube/actor", "Inés", "https://tube.example/inbox"),
        ("wordpress/actor", "Lena", "https://blog.example/wp-json/activitypub/1.0/inbox"),
        ("wordpress/blog_actor", "The blog", None),
        ("friendica/actor", "Jonas", "https://friends.example/inbox"),
        ("hubzilla/actor", "Rosa", "https://hub.example/inbox"),
    ],
)
def test_the_people_of_every_program_are_found(name: str, display_name: str, shared_inbox: str | None) -> None:
    actor = read_actor(load(name))
    assert (actor.display_name, actor.shared_inbox) == (display_name, shared_inbox)
    assert len(read_keys(load(name))) == (2 if name == "hubzilla/actor" else 1)


def test_what_only_some_people_say_is_understood() -> None:
    assert read_actor(load("peertube/actor")).url == "https://tube.example/a/ines"
    assert read_actor(load("hubzilla/actor")).url == "https://hub.example/channel/rosa"
    avatar = read_actor(load("peertube/actor")).avatar
    assert avatar is not None
    assert avatar.url.endswith("/600.png")
    assert read_actor(load("akkoma/actor")).webfinger == Handle("vix", "fox.example")
    assert read_actor(load("kmyblue/actor")).opt_out.policy is OptOut.NO_AI_TRAINING
    with pytest.raises(DocumentMalformed):
        read_actor(load("gotosocial/actor_stub"))


def test_reactions_and_nameless_activities_are_understood() -> None:
    reaction = read_reaction(read_activity(load("misskey/like")))
    assert reaction is not None
    assert reaction[1] is not None
    assert (reaction[0], reaction[1].shortcode) == (":blobcat_art:", "blobcat_art")
    assert read_reaction(read_activity(load("kmyblue/emoji_react"))) == ("🌸", None)
    assert is_made_id(read_activity(load("relay/undo_without_id")).activity_id)
    assert is_made_id(read_inner_activity(read_activity(load("relay/undo_without_id"))).activity_id)
    assert read_inner_activity(read_activity(load("pixelfed/accept_follow"))).actor_id == MARA


def shared_files() -> list[Path]:
    return sorted(path for path in SHARED.rglob("*.json") if path.is_file()) if SHARED.exists() else []


@pytest.mark.skipif(not SHARED.exists(), reason=MISSING)
def test_other_projects_documents_are_read_or_refused_in_order() -> None:
    """Hundreds of documents of other projects' tests: a value or a DocumentError, never anything else."""
    read = 0
    for path in shared_files():
        try:
            document = parse_document(path.read_bytes())
        except DocumentError:
            continue
        for candidate in (document, document.get("object")):
            if isinstance(candidate, dict):
                try_all_readers(candidate)
                read += 1
    assert read > 100


@pytest.mark.skipif(not SHARED.exists(), reason=MISSING)
def test_other_projects_posts_and_people_are_found_among_them() -> None:
    found = {"actors": 0, "posts": 0, "activities": 0}
    for path in shared_files():
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue
        for name, reader in (("actors", read_actor), ("posts", read_post), ("activities", read_activity)):
            for candidate in (document, document.get("object") if isinstance(document, dict) else None):
                try:
                    reader(candidate if isinstance(candidate, dict) else {})
                    found[name] += 1
                except DocumentError:
                    continue
    assert found["actors"] >= 40
    assert found["posts"] >= 55
    assert found["activities"] >= 40
