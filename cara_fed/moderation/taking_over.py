"""Taking instance.toml over without a restart: as a whole or not at all, in every process of the instance."""

import asyncio
import logging
from typing import Final

from cara_fed.blocklist.weighing import weighing_of
from cara_fed.config import Config
from cara_fed.errors import ConfigError
from cara_fed.moderation.deeds import Deed, note_deed
from cara_fed.moderation.settings_file import Setting, compare, load_stated
from cara_fed.opt_out.history import note_default
from cara_fed.running_config import REVISION, take_live
from cara_fed.services import Services

log = logging.getLogger(__name__)

MAX_DETAIL: Final = 2000


async def take_over(services: Services, author: str) -> tuple[Setting, ...]:
    """Put in force what the file says now and what needs no restart; what that changed. ``author`` asked for it.

    The other processes of this instance follow within two seconds. Raises ConfigError with every mistake in the file,
    and then nothing is changed.
    """
    config, changes = await _read(services)
    async with services.database.unit_of_work() as records:
        revision = await records.revisions.bump(REVISION)
        await note_default(records, services.clock, config)
        if changes:
            detail = "; ".join(f"{one.key}: {one.running} → {one.stated}" for one in changes)[:MAX_DETAIL]
            await note_deed(records, services.clock, Deed.SETTINGS, services.config.file, author, detail)
    _enforce(services, config, revision)
    return changes


async def follow(services: Services) -> None:
    """Do what was asked from outside, and what another process of this instance did."""
    if services.running.is_asked:
        services.running.is_asked = False
        await _take_over_unseen(services)
    async with services.database.reading() as records:
        revision = await records.revisions.current(REVISION)
    if revision == services.running.revision:
        return
    try:
        config, _ = await _read(services)
    except ConfigError as error:
        _tell(error)
        config = services.config
    _enforce(services, config, revision)


async def _take_over_unseen(services: Services) -> None:
    try:
        changes = await take_over(services, "")
    except ConfigError as error:
        _tell(error)
        return
    log.info("%s was read again: %s", services.config.path, ", ".join(one.key for one in changes) or "nothing changed")


def _tell(error: ConfigError) -> None:
    for mistake in error.mistakes:
        log.error("%s", mistake)
    log.error("nothing of it was taken over: what runs goes on as it is")


async def _read(services: Services) -> tuple[Config, tuple[Setting, ...]]:
    running = services.config
    stated = await asyncio.to_thread(load_stated, running.path)
    config = take_live(running, stated)
    return config, tuple(one for one in compare(running, config) if one.would_change)


def _enforce(services: Services, config: Config, revision: int) -> None:
    """Between two requests: pages and endpoints are built anew when the next one finds other settings in force."""
    services.running.revision = revision
    if config == services.config:
        return
    services.running.replace(config)
    weighing = weighing_of(config)
    services.blocklist.weigh_by(weighing)
    services.crawlers.weigh_by(weighing)
    services.proxy_files.say(config)
    services.wake.subscriptions.set()
