"""Taking instance.toml over without a restart: as a whole or not at all, in every process of the instance."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cara_fed.appearance.look import Look, load_look
from cara_fed.blocklist.weighing import weighing_of
from cara_fed.config import Config
from cara_fed.errors import ConfigError
from cara_fed.moderation.deeds import Deed, note_deed
from cara_fed.moderation.settings_file import compare, load_stated
from cara_fed.opt_out.history import note_default
from cara_fed.running_config import REVISION, take_live
from cara_fed.services import Services, picture_limits

log = logging.getLogger(__name__)

MAX_DETAIL: Final = 2000


async def take_over(services: Services, author: str) -> tuple[str, ...]:
    """Put in force what the file says now and what needs no restart; the keys of what that changed.

    ``author`` asked for it. The other processes of this instance follow within two seconds. Raises ConfigError with
    every mistake in the file, and then nothing is changed.
    """
    read = await _read(services)
    async with services.database.unit_of_work() as records:
        revision = await records.revisions.bump(REVISION)
        await note_default(records, services.clock, read.config)
        if read.changes:
            detail = "; ".join(read.changes.values())[:MAX_DETAIL]
            await note_deed(records, services.clock, Deed.SETTINGS, services.config.file, author, detail)
    _enforce(services, read, revision)
    return tuple(read.changes)


async def follow(services: Services) -> None:
    """Do what was asked from outside, and what another process of this instance did."""
    if services.running.is_asked:
        services.running.is_asked = False
        await _take_over_unseen(services)
    async with services.database.reading() as records:
        revision = await records.revisions.current(REVISION)
    if revision == services.running.revision:
        return
    services.running.revision = revision  # a file that was broken meanwhile is told of once, not every second
    try:
        _enforce(services, await _read(services), revision)
    except ConfigError as error:
        _tell(error)


async def _take_over_unseen(services: Services) -> None:
    try:
        changes = await take_over(services, "")
    except ConfigError as error:
        _tell(error)
        return
    log.info("%s was read again: %s", services.config.path, ", ".join(changes) or "nothing changed")


def _tell(error: ConfigError) -> None:
    for mistake in error.mistakes:
        log.error("%s", mistake)
    log.error("nothing of it was taken over: what runs goes on as it is")


@dataclass(frozen=True, slots=True)
class _Read:
    """What would be in force; ``changes`` tells by its key what is otherwise than what runs."""

    config: Config
    look: Look
    changes: Mapping[str, str]


async def _read(services: Services) -> _Read:
    running, old = services.config, services.running.look
    stated = await asyncio.to_thread(load_stated, running.path)
    config = take_live(running, stated)
    look = await load_look(config, services.pictures, picture_limits(config))
    changed = [one for one in compare(running, config) if one.would_change]
    changes = {one.key: f"{one.key}: {one.running} → {one.stated}" for one in changed}
    anew = {"appearance.logo": look.logo != old.logo, "appearance.stylesheet": look.stylesheet != old.stylesheet}
    return _Read(config, look, {key: f"{key}: another file" for key, is_other in anew.items() if is_other} | changes)


def _enforce(services: Services, read: _Read, revision: int) -> None:
    """Between two requests: pages and endpoints are built anew when the next one finds other settings in force."""
    services.running.revision = revision
    if not services.running.replace(read.config, read.look):
        return
    weighing = weighing_of(read.config)
    services.blocklist.weigh_by(weighing)
    services.crawlers.weigh_by(weighing)
    services.proxy_files.say(read.config)
    services.wake.subscriptions.set()
