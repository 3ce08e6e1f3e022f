"""A fediverse in one process: whole instances with real signatures over an in-memory network, and strangers."""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from activitypub.documents import dump_document
from activitypub.identifiers import ArtistRef, InstanceActor, Site, fold_name, read_handle
from cara_fed.asgi import App, Receive, Scope, Send
from cara_fed.background import watch_once
from cara_fed.blocklist.entries import parse_entry, rules_of
from cara_fed.clock import Clock
from cara_fed.config import Config
from cara_fed.delivery.worker import DeliveryWorker
from cara_fed.endpoints.router import build_router
from cara_fed.inbox.worker import InboxWorker
from cara_fed.publishing.close_polls import close_polls
from cara_fed.publishing.drafts import PictureDraft, PostDraft
from cara_fed.publishing.follow_actor import follow_actor
from cara_fed.publishing.publish_post import publish_post
from cara_fed.publishing.tell_updates import tell_updates
from cara_fed.services import Services, open_services
from cara_fed.web.app import build_pages
from storage.artists import Artist
from storage.blocklist import BlocklistEntry
from storage.database import Database
from storage.migrate import migrate
from storage.posts import Post
from tests.support.clocks import StoryTime
from tests.support.keypairs import KeyPairs
from tests.support.network import Network
from tests.support.pictures import PicturesHere
from tests.support.sending import Change, Signing, send
from tests.support.strangers import Stranger

MAX_ROUNDS = 200
DATABASE = "cara.sqlite3"
OF_INSTANCES = 1000
"""The numbers of instances' own key pairs begin here; stories take those below."""


@dataclass
class Instance:
    """One whole instance of cara_fed, seen from a story."""

    domain: str
    services: Services
    network: Network
    time: StoryTime
    keys: KeyPairs
    inbox_worker: InboxWorker
    delivery_worker: DeliveryWorker

    @property
    def base(self) -> str:
        return self.services.site.base

    @property
    def shared_inbox(self) -> str:
        return self.services.site.shared_inbox

    def actor(self, name: str) -> str:
        """The id of an artist here."""
        return self.services.site.actor(name)

    async def add_artist(self, name: str, **changes: Any) -> str:
        """Create an artist; the actor's id. ``changes`` are columns, as ``manually_approves=True``."""
        clock = self.services.clock
        pk, now = clock.new_pk(), clock.now()
        artist = Artist(pk=pk, name=name, folded=fold_name(name), created_at=now, updated_at=now, **changes)
        async with self.services.database.unit_of_work() as records:
            await records.artists.add(artist)
            for key in self.keys.first_rows(clock, self.actor(name), pk):
                await records.keys.add(key)
        return self.actor(name)

    async def artist(self, name: str) -> Artist:
        async with self.services.database.reading() as records:
            return await records.artists.get(name)

    async def follow(self, name: str, target: str) -> None:
        """Let an artist ask to follow somebody: by handle, id or page."""
        await follow_actor(self.services, await self.artist(name), target)

    async def publish(self, name: str, text: str, *pictures: PictureDraft, **choices: Any) -> Post:
        """Publish a post; ``choices`` as in PostDraft: ``visibility=…``, ``in_reply_to=…``."""
        draft = PostDraft(text=text, pictures=pictures, **choices)
        return await publish_post(self.services, await self.artist(name), draft)

    async def post(
        self, inbox: str, document: dict[str, Any], *, as_: str, change: Change | None = None
    ) -> httpx.Response:
        """Send a document to an inbox, signed for this actor: with its own key, or else with one that is not its."""
        body = dump_document(document)
        signing = await self._signing(as_)
        return await send(self.network, "POST", inbox, signing, self.time.now, body=body, change=change)

    async def get(
        self,
        url: str,
        *,
        as_: str | None = None,
        accept: str = "application/activity+json",
        change: Change | None = None,
    ) -> httpx.Response:
        """Ask for a document or page, signed by this actor or unsigned."""
        signing = await self._signing(as_) if as_ else None
        headers = {"accept": accept}
        return await send(self.network, "GET", url, signing, self.time.now, headers=headers, change=change)

    async def list_entry(self, entry: str, policy: str = "reject") -> None:
        """Put a domain or an actor on this instance's blocklist."""
        kind, key = parse_entry(entry, rules_of(self.services.config))
        row = BlocklistEntry(
            pk=self.services.clock.new_pk(),
            kind=kind,
            key=key,
            label="training-harvest",
            policy=policy,
            reason="feeds posts to a model",
            created_at=self.time.now,
        )
        async with self.services.database.unit_of_work() as records:
            await records.blocklist.add(row)
            await records.revisions.bump("blocklist")
        await self.services.blocklist.refresh()

    async def refusals(self) -> list[tuple[str, str]]:
        """What the blocklist refused so far: (door, who stood outside), each once."""
        await self.services.blocklist.flush()
        async with self.services.database.reading() as records:
            return [(row.door, row.subject) for row in await records.refusals.find_recent()]

    async def followers_of(self, name: str, state: str = "accepted") -> set[str]:
        """The ids of an artist's followers."""
        artist = await self.artist(name)
        async with self.services.database.reading() as records:
            return {row.actor_id for row in await records.followers.find_page(artist.pk, state)}

    async def following_of(self, name: str, state: str = "accepted") -> set[str]:
        """The ids of those whom an artist follows."""
        artist = await self.artist(name)
        async with self.services.database.reading() as records:
            return {row.actor_id for row in await records.following.find_page(artist.pk, state)}

    async def home_of(self, name: str) -> list[Post]:
        """An artist's home timeline, newest first."""
        artist = await self.artist(name)
        async with self.services.database.reading() as records:
            return list(await records.posts.find_home(artist.pk))

    async def find_post(self, object_id: str) -> Post | None:
        """A post as this instance knows it."""
        async with self.services.database.reading() as records:
            return await records.posts.find(object_id)

    async def inbox_states(self) -> dict[str, int]:
        """How many received activities are in each state."""
        async with self.services.database.reading() as records:
            return await records.inbox_log.count_by_state()

    async def work(self) -> bool:
        """One round of every worker; whether any of them did something."""
        await watch_once(self.services)
        told = [await close_polls(self.services), await tell_updates(self.services)]
        return any([await self.inbox_worker.work_once(), *told, await self.delivery_worker.work_once()])

    async def _signing(self, actor_id: str) -> Signing:
        key = await self.services.keyring.signing_key(await self._artist_pk(actor_id))
        forged = not self.services.site.is_local(actor_id)
        return Signing(f"{actor_id}#main-key" if forged else key.key_id, key.private_key)

    async def _artist_pk(self, actor_id: str) -> int | None:
        match self.services.site.locate(actor_id):
            case ArtistRef(name):
                return (await self.artist(name)).pk
            case InstanceActor() | None:
                return None
        raise ValueError(f"{actor_id} is nobody's id")


@dataclass
class Fediverse:
    """Every server of one story."""

    folder: Path
    template: Path
    stack: AsyncExitStack
    network: Network = field(default_factory=Network)
    time: StoryTime = field(default_factory=StoryTime)
    keys: KeyPairs = field(default_factory=KeyPairs)
    instances: list[Instance] = field(default_factory=list)

    async def start(self, *domains: str, **sections: dict[str, Any]) -> tuple[Instance, ...]:
        """Start an instance for each domain; ``sections`` change instance.toml: ``federation={…}``."""
        return tuple([await self._start(domain, sections) for domain in domains])

    def stranger(self, domain: str, name: str = "eve") -> Stranger:
        """A bare server of one actor."""
        return Stranger(domain, self.network, self.time, self.keys.next_rsa(), name)

    async def settle(self) -> None:
        """Run all workers until nothing is left to do now."""
        for _ in range(MAX_ROUNDS):
            if not any([await instance.work() for instance in self.instances]):
                return
        raise AssertionError("the fediverse does not come to rest")

    async def _start(self, domain: str, sections: dict[str, dict[str, Any]]) -> Instance:
        folder = self.folder / domain.replace(":", "_")
        (folder / "data").mkdir(parents=True)
        config, clock = _config(folder, domain, sections), Clock(self.time.read)
        shutil.copy(await self._database_of(config.site), folder / "data" / DATABASE)
        opening = open_services(config, clock=clock, transport=self.network, pictures=PicturesHere())
        services = await self.stack.enter_async_context(opening)
        self.network.servers[domain] = build_router(services, _pages_when_asked(services))
        workers = InboxWorker(services), DeliveryWorker(services)
        instance = Instance(domain, services, self.network, self.time, self.keys, *workers)
        self.instances.append(instance)
        return instance

    async def _database_of(self, site: Site) -> Path:
        """A database that holds nothing but the keys of an instance, which it has in every story of the run."""
        path = self.template.with_name(f"{re.sub(r'[^a-z0-9]', '_', site.base)}.sqlite3")
        if not path.exists():
            shutil.copy(self.template, path)
            await _give_keys(path, site.instance_actor)
        return path


async def _give_keys(path: Path, instance_actor: str) -> None:
    keys = KeyPairs(count(OF_INSTANCES + len(list(path.parent.iterdir()))))
    database, clock = Database(f"sqlite+aiosqlite:///{path}"), Clock(lambda: StoryTime().now - timedelta(hours=1))
    async with database.unit_of_work() as records:
        for key in keys.first_rows(clock, instance_actor, None):
            await records.keys.add(key)
    await database.dispose()


def _pages_when_asked(services: Services) -> App:
    """The pages for people, built when the first of them is asked for: few stories look at one."""
    pages: list[App] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if not pages:
            pages.append(build_pages(services))
        await pages[0](scope, receive, send)

    return app


def picture(alt: str = "a hill", size: tuple[int, int] = (64, 48)) -> PictureDraft:
    """A small picture to publish."""
    file = BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(file, "PNG")
    return PictureDraft(file.getvalue(), alt=alt, name="hill.png")


def handle_of(actor_id: str) -> str:
    """``@name@domain`` of an instance's artist."""
    url = httpx.URL(actor_id)
    return str(read_handle(f"{url.path.rpartition('/')[2]}@{url.netloc.decode()}"))


def _config(folder: Path, domain: str, sections: dict[str, dict[str, Any]]) -> Config:
    whole: dict[str, dict[str, Any]] = {
        "instance": {"domain": domain, "scheme": "https", "name": domain},
        "storage": {"database": f"sqlite+aiosqlite:///data/{DATABASE}"},
        # With a private network allowed, .example domains may be listed.
        "federation": {"allowed_private_networks": ["127.0.0.0/8"]},
    }
    merged = {name: {**whole.get(name, {}), **sections.get(name, {})} for name in {*whole, *sections}}
    return Config.model_validate({**merged, "folder": folder})


@pytest.fixture(scope="session")
def blank_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database, to be copied."""
    path = tmp_path_factory.mktemp("blank") / DATABASE
    migrate(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture
async def fediverse(tmp_path: Path, blank_database: Path) -> AsyncIterator[Fediverse]:
    """A fediverse without servers yet; all that a story starts ends with it."""
    async with AsyncExitStack() as stack:
        yield Fediverse(tmp_path, blank_database, stack)
