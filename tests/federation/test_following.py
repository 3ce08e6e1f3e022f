"""Stories of following: asked, answered, approved, refused, ended."""

from activitypub.activities import build_follow
from tests.support.fediverse import Fediverse, Instance


async def follow(follower: Instance, actor: str, target: str, number: int = 1) -> int:
    """Deliver a Follow by hand; the status of the answer."""
    document = build_follow(activity_id=f"{actor}/activities/{number}", actor_id=actor, target_id=target)
    return (await follower.post(f"{target}/inbox", document, as_=actor)).status_code


async def test_a_follow_is_accepted_at_once(fediverse: Fediverse) -> None:
    studio, gallery = await fediverse.start("studio.example", "gallery.example")
    mara, theo = await studio.add_artist("mara"), await gallery.add_artist("theo")

    assert await follow(gallery, theo, mara) == 202
    await fediverse.settle()

    assert await studio.followers_of("mara") == {theo}
    assert "/users/theo/inbox" in fediverse.network.seen("POST", "gallery.example")
