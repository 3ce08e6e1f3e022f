"""Stories need a fediverse, and most of them the same people; a story with others brings its own."""

import pytest

from tests.support.fediverse import Fediverse, Instance, blank_database, fediverse
from tests.support.strangers import Stranger

__all__ = ["blank_database", "fediverse"]


@pytest.fixture
async def studio(fediverse: Fediverse) -> Instance:
    """Where mara is at home."""
    (studio,) = await fediverse.start("studio.example")
    await studio.add_artist("mara")
    return studio


@pytest.fixture
async def gallery(fediverse: Fediverse, studio: Instance) -> Instance:
    """An instance on which theo follows mara."""
    (gallery,) = await fediverse.start("gallery.example")
    await gallery.add_artist("theo")
    await gallery.follow("theo", studio.actor("mara"))
    await fediverse.settle()
    return gallery


@pytest.fixture
async def eve(fediverse: Fediverse, studio: Instance) -> Stranger:
    """A stranger who follows mara."""
    eve = fediverse.stranger("far.example")
    await eve.post(studio.shared_inbox, eve.activity("Follow", studio.actor("mara")))
    await fediverse.settle()
    eve.received.clear()
    return eve
