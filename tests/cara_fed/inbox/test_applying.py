"""Activities that take effect together: each for itself, whatever becomes of the others."""

import pytest

from activitypub.activities import Activity, read_activity
from cara_fed.inbox.applying import Applier, Ready
from cara_fed.inbox.context import InboxContext, NoEffect
from cara_fed.inbox.gathering import NOTHING
from storage.blocks import IN
from storage.inbox_log import InboxActivity
from tests.support.fediverse import Fediverse, Instance
from tests.support.strangers import Stranger


@pytest.fixture
async def studio(fediverse: Fediverse) -> Instance:
    (studio,) = await fediverse.start("studio.example")
    await studio.add_artist("mara")
    return studio


async def note_block(context: InboxContext, activity: Activity) -> None:
    """Leave something behind, that can be seen afterwards."""
    mara = await context.records.artists.get("mara")
    await context.records.blocks.add(mara.pk, activity.actor_id, IN, context.now)


async def note_and_regret(context: InboxContext, activity: Activity) -> None:
    await note_block(context, activity)
    raise NoEffect("it is not meant")


async def note_and_break(context: InboxContext, activity: Activity) -> None:
    await note_block(context, activity)
    raise ZeroDivisionError


async def noted(studio: Instance) -> set[str]:
    mara = await studio.artist("mara")
    async with studio.services.database.reading() as records:
        return {actor_id.rpartition("/")[2] for actor_id in await records.blocks.find_actors(mara.pk, IN)}


async def claim(studio: Instance, eve: Stranger, count: int) -> list[InboxActivity]:
    for number in range(count):
        await eve.post(studio.shared_inbox, eve.activity("Like", f"{studio.base}/users/mara/posts/1", number))
    async with studio.services.database.unit_of_work() as records:
        return list(await records.inbox_log.claim(studio.time.now, 60, count))


def ready(row: InboxActivity, handler: object, name: str) -> Ready:
    document = {"id": row.activity_id, "type": "Like", "actor": f"https://far.example/users/{name}", "object": "x:1"}
    activity = read_activity(document)
    return Ready(row, activity, handler, NOTHING)  # type: ignore[arg-type]


async def test_one_without_effect_leaves_nothing_and_the_others_alone(fediverse: Fediverse, studio: Instance) -> None:
    rows = await claim(studio, fediverse.stranger("far.example"), 3)
    applier = Applier(studio.services)
    for row, handler, name in zip(rows, (note_block, note_and_regret, note_block), "abc", strict=True):
        applier.add(ready(row, handler, name))
    await applier.apply()
    assert await noted(studio) == {"a", "c"}
    assert await studio.inbox_states() == {"handled": 2, "ignored": 1}


async def test_one_that_breaks_harms_no_other_and_is_tried_again(fediverse: Fediverse, studio: Instance) -> None:
    rows = await claim(studio, fediverse.stranger("far.example"), 3)
    applier = Applier(studio.services)
    for row, handler, name in zip(rows, (note_block, note_and_break, note_block), "abc", strict=True):
        applier.add(ready(row, handler, name))
    await applier.apply()
    assert await noted(studio) == {"a", "c"}
    assert await studio.inbox_states() == {"handled": 2, "received": 1}


async def test_what_was_tried_in_vain_goes_alone(fediverse: Fediverse, studio: Instance) -> None:
    """It may be what ended the process, and those beside it must not be given up with it."""
    rows = await claim(studio, fediverse.stranger("far.example"), 3)
    rows[1].attempts = 2
    together: list[set[str]] = []

    async def look_around(context: InboxContext, activity: Activity) -> None:
        before = await noted(studio)  # what is committed, as others see it
        together.append(before)
        await note_block(context, activity)

    applier = Applier(studio.services)
    for row, name in zip(rows, "abc", strict=True):
        applier.add(ready(row, look_around, name))
    await applier.apply()
    assert together == [set(), {"a"}, {"a", "b"}]
