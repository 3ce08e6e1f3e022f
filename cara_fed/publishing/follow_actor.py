"""Following somebody: here or on another server, by handle, id or the address of their profile."""

from dataclasses import dataclass

from activitypub.activities import build_follow
from activitypub.audience import Visibility
from activitypub.documents import types_of
from activitypub.errors import HandleMalformed
from activitypub.identifiers import ArtistRef, read_handle
from activitypub.vocabulary import ACTOR_TYPES
from cara_fed.delivery.fan_out import Recipients
from cara_fed.errors import InvalidInput, NotAllowed, NotFound
from cara_fed.federation.resolver import Resolver
from cara_fed.publishing.outgoing import send_out, wake_workers
from cara_fed.publishing.people import mention_of, mention_of_artist
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.follows import ACCEPTED, PENDING, Following
from storage.records import Records


@dataclass(frozen=True, slots=True)
class Followed:
    """Whom an artist follows, or asked to: the handle to show, the id, and whether it was accepted already."""

    handle: str
    actor_id: str
    accepted: bool


async def follow_actor(services: Services, artist: Artist, target: str) -> Followed:
    """Ask to follow ``target``: ``@name@domain``, an actor's id or a profile's address.

    Following somebody twice asks again where no answer came. Raises NotFound, NotAllowed or InvalidInput; a FetchError,
    ProtocolError or RefusedByBlocklist where the other server cannot or must not be asked.
    """
    handle, actor_id = await find_actor(services, target)
    if actor_id == services.site.actor(artist.name):
        raise InvalidInput(_("Nobody can follow themselves."))
    async with services.database.unit_of_work() as records:
        followed = await _follow(records, services, artist, actor_id)
    wake_workers(services)
    return Followed(handle, actor_id, followed.state == ACCEPTED)


async def find_actor(services: Services, target: str) -> tuple[str, str]:
    """The handle and id of whoever ``target`` names; a remote actor is known to the database afterwards."""
    target = target.strip()
    if target.startswith(("https://", "http://")):
        return await _find_by_address(services, target)
    return await _find_by_handle(services, target)


async def _find_by_handle(services: Services, target: str) -> tuple[str, str]:
    try:
        handle = read_handle(target)
    except HandleMalformed as error:
        raise InvalidInput(
            _("%(target)s is no handle. One looks like @theo@gallery.example.", target=target[:100])
        ) from error
    if handle.domain == services.site.domain:
        return await _find_artist(services, handle.name)
    actor = await Resolver(services).find_by_handle(handle)
    return mention_of(actor).handle, actor.actor_id


async def _find_by_address(services: Services, url: str) -> tuple[str, str]:
    located = services.site.locate(url) or services.site.locate_page(url)
    if isinstance(located, ArtistRef):
        return await _find_artist(services, located.name)
    resolver = Resolver(services)
    document = await resolver.find_by_url(url)
    if not ACTOR_TYPES.intersection(types_of(document)):
        raise NotFound(_("%(url)s is not a person's address.", url=url[:200]))
    actor = await resolver.keep_actor(document)
    return mention_of(actor).handle, actor.actor_id


async def _find_artist(services: Services, name: str) -> tuple[str, str]:
    async with services.database.reading() as records:
        artist = await records.artists.find(name)
    if artist is None:
        raise NotFound(_("There is nobody called %(name)s here.", name=name[:100]))
    mention = mention_of_artist(services.site, artist)
    return mention.handle, mention.actor_id


async def _follow(records: Records, services: Services, artist: Artist, actor_id: str) -> Following:
    known = await records.following.find(artist.pk, actor_id)
    if known is not None and known.state == ACCEPTED:
        return known
    if await records.blocks.exists_between(artist.pk, actor_id):
        raise NotAllowed(_("One of you blocks the other."))
    pk = services.clock.new_pk()
    follow = build_follow(
        activity_id=services.site.activity(artist.name, pk),
        actor_id=services.site.actor(artist.name),
        target_id=actor_id,
    )
    row = Following(
        pk=pk,
        artist_pk=artist.pk,
        actor_id=actor_id,
        state=PENDING,
        follow_id=follow["id"],
        created_at=services.clock.now(),
    )
    await records.following.record(row)
    await send_out(
        records,
        services,
        follow,
        Recipients(actor_ids=(actor_id,), personal=True),
        artist_pk=artist.pk,
        object_id=actor_id,
        audience=Visibility.DIRECT,
    )
    return row
