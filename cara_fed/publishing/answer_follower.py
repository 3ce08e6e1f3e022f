"""Answering those who want to follow an artist: accepting, refusing, and sending away who follows already."""

from collections.abc import Callable

from activitypub.activities import build_accept, build_reject
from activitypub.audience import Visibility
from activitypub.documents import Json
from cara_fed.blocklist.company import note_company
from cara_fed.delivery.fan_out import Recipients
from cara_fed.errors import NotFound
from cara_fed.publishing.outgoing import send_out, wake_workers
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.follows import ACCEPTED, Follower
from storage.records import Records

Build = Callable[..., Json]


async def accept_follower(services: Services, artist: Artist, actor_id: str) -> None:
    """Let somebody follow who asked to. Raises NotFound where nobody did."""
    async with services.database.unit_of_work() as records:
        row = await _get_follower(records, artist, actor_id)
        await records.followers.set_state(artist.pk, actor_id, ACCEPTED)
        await note_company(records, services.blocklist, artist.pk, actor_id)
        await _answer(records, services, artist, row, build_accept)
    wake_workers(services)


async def reject_follower(services: Services, artist: Artist, actor_id: str) -> None:
    """Refuse who asked, or send away who follows. Raises NotFound where nobody of that id did either."""
    async with services.database.unit_of_work() as records:
        row = await _get_follower(records, artist, actor_id)
        await records.followers.remove(artist.pk, actor_id)
        await _answer(records, services, artist, row, build_reject)
    wake_workers(services)


async def _get_follower(records: Records, artist: Artist, actor_id: str) -> Follower:
    row = await records.followers.find(artist.pk, actor_id)
    if row is None:
        raise NotFound(_("There is no such follower."))
    return row


async def _answer(records: Records, services: Services, artist: Artist, row: Follower, build: Build) -> None:
    site = services.site
    answer = build(
        activity_id=site.activity(artist.name, services.clock.new_pk()),
        actor_id=site.actor(artist.name),
        follow_id=row.follow_id,
        follower_id=row.actor_id,
    )
    await send_out(
        records,
        services,
        answer,
        Recipients(actor_ids=(row.actor_id,), personal=True),
        artist_pk=artist.pk,
        object_id=row.follow_id,
        audience=Visibility.DIRECT,
    )
