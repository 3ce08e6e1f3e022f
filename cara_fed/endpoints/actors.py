"""Actors as documents: artists, whole or as the stub that signature checks need, and the instance itself."""

from collections.abc import Sequence
from typing import Final

from activitypub.actors import build_actor, build_actor_stub, build_actor_tombstone, build_instance_actor
from activitypub.documents import dump_document
from activitypub.identifiers import ArtistRef
from activitypub.opt_out import Signals, http_headers
from cara_fed.accounts.published_keys import find_published_keys
from cara_fed.asgi import Answer, Header
from cara_fed.endpoints.answers import PRIVATE, answer_document, public_for, to_headers
from cara_fed.endpoints.calls import Call
from cara_fed.endpoints.document_cache import DocumentCache, version_of
from cara_fed.endpoints.gate import Gate, Viewer, is_signed
from cara_fed.endpoints.refusals import Gone, NotHere
from cara_fed.services import Services
from cara_fed.translate.artists import read_artist, read_public_keys
from cara_fed.translate.opt_outs import signals_for
from storage.artists import Artist
from storage.keys import Key
from storage.records import Records

CACHE_SECONDS: Final = 300


class Actors:
    """Serves `/users/NAME` and `/actor`."""

    def __init__(self, services: Services, gate: Gate) -> None:
        self._services = services
        self._gate = gate
        self._default = services.config.opt_out.default
        self._documents = DocumentCache()

    async def artist(self, call: Call) -> Answer:
        """The artist: in full to those who sign, or to all where `authorized_fetch` is off; else the stub."""
        name = call.located_as(ArtistRef).name
        viewer = await self._gate.identify(call.request)
        async with self._services.database.reading() as records:
            artist = await find_artist(records, name, even_deleted=True)
            keys = await find_published_keys(records, artist.pk, self._services.clock.now())
        if artist.deleted_at is not None:
            tombstone = build_actor_tombstone(artist.name, self._services.site, artist.deleted_at)
            return answer_document(dump_document(tombstone), cache_header(viewer), status=410)
        return self._answer(artist, keys, viewer)

    async def instance(self, call: Call) -> Answer:
        """The instance actor, readable by everyone but the listed.

        No signature is verified here: two servers that verify each other's would wait for each other for ever.
        """
        self._gate.refuse_listed(call.request)
        site = self._services.site
        async with self._services.database.reading() as records:
            keys = await find_published_keys(records, None, self._services.clock.now())
        said = signals_for(self._default, site, self._default)
        document = build_instance_actor(
            site,
            title=self._services.config.instance.name,
            keys=read_public_keys(keys, site.instance_actor),
            signals=said,
        )
        cached = PRIVATE if is_signed(call.request) else public_for(CACHE_SECONDS)
        return answer_document(dump_document(document), cached, *headers_of(said))

    def _answer(self, artist: Artist, keys: Sequence[Key], viewer: Viewer) -> Answer:
        site = self._services.site
        profile = read_artist(artist, keys, site, self._default)
        whole = viewer.is_known or not self._services.config.federation.authorized_fetch
        build = build_actor if whole else build_actor_stub
        version = version_of((artist, *keys))
        document = self._documents.get((build.__name__, artist.pk), version, lambda: build(profile, site))
        body = self._services.capabilities.substitute(document, viewer.host_number)
        page = link_to_page(site.profile_page(artist.name))
        return answer_document(body, cache_header(viewer), page, *headers_of(profile.signals))


async def find_artist(records: Records, name: str, *, even_deleted: bool = False) -> Artist:
    """The artist of that name; raises NotHere, or Gone for who left."""
    artist = await records.artists.find_even_deleted(name)
    if artist is None:
        raise NotHere
    if artist.deleted_at is not None and not even_deleted:
        raise Gone
    return artist


def cache_header(viewer: Viewer) -> Header:
    """What was given to one server is not for the caches of others."""
    return PRIVATE if viewer.is_known else public_for(CACHE_SECONDS)


def headers_of(said: Signals) -> tuple[Header, ...]:
    """The opt-out as response headers."""
    return to_headers(http_headers(said))


def link_to_page(url: str) -> Header:
    """The same thing as a page."""
    return (b"link", f'<{url}>; rel="alternate"; type="text/html"'.encode())
