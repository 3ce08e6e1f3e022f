"""Hundreds of documents of other projects, posted to the inbox: nothing breaks, and what is published is shown."""

import logging
from datetime import UTC, datetime

import pytest

from activitypub.documents import id_of
from activitypub.errors import ProtocolError
from activitypub.notes import read_post
from activitypub.origins import same_origin
from activitypub.vocabulary import POST_TYPES
from tests.activitypub.shared_documents import DOCUMENTS, MISSING
from tests.federation.test_other_software import let_mara_follow
from tests.support.corpora import Corpus, Json
from tests.support.fediverse import Fediverse

pytestmark = pytest.mark.skipif(not DOCUMENTS.is_dir(), reason=MISSING)


def published(activity: Json) -> str | None:
    """The id of the post that a Create publishes for everyone, if it may be read and is its actor's."""
    note = activity.get("object")
    if activity.get("type") != "Create" or not isinstance(note, dict) or not POST_TYPES & {note.get("type")}:
        return None
    try:
        post = read_post(note)
    except ProtocolError:
        return None
    is_own = post.actor_id == id_of(activity["actor"]) and same_origin(post.object_id, post.actor_id)
    return post.object_id if post.audience.is_public and is_own and not post.is_vote else None


@pytest.mark.parametrize("name", ["rebased", "activitystreams"])
async def test_a_corpus_breaks_nothing_and_is_shown(
    fediverse: Fediverse, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    (studio,) = await fediverse.start("studio.example")
    fediverse.time.now = datetime(2026, 12, 1, tzinfo=UTC)
    await studio.add_artist("mara")
    corpus = Corpus(DOCUMENTS / name, fediverse.network, fediverse.time, fediverse.keys.next_rsa())
    taken: dict[str, Json] = {}
    for activity in corpus.activities():
        actor_id = id_of(activity["actor"])
        if isinstance(actor_id, str):
            await let_mara_follow(studio, actor_id)
        response = await corpus.post(studio.shared_inbox, activity)
        assert response.status_code in (202, 400, 401, 403, 422), (response.status_code, activity)
        object_id = published(activity)
        if response.status_code == 202 and object_id is not None:
            taken[object_id] = activity
    await fediverse.settle()

    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    missing = [object_id for object_id in taken if await studio.find_post(object_id) is None]
    assert missing == []
    assert len(taken) >= {"rebased": 36, "activitystreams": 0}[name]
