"""Getting a remote file: from the folder, or once from its server for all who wait for it."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from activitypub.errors import ProtocolError
from activitypub.opt_out import OptOut, read_stated_opt_out, strictest
from cara_fed.blocklist.doors import Door
from cara_fed.blocklist.guard import RefusedByBlocklist
from cara_fed.capabilities import policy_letter, policy_of_letter
from cara_fed.errors import CaraFedError
from cara_fed.federation.errors import FetchError
from cara_fed.remote_media.cache import RemoteCache
from cara_fed.remote_media.links import RemoteFile
from cara_fed.remote_media.sniff import sniff_picture
from cara_fed.services import MEBIBYTE, Services

log = logging.getLogger(__name__)

MAX_FILE_BYTES: Final = 16 * MEBIBYTE
MAX_SMALL_BYTES: Final = MEBIBYTE
"""Of an emoji: a page may show dozens."""
FETCHES_AT_ONCE: Final = 6
FAILURES_REMEMBERED: Final = 1000
FAILURE_LASTS: Final = timedelta(minutes=2)
_ACCEPT: Final = "image/avif, image/webp, image/png, image/jpeg, image/gif"
_STATING_HEADERS: Final = {"x-robots-tag": "xRobotsTag", "tdm-reservation": "tdm:reservation"}


class RemoteFileUnavailable(CaraFedError):
    """Its server does not give it, or what it gives is no picture that can be shown."""


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A picture of another server, ready to be sent to a browser."""

    content: bytes
    media_type: str
    policy: OptOut


class RemoteMedia:
    """The proxy. One for each process."""

    def __init__(self, services: Services, cache: RemoteCache) -> None:
        self._services = services
        self._cache = cache
        self._room = asyncio.Semaphore(FETCHES_AT_ONCE)
        self._fetching: dict[str, asyncio.Task[bytes]] = {}
        self._failed: OrderedDict[str, datetime] = OrderedDict()

    async def get(self, file: RemoteFile) -> ShownFile:
        """The picture, with the strictest of what was said about it. Raises RemoteFileUnavailable."""
        if self._services.blocklist.find(file.url) is not None:
            raise RemoteFileUnavailable("its server is on this instance's blocklist")
        kept = await self._cache.read(file.url) or await self._fetch_once(file.url)
        if file.is_small and len(kept) > MAX_SMALL_BYTES:
            raise RemoteFileUnavailable("it is too large for an emoji")
        # The first byte is the letter of what the file's own server said when it was fetched.
        content, said = kept[1:], policy_of_letter(kept[:1].decode())
        media_type = sniff_picture(content)
        if media_type is None:
            raise RemoteFileUnavailable("it is no picture that can be shown")
        return ShownFile(content, media_type, strictest(file.policy, said))

    async def _fetch_once(self, url: str) -> bytes:
        """Whoever asks meanwhile waits for the same fetch; what failed just now is not asked for again."""
        failed_at = self._failed.get(url)
        if failed_at is not None and self._services.clock.now() - failed_at < FAILURE_LASTS:
            raise RemoteFileUnavailable("its server did not give it just now")
        task = self._fetching.get(url)
        if task is None:
            task = self._fetching[url] = asyncio.create_task(self._fetch(url))
            task.add_done_callback(lambda done: self._end(url, done))
        return await asyncio.shield(task)

    def _end(self, url: str, task: asyncio.Task[bytes]) -> None:
        del self._fetching[url]
        if not task.cancelled() and task.exception() is not None:
            self._failed[url] = self._services.clock.now()
            if len(self._failed) > FAILURES_REMEMBERED:
                self._failed.popitem(last=False)

    async def _fetch(self, url: str) -> bytes:
        async with self._room:
            try:
                response = await self._services.client.get(
                    url, accept=_ACCEPT, max_bytes=MAX_FILE_BYTES, judge=self._require_not_listed
                )
            except (FetchError, ProtocolError, RefusedByBlocklist) as error:
                raise RemoteFileUnavailable(str(error)) from error
            if not response.ok or sniff_picture(response.body) is None:
                raise RemoteFileUnavailable(f"its server answered {response.status} with no picture")
            kept = policy_letter(_read_said(response.headers)).encode() + response.body
            await self._keep(url, kept)
            self._services.unremembered.append(url)
            return kept

    async def _keep(self, url: str, kept: bytes) -> None:
        try:
            await self._cache.write(url, kept)
        except OSError as error:  # a full or read-only disk: the picture is shown all the same
            log.warning("a remote picture could not be kept: %s", error)

    def _require_not_listed(self, url: str) -> None:
        self._services.blocklist.require_not_listed(Door.RESOLVE, url)


def open_remote_media(services: Services) -> RemoteMedia:
    """The proxy as ``[storage]`` describes it."""
    return RemoteMedia(services, open_cache(services))


def open_cache(services: Services) -> RemoteCache:
    """The folder as ``[storage]`` describes it; a file in it is the letter of what its server said, and the picture."""
    storage = services.config.storage
    return RemoteCache(services.config.resolve(storage.remote_cache), storage.remote_cache_mib * MEBIBYTE)


def _read_said(headers: Mapping[str, str]) -> OptOut:
    """What a server says about use by machines in the headers of a picture."""
    terms = {term: headers[name] for name, term in _STATING_HEADERS.items() if name in headers}
    return read_stated_opt_out(terms).policy
