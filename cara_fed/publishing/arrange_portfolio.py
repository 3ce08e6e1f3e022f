"""Arranging the portfolio: the posts that stand first on an artist's profile, here and elsewhere."""

from collections.abc import Callable, Sequence
from typing import Final

from activitypub.activities import build_add, build_remove
from activitypub.audience import Visibility
from activitypub.documents import Json
from cara_fed.delivery.fan_out import Recipients
from cara_fed.errors import InvalidInput
from cara_fed.publishing.ordering import Move, move
from cara_fed.publishing.outgoing import send_out, wake_workers
from cara_fed.publishing.own_posts import get_own_posts
from cara_fed.publishing.update_profile import announce_profile
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.records import Records

MAX_PORTFOLIO: Final = 12
"""Every server that meets the artist fetches each of them."""
SHOWN: Final = (Visibility.PUBLIC, Visibility.UNLISTED)


async def add_to_portfolio(services: Services, artist: Artist, *post_pks: int) -> None:
    """Put posts last in the portfolio, all or none, and tell followers. Raises InvalidInput or NotFound."""
    async with services.database.unit_of_work() as records:
        if any(rows.post.visibility not in SHOWN for rows in await get_own_posts(records, artist, post_pks)):
            raise InvalidInput(_("Only posts that everyone may see can be in a portfolio."))
        await _change(records, services, artist, lambda pks: _with(pks, post_pks))
    wake_workers(services)


async def move_in_portfolio(services: Services, artist: Artist, wanted: Move) -> None:
    """Move a post within the portfolio, or out of it, which followers are told."""
    async with services.database.unit_of_work() as records:
        await _change(records, services, artist, lambda pks: move(pks, wanted))
    wake_workers(services)


def _with(pks: Sequence[int], more: Sequence[int]) -> list[int]:
    together = list(dict.fromkeys((*pks, *more)))
    if len(together) > max(MAX_PORTFOLIO, len(pks)):
        raise InvalidInput(_("A portfolio holds at most %(limit)s works. Take one out first.", limit=MAX_PORTFOLIO))
    return together


async def _change(
    records: Records, services: Services, artist: Artist, choose: Callable[[Sequence[int]], list[int]]
) -> None:
    row = await records.artists.get_by_pk(artist.pk)
    before = {post.pk: post for post in await records.portfolio.find(row.pk)}
    chosen = choose(list(before))
    await records.portfolio.replace(row.pk, chosen)
    for pk in (pk for pk in before if pk not in chosen):
        await _tell(records, services, row, pk, build_remove)
    # Whoever pins one after the other shows the last one first.
    for pk in reversed([pk for pk in chosen if pk not in before]):
        await _tell(records, services, row, pk, build_add)
    if bool(before) is not bool(chosen):
        # Without a choice the newest works stand there; an Update makes Mastodon fetch the whole collection again.
        await announce_profile(records, services, row)


async def _tell(records: Records, services: Services, artist: Artist, post_pk: int, build: Callable[..., Json]) -> None:
    site = services.site
    activity = build(
        activity_id=site.activity(artist.name, services.clock.new_pk()),
        actor_id=site.actor(artist.name),
        object_id=site.post(artist.name, post_pk),
        collection_id=site.featured(artist.name),
        followers_id=site.followers(artist.name),
    )
    await send_out(
        records,
        services,
        activity,
        Recipients(followers=True),
        artist_pk=artist.pk,
        object_id=activity["object"],
        audience=Visibility.PUBLIC,
    )
