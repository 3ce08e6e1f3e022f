"""Stories of servers that answer our questions as badly as they can: nothing breaks, and nothing is believed."""

import pytest

from activitypub.synchronization import HEADER, digest_followers
from tests.support.fediverse import Fediverse, Instance
from tests.support.strangers import Answer, Json, Stranger

JSON = (b"content-type", b"application/activity+json")
DEEP = b'{"a":' * 5000 + b"1" + b"}" * 5000


@pytest.fixture
def liar(fediverse: Fediverse) -> Stranger:
    return fediverse.stranger("liar.example", "lou")


@pytest.mark.parametrize("body", [b'{"id":"' + b"x" * 10_000_000 + b'"}', DEEP, b"[]", b"\xff\xfe"])
async def test_a_key_document_that_cannot_be_taken_is_no_key(studio: Instance, liar: Stranger, body: bytes) -> None:
    liar.documents["/users/lou"] = Answer(200, body, (JSON,))
    response = await liar.post(studio.shared_inbox, liar.activity("Follow", studio.actor("mara")))
    assert response.status_code == 401
    assert await studio.followers_of("mara") == set()


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "https://studio.example/users/mara/posts/1"},
        {"id": "https://other.example/notes/1"},
        {"attributedTo": "https://other.example/users/oz"},
        {"attributedTo": "https://studio.example/users/mara"},
        {"type": "Tombstone"},
        {"type": "Person"},
    ],
)
async def test_a_document_that_lies_about_itself_is_not_kept(
    fediverse: Fediverse, studio: Instance, liar: Stranger, changes: Json
) -> None:
    mention = [{"type": "Mention", "href": studio.actor("mara")}]
    note = {**liar.note(1, tag=mention), **changes}
    liar.serve("/users/lou/notes/1", note)
    await liar.post(studio.shared_inbox, liar.activity("Create", liar.note(1)["id"]))
    await fediverse.settle()
    assert await studio.find_post(liar.note(1)["id"]) is None
    assert await studio.find_post(str(note["id"])) is None


@pytest.mark.parametrize(
    "location", ["https://10.0.0.1/n", "https://169.254.169.254/", "http://127.0.0.1/", "file:///e"]
)
async def test_a_document_that_leads_into_a_private_network_is_not_asked_for(
    fediverse: Fediverse, studio: Instance, liar: Stranger, location: str
) -> None:
    liar.documents["/users/lou/notes/1"] = Answer(302, b"", ((b"location", location.encode()),))
    await liar.post(studio.shared_inbox, liar.activity("Create", liar.note(1)["id"]))
    await fediverse.settle()
    asked = {exchange.request.url.host for exchange in fediverse.network.exchanges}
    assert asked == {"studio.example", "liar.example"}
    assert await studio.find_post(liar.note(1)["id"]) is None


async def test_a_list_of_followers_that_goes_in_circles_ends(
    fediverse: Fediverse, studio: Instance, liar: Stranger
) -> None:
    """Each page names the other as the next."""
    await studio.follow("mara", liar.actor)
    await fediverse.settle()
    async with studio.services.database.unit_of_work() as records:
        mara = await records.artists.get("mara")
        await records.following.set_state(mara.pk, liar.actor, "accepted")
    url = f"{liar.actor}/sync"
    for path, following in (("sync", "sync2"), ("sync2", "sync")):
        page = {"id": f"{liar.actor}/{path}", "type": "OrderedCollectionPage", "next": f"{liar.actor}/{following}"}
        liar.serve(f"/users/lou/{path}", {**page, "orderedItems": []})
    stated = f'collectionId="{liar.actor}/followers", url="{url}", digest="{digest_followers([])}"'
    await liar.post(studio.shared_inbox, liar.activity("Create", liar.note(1)), headers={HEADER: stated})
    await fediverse.settle()
    asked = [path for path in fediverse.network.seen("GET", "liar.example") if "sync" in path]
    assert 1 <= len(asked) <= 4
    assert await studio.following_of("mara") == {liar.actor}
