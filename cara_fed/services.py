"""An opened instance: everything the application floor works with, made once from instance.toml."""

import asyncio
import ssl
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version

import httpx

from activitypub.identifiers import Site
from activitypub.synchronization import Synchronization
from cara_fed.accounts.keyring import KeyRing
from cara_fed.blocklist.guard import BlocklistGuard
from cara_fed.blocklist.weighing import weighing_of
from cara_fed.capabilities import CapabilityKeys
from cara_fed.clock import Clock
from cara_fed.config import Config, database_url, read_originals_keys, read_secret
from cara_fed.errors import ConfigError
from cara_fed.evidence.ledger import Ledger
from cara_fed.federation.addresses import AddressGuard
from cara_fed.federation.client import ClientLimits, FederationClient, make_user_agent
from cara_fed.federation.generations import Generations
from cara_fed.federation.over_httpx import OverHttpx
from cara_fed.federation.transports import PinnedTransport, build_tls_context
from cara_fed.kept_secrets import CAPABILITY_KEY, MARK_KEY, SESSION_KEY, get_secret
from cara_fed.opt_out.crawlers import Crawlers
from cara_fed.opt_out.history import note_default
from cara_fed.opt_out.manifests import IS_INSTALLED, Certificate, ManifestSigner, make_certificate
from cara_fed.protection import Limits, PictureWorkers
from cara_fed.proxies.writing import ProxyFiles
from cara_fed.recognition.index import LikenessIndex
from cara_fed.running_config import REVISION, RunningConfig
from cara_fed.suspended import SuspendedNames
from storage.database import Database
from storage.media import MediaStore, S3Options, SealedMedia, SealingKeys, open_media
from storage.migrate import migrate
from storage.records import Records

VERSION = version("cara-fed")
MEBIBYTE = 1024 * 1024
MOST_UNREMEMBERED = 200


@dataclass(frozen=True, slots=True)
class WakeUps:
    """Set by whoever leaves work for a loop of this process, so that it need not wait for its next look."""

    inbox: asyncio.Event = field(default_factory=asyncio.Event)
    deliveries: asyncio.Event = field(default_factory=asyncio.Event)
    uploads: asyncio.Event = field(default_factory=asyncio.Event)
    drafts: asyncio.Event = field(default_factory=asyncio.Event)
    subscriptions: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Services:
    """What every use case, page and endpoint is handed."""

    running: RunningConfig
    clock: Clock
    database: Database
    media: MediaStore
    client: FederationClient
    generations: Generations
    capabilities: CapabilityKeys
    keyring: KeyRing
    blocklist: BlocklistGuard
    crawlers: Crawlers
    suspended: SuspendedNames
    ledger: Ledger
    proxy_files: ProxyFiles
    manifests: ManifestSigner | None
    pictures: PictureWorkers
    session_key: bytes = field(repr=False)
    mark_key: bytes = field(repr=False)
    likenesses: LikenessIndex
    wake: WakeUps = field(default_factory=WakeUps)
    synchronizations: OrderedDict[str, Synchronization] = field(default_factory=OrderedDict, repr=False)
    """What actors, by their ids, last said about their followers here; the inbox worker compares it."""
    unremembered: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_UNREMEMBERED), repr=False)
    """Addresses of remote pictures that were just fetched, and whose look nobody has written down yet."""
    watched: dict[str, int] = field(default_factory=dict, repr=False)
    """The revisions that the watch of this process has caught up with, by name."""

    @property
    def config(self) -> Config:
        """The settings in force now: read anew at each use, for they may be replaced."""
        return self.running.config

    @property
    def site(self) -> Site:
        """The addresses of this instance."""
        return self.config.site


@asynccontextmanager
async def open_services(
    config: Config,
    *,
    clock: Clock | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    pictures: PictureWorkers | None = None,
) -> AsyncIterator[Services]:
    """Open the instance: make folders, migrate, make what is missing of secrets and keys; close all at the end.

    ``transport`` replaces the sockets of the outbound client, ``pictures`` the processes that protect pictures. Raises
    ConfigError where instance.toml cannot be used with the data that is there.
    """
    clock = clock or Clock()
    async with AsyncExitStack() as stack:
        database = await _open_database(stack, config)
        client = build_client(config, _guard_of(config), transport)
        stack.push_async_callback(client.aclose)
        kept = await _open_kept(database, config, clock)
        keyring = KeyRing(database, config.site, clock)
        await keyring.make_instance_keys()
        doors = await _open_doors(stack, database, config, clock)
        workers = await stack.enter_async_context(pictures or _picture_workers(config))
        yield Services(
            running=RunningConfig(config, revision=kept.settings_revision),
            clock=clock,
            database=database,
            media=open_media_of(config),
            client=client,
            generations=Generations(database, clock),
            capabilities=CapabilityKeys(kept.capability_key),
            keyring=keyring,
            blocklist=doors.blocklist,
            crawlers=doors.crawlers,
            suspended=doors.suspended,
            ledger=doors.ledger,
            proxy_files=ProxyFiles(config, database, doors.blocklist, doors.crawlers),
            manifests=kept.manifests,
            pictures=workers,
            session_key=kept.session_key,
            mark_key=kept.mark_key,
            likenesses=LikenessIndex(database),
        )


async def _open_database(stack: AsyncExitStack, config: Config) -> Database:
    url = database_url(config)
    await asyncio.to_thread(migrate, url)
    database = Database(url)
    stack.push_async_callback(database.dispose)
    return database


@dataclass(frozen=True, slots=True)
class _Doors:
    """Who is let in, and a count of who came; held in memory, and written down before all is closed."""

    blocklist: BlocklistGuard
    crawlers: Crawlers
    suspended: SuspendedNames
    ledger: Ledger


async def _open_doors(stack: AsyncExitStack, database: Database, config: Config, clock: Clock) -> _Doors:
    blocklist = BlocklistGuard(database, clock, weighing_of(config))
    await blocklist.refresh()
    stack.push_async_callback(blocklist.flush)
    crawlers = Crawlers(database, clock, weighing_of(config))
    await crawlers.refresh()
    stack.push_async_callback(crawlers.flush)
    ledger = Ledger(database, clock)
    stack.push_async_callback(ledger.flush)
    suspended = SuspendedNames(database)
    await suspended.refresh()
    return _Doors(blocklist, crawlers, suspended, ledger)


def open_media_of(config: Config) -> MediaStore:
    """The place where an instance keeps its pictures."""
    media, keys = open_media(_media_place(config), _s3_options(config)), read_originals_keys(config)
    return SealedMedia(media, SealingKeys(keys[0], keys[1:])) if keys else media


def picture_limits(config: Config) -> Limits:
    """The limits of ``[protection]``, in the pipeline's own units."""
    protection = config.protection
    return Limits(
        max_bytes=protection.max_file_mib * MEBIBYTE,
        max_pixels=protection.max_megapixels * 1_000_000,
        max_frames=protection.max_frames,
        max_seconds=protection.max_seconds,
    )


def _picture_workers(config: Config) -> PictureWorkers:
    return PictureWorkers(count=config.protection.workers, max_memory_mib=config.protection.max_memory_mib)


def build_client(
    config: Config, guard: AddressGuard, transport: httpx.AsyncBaseTransport | None = None
) -> FederationClient:
    """An outbound client that asks what the guard allows; ``transport`` replaces its sockets."""
    return FederationClient(
        OverHttpx(transport) if transport else PinnedTransport(guard, tls_context_of(config)),
        guard,
        make_user_agent(VERSION, config.site.base),
        ClientLimits(total_seconds=config.federation.timeout_seconds),
    )


def tls_context_of(config: Config) -> ssl.SSLContext:
    """Whom this instance trusts; raises ConfigError."""
    ca_file = config.resolve(config.federation.ca_file) if config.federation.ca_file else None
    try:
        return build_tls_context(ca_file)
    except OSError as error:
        raise ConfigError((f"federation.ca_file: {ca_file} cannot be used: {error}",)) from error


def _guard_of(config: Config) -> AddressGuard:
    networks = config.federation.allowed_private_networks
    return AddressGuard(networks, allow_http=config.instance.scheme == "http")


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the database keeps of the instance itself, made at its first start."""

    capability_key: bytes
    session_key: bytes
    mark_key: bytes
    manifests: ManifestSigner | None
    settings_revision: int


async def _open_kept(database: Database, config: Config, clock: Clock) -> _Kept:
    async with database.unit_of_work() as records:
        await _require_same_domain(records, config)
        await note_default(records, clock, config)
        return _Kept(
            manifests=await _open_manifests(records, config, clock) if config.protection.c2pa else None,
            capability_key=await get_secret(records, CAPABILITY_KEY),
            session_key=await get_secret(records, SESSION_KEY),
            mark_key=await get_secret(records, MARK_KEY),
            settings_revision=await records.revisions.current(REVISION),
        )


async def _require_same_domain(records: Records, config: Config) -> None:
    base = config.site.base
    first = await records.secrets.get_or_create("base", lambda: base)
    if first != base:
        raise ConfigError(
            (
                f"instance.domain: this data belongs to {first}, and followers know its artists by that name; "
                "set it back, or start with an empty data folder",
            )
        )


async def _open_manifests(records: Records, config: Config, clock: Clock) -> ManifestSigner:
    """The signer of manifests, with the instance's own certificate, made on first use."""
    if not IS_INSTALLED:
        raise ConfigError(('protection.c2pa: needs the extra "c2pa", as in: pip install "cara-fed[c2pa]"',))
    domain, now = config.instance.domain, clock.now()
    kept = await records.secrets.get_or_create("c2pa", lambda: make_certificate(domain, now).dump())
    return ManifestSigner(Certificate.load(kept), VERSION)


def _media_place(config: Config) -> str:
    place = config.storage.media
    return place if place.startswith("s3://") else str(config.resolve(place))


def _s3_options(config: Config) -> S3Options:
    s3 = config.storage.s3
    secret = read_secret(config, "S3_SECRET_ACCESS_KEY", s3.secret_access_key_file)
    if config.storage.media.startswith("s3://") and not secret:
        raise ConfigError(
            (
                "storage.s3: the secret key is missing: name its file in storage.s3.secret_access_key_file, "
                "or set CARA_FED_S3_SECRET_ACCESS_KEY",
            )
        )
    return S3Options(
        endpoint=s3.endpoint or None,
        region=s3.region or None,
        access_key_id=s3.access_key_id or None,
        secret_access_key=secret or None,
    )
