"""What nobody sees from outside: workers, disk, backups, and settings that will hurt one day."""

import asyncio
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from cara_fed.config import database_url
from cara_fed.doctor.findings import Ill, Skipped
from cara_fed.originals import count_outdated
from cara_fed.services import Services
from storage.media import SealedMedia
from storage.snapshots import kind_of

GIGABYTE: Final = 1_000_000_000
DISK_LEFT: Final = 2 * GIGABYTE
BACKUP_AGE: Final = timedelta(days=2)
BEAT_AGE: Final = timedelta(minutes=3)
LOOKED_AT: Final = 5000
WAITING: Final = timedelta(minutes=10)
HEARTBEAT: Final = "background"


@dataclass(frozen=True, slots=True)
class Inside:
    """Looks at what only this machine knows."""

    services: Services

    async def feel_workers(self) -> str:
        """The processes in the background."""
        now = self.services.clock.now()
        async with self.services.database.reading() as records:
            beat = await records.heartbeats.last(HEARTBEAT)
            oldest = await records.overviews.oldest_due(now)
        if beat is None or now - beat > BEAT_AGE:
            since = f"since {beat:%Y-%m-%d %H:%M} UTC" if beat else "yet"
            raise Ill(f"No worker was alive {since}: nothing is sent or received. Start `cara-fed serve`.")
        if oldest is not None and now - oldest > WAITING:
            raise Ill(
                f"Deliveries have been waiting since {oldest:%Y-%m-%d %H:%M} UTC: read the log of `cara-fed serve`, "
                "and look at `cara-fed deliveries`."
            )
        return "Workers are alive, and nothing waits for them."

    async def measure_disks(self) -> str:
        """The room that is left."""
        left = []
        for path in self._folders():
            usage = await asyncio.to_thread(shutil.disk_usage, path)
            if usage.free < DISK_LEFT:
                raise Ill(f"Only {usage.free / GIGABYTE:.1f} GB are left for {path}: make room before uploads fail.")
            left.append(usage.free)
        if not left:
            raise Skipped("Pictures and database lie on other machines.")
        return f"{min(left) / GIGABYTE:.0f} GB are left."

    async def date_backups(self) -> str:
        """The last backup."""
        async with self.services.database.reading() as records:
            backups = await records.backups.find_all()
            posts = await records.posts.count_local()
        if not backups and not posts:
            raise Skipped("Nothing was published yet that could be lost.")
        if not backups:
            raise Ill("There was never a backup: let a timer run `cara-fed backup DEST` every night (docs/deploy.md).")
        last = backups[0]
        if self.services.clock.now() - last.made_at > BACKUP_AGE:
            raise Ill(f"The last backup is of {last.made_at:%Y-%m-%d %H:%M} UTC: see why the timer does not run.")
        return f"The last backup is of {last.made_at:%Y-%m-%d %H:%M} UTC, in {last.destination}."

    async def look_at_originals(self) -> str:
        """Whether what is to be sealed is sealed."""
        if not isinstance(self.services.media, SealedMedia):
            raise Skipped("Originals are kept as they are: no key is named to seal them with.")
        outdated = await count_outdated(self.services, LOOKED_AT)
        if outdated:
            raise Ill(
                f"{outdated} originals (of up to {LOOKED_AT:,} looked at) are plain or sealed with an older key: run "
                "`cara-fed originals seal`."
            )
        return "Originals are sealed with the key in use."

    async def read_settings(self) -> str:
        """Settings that are allowed and hardly ever meant."""
        config = self.services.config
        is_public = config.instance.scheme == "https"
        if any(network.prefixlen == 0 for network in config.server.trusted_proxies):
            raise Ill("server.trusted_proxies believes everybody, so that visitors can name any address as theirs.")
        if is_public and config.federation.allowed_private_networks:
            raise Ill(
                "federation.allowed_private_networks lets strangers' documents lead requests into your network: "
                "empty it on a public instance."
            )
        if is_public and not config.instance.contact_email:
            raise Ill("instance.contact_email is empty: other admins cannot write to you before they block you.")
        return "instance.toml holds nothing that is hardly ever meant."

    def _folders(self) -> tuple[Path, ...]:
        """Where this machine keeps what grows."""
        config = self.services.config
        places = [] if config.storage.media.startswith("s3://") else [config.resolve(config.storage.media)]
        if kind_of(database_url(config)) == "sqlite":
            places.append(config.resolve(config.storage.database.removeprefix("sqlite+aiosqlite:///")).parent)
        return tuple(dict.fromkeys(place for place in places if place.exists()))
