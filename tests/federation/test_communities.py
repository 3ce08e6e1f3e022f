"""Stories of communities: what Lemmy passes on is looked up where it is at home, and not believed."""

from typing import Any

from tests.federation.test_company import home, interactions
from tests.federation.test_other_software import let_mara_follow
from tests.support.fediverse import Fediverse, Instance
from tests.support.strangers import Json, Stranger


async def start(fediverse: Fediverse) -> tuple[Instance, Stranger, Stranger]:
    """Mara follows the community of woods.example; Eve of far.example writes in it."""
    (studio,) = await fediverse.start("studio.example")
    await studio.add_artist("mara")
    woods, eve = fediverse.stranger("woods.example", "woods"), fediverse.stranger("far.example")
    await let_mara_follow(studio, woods.actor)
    return studio, woods, eve


def page(eve: Stranger, number: int = 1, **changes: Any) -> Json:
    """A page of Eve's, as her own server has it."""
    document = eve.note(number, **{"type": "Page", "name": "Oaks", **changes})
    eve.serve(f"/users/eve/notes/{number}", document)
    return document


def pass_on(woods: Stranger, eve: Stranger, kind: str, document: Json | str, number: int = 1) -> Json:
    return woods.activity("Announce", eve.activity(kind, document, number), number)


async def tell(fediverse: Fediverse, studio: Instance, woods: Stranger, *activities: Json) -> None:
    for activity in activities:
        assert (await woods.post(studio.shared_inbox, activity)).status_code == 202
        await fediverse.settle()


async def test_a_page_is_shown_as_its_own_server_has_it(fediverse: Fediverse) -> None:
    studio, woods, eve = await start(fediverse)
    real = page(eve)
    await tell(fediverse, studio, woods, pass_on(woods, eve, "Create", {**real, "content": "<p>forged</p>"}))
    kept = await studio.find_post(real["id"])
    assert kept is not None and "Oaks" in kept.content and "forged" not in kept.content
    assert await home(studio, "mara") == [(real["id"], woods.actor)]


async def test_an_invented_page_comes_to_nothing(fediverse: Fediverse) -> None:
    studio, woods, eve = await start(fediverse)
    await tell(fediverse, studio, woods, pass_on(woods, eve, "Create", eve.note(9)))
    assert await studio.find_post(f"{eve.actor}/notes/9") is None


async def test_comments_are_kept_where_their_conversation_is_known(fediverse: Fediverse) -> None:
    studio, woods, eve = await start(fediverse)
    parent = page(eve)
    known, unknown = page(eve, 2, inReplyTo=parent["id"]), page(eve, 3, inReplyTo=f"{eve.actor}/notes/77")
    told = [pass_on(woods, eve, "Create", document, n) for n, document in enumerate((parent, known, unknown))]
    await tell(fediverse, studio, woods, *told)
    assert await studio.find_post(known["id"]) is not None and await studio.find_post(unknown["id"]) is None
    assert await home(studio, "mara") == [(parent["id"], woods.actor)]


async def test_edits_and_deletes_are_looked_up(fediverse: Fediverse) -> None:
    studio, woods, eve = await start(fediverse)
    first = page(eve)
    await tell(fediverse, studio, woods, pass_on(woods, eve, "Create", first))
    forged = {**first, "content": "<p>forged</p>", "updated": "2026-11-22T11:30:00Z"}
    await tell(
        fediverse,
        studio,
        woods,
        pass_on(woods, eve, "Update", forged, 2),
        pass_on(woods, eve, "Delete", first["id"], 3),
    )
    kept = await studio.find_post(first["id"])
    assert kept is not None and "forged" not in kept.content and kept.deleted_at is None

    page(eve, content="<p>elms</p>", updated="2026-11-22T11:40:00Z")
    await tell(fediverse, studio, woods, pass_on(woods, eve, "Update", first, 4))
    kept = await studio.find_post(first["id"])
    assert kept is not None and "elms" in kept.content
    eve.serve("/users/eve/notes/1", {"id": first["id"], "type": "Tombstone"}, status=410)
    await tell(fediverse, studio, woods, pass_on(woods, eve, "Delete", first["id"], 5))
    kept = await studio.find_post(first["id"])
    assert kept is not None and kept.deleted_at is not None


async def test_what_is_announced_about_our_posts_does_nothing(fediverse: Fediverse) -> None:
    studio, woods, eve = await start(fediverse)
    post = await studio.publish("mara", "a hill")
    kinds = ("Like", "Dislike", "Undo", "Lock", "Add", "Delete", "Update", "Create")
    told = [pass_on(woods, eve, kind, post.object_id, number) for number, kind in enumerate(kinds)]
    await tell(fediverse, studio, woods, *told)
    assert await interactions(studio, post.object_id) == {}
    assert fediverse.network.seen("GET", "far.example") == []
    kept = await studio.find_post(post.object_id)
    assert kept is not None and kept.deleted_at is None


async def test_who_is_not_followed_makes_us_fetch_nothing(fediverse: Fediverse) -> None:
    studio, _, eve = await start(fediverse)
    crowd = fediverse.stranger("crowd.example", "crowd")
    await tell(fediverse, studio, crowd, pass_on(crowd, eve, "Create", page(eve)))
    assert fediverse.network.seen("GET", "far.example") == []
