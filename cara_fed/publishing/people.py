"""People whom a text names: found here or on their own servers, before anything is written."""

import asyncio
from collections.abc import Mapping

from activitypub.errors import ProtocolError
from activitypub.html import find_handles
from activitypub.identifiers import Handle, Site, read_handle
from activitypub.tags import Mention
from cara_fed.blocklist.guard import RefusedByBlocklist
from cara_fed.errors import InvalidInput
from cara_fed.federation.errors import FetchError
from cara_fed.federation.resolver import Resolver
from cara_fed.publishing.drafts import MAX_MENTIONS
from cara_fed.services import Services
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.remote_actors import RemoteActor


async def find_people(services: Services, text: str) -> Mapping[str, Mention]:
    """Those named in a text who could be found, under the keys of find_handles. Raises InvalidInput for too many."""
    handles = find_handles(text)
    if len(handles) > MAX_MENTIONS:
        raise InvalidInput(
            _(
                "A post names at most %(limit)s people; this one names %(count)s.",
                limit=MAX_MENTIONS,
                count=len(handles),
            )
        )
    found = await asyncio.gather(*(_find(services, handle) for handle in handles))
    return {handle: mention for handle, mention in zip(handles, found, strict=True) if mention is not None}


def require_everybody_found(text: str, people: Mapping[str, Mention]) -> None:
    """Raise InvalidInput where a direct post would reach nobody, or not all whom it names."""
    handles = find_handles(text)
    if not handles:
        raise InvalidInput(
            _("A direct post is for those it names: write their handles, such as @theo@gallery.example.")
        )
    missing = [handle for handle in handles if handle not in people]
    if missing:
        raise InvalidInput(_("Nobody was found as @%(missing)s, so the direct post was not sent.", missing=missing[0]))


def mention_of(actor: RemoteActor) -> Mention:
    """A remote actor, as a post names them."""
    return Mention(str(Handle(actor.name, actor.domain)), actor.actor_id, actor.url or actor.actor_id)


def mention_of_artist(site: Site, artist: Artist) -> Mention:
    """One of this instance's artists, likewise."""
    handle = Handle(artist.name, site.domain)
    return Mention(str(handle), site.actor(artist.name), site.profile_page(artist.name))


async def _find(services: Services, key: str) -> Mention | None:
    name, _, domain = key.partition("@")
    if domain in ("", services.site.domain):
        return await _find_here(services, name)
    try:
        return await _find_elsewhere(services, read_handle(key))
    except (FetchError, ProtocolError, RefusedByBlocklist):
        return None  # what cannot be found stays text


async def _find_here(services: Services, name: str) -> Mention | None:
    async with services.database.reading() as records:
        artist = await records.artists.find(name)
    return mention_of_artist(services.site, artist) if artist else None


async def _find_elsewhere(services: Services, handle: Handle) -> Mention:
    async with services.database.reading() as records:
        known = await records.remote_actors.find_by_handle(handle.name, handle.domain)
    if known is None or known.gone_at is not None:
        known = await Resolver(services).find_by_handle(handle)
    return mention_of(known)
