"""Moving: an artist's followers go along to another account, or come from one."""

from collections.abc import Iterable
from typing import Final

from activitypub.activities import build_move
from activitypub.audience import Visibility
from activitypub.identifiers import ArtistRef
from cara_fed.delivery.fan_out import Recipients
from cara_fed.errors import InvalidInput
from cara_fed.federation.budgets import Budget
from cara_fed.federation.resolver import FETCHES_PER_SEARCH, Resolver
from cara_fed.publishing.follow_actor import find_actor
from cara_fed.publishing.outgoing import send_out, wake_workers
from cara_fed.publishing.update_profile import announce_profile
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.records import Records

MAX_ALIASES: Final = 10


async def set_aliases(services: Services, artist: Artist, targets: Iterable[str]) -> tuple[str, ...]:
    """Say which other accounts are the artist's, by handle or address: only from such can followers come along.

    Gives their ids. Raises InvalidInput; otherwise as :func:`cara_fed.publishing.follow_actor.find_actor`.
    """
    wanted = list(dict.fromkeys(target.strip() for target in targets if target.strip()))
    if len(wanted) > MAX_ALIASES:
        raise InvalidInput(_("There is room for %(limit)s other accounts of yours.", limit=MAX_ALIASES))
    own_id = services.site.actor(artist.name)
    found = [target if target in artist.also_known_as else (await find_actor(services, target))[1] for target in wanted]
    aliases = tuple(dict.fromkeys(actor_id for actor_id in found if actor_id != own_id))
    async with services.database.unit_of_work() as records:
        row = await records.artists.get_by_pk(artist.pk)
        row.also_known_as = list(aliases)
        await announce_profile(records, services, row)
    wake_workers(services)
    return aliases


async def move_away(services: Services, artist: Artist, target: str) -> str:
    """Move an artist's followers to another account, which must name this one as its alias; its id.

    Raises InvalidInput, or as :func:`cara_fed.publishing.follow_actor.find_actor`.
    """
    own_id = services.site.actor(artist.name)
    _target, target_id = await find_actor(services, target)
    if target_id == own_id:
        raise InvalidInput(_("This is the account that you would move from."))
    if own_id not in await _find_aliases(services, target_id):
        raise InvalidInput(
            _("That account does not say yet that it is yours: add %(own_id)s to its aliases first.", own_id=own_id)
        )
    async with services.database.unit_of_work() as records:
        row = await records.artists.get_by_pk(artist.pk)
        row.moved_to = target_id
        await announce_profile(records, services, row)
        await _send_move(records, services, row, target_id)
    wake_workers(services)
    return target_id


async def stay(services: Services, artist: Artist) -> None:
    """Take back that an artist moved; followers who went along do not come back by it."""
    async with services.database.unit_of_work() as records:
        row = await records.artists.get_by_pk(artist.pk)
        row.moved_to = None
        await announce_profile(records, services, row)
    wake_workers(services)


async def _find_aliases(services: Services, actor_id: str) -> Iterable[str]:
    """What an account says now about which others are the same person's."""
    located = services.site.locate(actor_id)
    if isinstance(located, ArtistRef):
        async with services.database.reading() as records:
            return (await records.artists.get(located.name)).also_known_as
    actor = await Resolver(services).actor(actor_id, Budget(FETCHES_PER_SEARCH), refresh=True)
    return actor.also_known_as


async def _send_move(records: Records, services: Services, artist: Artist, target_id: str) -> None:
    site = services.site
    own_id = site.actor(artist.name)
    move = build_move(
        activity_id=site.activity(artist.name, services.clock.new_pk()),
        actor_id=own_id,
        target_id=target_id,
        followers_id=site.followers(artist.name),
    )
    here = [follower.actor_id for follower in await records.followers.find_below(artist.pk, site.base)]
    await send_out(
        records,
        services,
        move,
        Recipients(followers=True, actor_ids=tuple(here)),
        artist_pk=artist.pk,
        object_id=own_id,
        audience=Visibility.PUBLIC,
    )
