"""Activities verified and recorded per CPU-second on the inbox's hot path, against the machine's RSA-2048 rates.

Run it with ``python -m tests.benchmarks.bench_inbox [--count N] [--handle] [--likes] [--profile]``. Known keys post to
the shared inbox through the whole ASGI application; signing them is not counted. ``--handle`` lets the inbox worker
take them up, too: posts by people whom an artist follows, or with ``--likes`` likes of the artist's posts. Memory is to
be flat: compare ``--count 100000``.
"""

import argparse
import asyncio
import cProfile
import pstats
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from activitypub.documents import dump_document
from activitypub.keys import PrivateKey, generate_rsa
from activitypub.signatures import HttpRequest, sign_draft_cavage
from activitypub.vocabulary import CONTEXT, PUBLIC
from cara_fed.app import build_app
from cara_fed.asgi import App, Message, Scope
from cara_fed.inbox.worker import InboxWorker
from cara_fed.services import Services
from storage.follows import ACCEPTED, Following
from storage.posts import Post
from storage.remote_actors import RemoteActor
from storage.remote_keys import RemoteKey
from tests.benchmarks.measuring import RsaMeter, Stopwatch, open_instance, rss_mib, run, say

SENDERS = 20
PART = 500
AT_A_TIME = 64
PROFILE_LINES = 60
TAKEN = 202


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run came to: rates per CPU-second, and memory in MiB after each part."""

    sign_limit: float
    verify_limit: float
    recorded: Stopwatch
    handled: Stopwatch
    memory: list[float]


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody elsewhere whose key is known here."""

    actor_id: str
    key: PrivateKey

    def create(self, number: int) -> dict[str, Any]:
        """A public post of a few sentences."""
        note_id = f"{self.actor_id}/notes/{number}"
        audience = {"to": [PUBLIC], "cc": [f"{self.actor_id}/followers"]}
        note = {
            "id": note_id,
            "type": "Note",
            "attributedTo": self.actor_id,
            "published": "2026-11-22T11:00:00Z",
            "content": f"<p>{number}: " + "Some words about a picture. " * 40 + "</p>",
            **audience,
        }
        head = {"@context": CONTEXT, "id": f"{note_id}/create", "type": "Create", "actor": self.actor_id}
        return {**head, **audience, "object": note}

    def like(self, number: int, object_id: str) -> dict[str, Any]:
        """A like of a post."""
        head = {"@context": CONTEXT, "id": f"{self.actor_id}/likes/{number}", "type": "Like", "actor": self.actor_id}
        return {**head, "object": object_id}


async def _add_senders(services: Services, keys: Sequence[PrivateKey]) -> list[Sender]:
    senders = [
        Sender(f"http://127.0.0.{number}:3000/users/theo", keys[number % len(keys)]) for number in range(SENDERS)
    ]
    now = services.clock.now()
    async with services.database.unit_of_work() as records:
        mara = await records.artists.get("mara")
        for sender in senders:
            known = RemoteActor(
                pk=services.clock.new_pk(),
                actor_id=sender.actor_id,
                netloc=sender.actor_id.split("/")[2],
                inbox=f"{sender.actor_id}/inbox",
                document="{}",
                fetched_at=now,
            )
            key = RemoteKey(
                key_id=f"{sender.actor_id}#main-key",
                actor_id=sender.actor_id,
                algorithm="rsa",
                pem=sender.key.public_pem,
                fetched_at=now,
            )
            await records.remote_actors.record(known)
            await records.remote_keys.record(key)
            await records.following.record(_follow(services, mara.pk, sender.actor_id, now))
    return senders


def _follow(services: Services, artist_pk: int, actor_id: str, now: datetime) -> Following:
    pk = services.clock.new_pk()
    follow_id = services.site.activity("mara", pk)
    return Following(pk=pk, artist_pk=artist_pk, actor_id=actor_id, state=ACCEPTED, follow_id=follow_id, created_at=now)


async def _add_posts(services: Services, count: int) -> list[str]:
    """Posts of mara's, to be liked."""
    site, now = services.site, services.clock.now()
    async with services.database.unit_of_work() as records:
        mara = await records.artists.get("mara")
        pks = [services.clock.new_pk() for _ in range(count)]
        for pk in pks:
            post = Post(
                pk=pk,
                object_id=site.post("mara", pk),
                actor_id=site.actor("mara"),
                artist_pk=mara.pk,
                content="<p>A new picture.</p>",
                visibility="public",
                published_at=now,
            )
            await records.posts.add(post)
    return [site.post("mara", pk) for pk in pks]


def _signed(services: Services, sender: Sender, document: dict[str, Any]) -> tuple[Scope, bytes]:
    body, url = dump_document(document), services.site.shared_inbox
    request = HttpRequest.to("POST", url, body=body)
    signed = sign_draft_cavage(request, f"{sender.actor_id}#main-key", sender.key, services.clock.now())
    headers = (*request.headers, *signed, ("content-type", "application/activity+json"))
    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": "/inbox",
        "raw_path": b"/inbox",
        "query_string": b"",
        "scheme": "http",
        "client": ("127.0.0.1", 4000),
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    return scope, body


async def _post(app: App, scope: Scope, body: bytes) -> None:
    answers: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        answers.append(message)

    await app(scope, receive, send)
    assert answers[0]["status"] == TAKEN, answers


async def _post_all(app: App, requests: list[tuple[Scope, bytes]]) -> None:
    waiting = iter(requests)

    async def post_some() -> None:
        for scope, body in waiting:
            await _post(app, scope, body)

    await asyncio.gather(*(post_some() for _ in range(AT_A_TIME)))


async def measure(
    count: int, *, handle: bool = False, likes: bool = False, profile: cProfile.Profile | None = None
) -> Figures:
    """Send ``count`` activities."""
    meter, recorded, handled, memory = RsaMeter(), Stopwatch(), Stopwatch(), list[float]()
    async with open_instance() as services:
        senders = await _add_senders(services, [generate_rsa()])
        app, worker = build_app(services), InboxWorker(services)
        posts = await _add_posts(services, count // SENDERS + 1) if likes else []

        def ask(number: int) -> tuple[Scope, bytes]:
            sender = senders[number % SENDERS]
            document = sender.like(number, posts[number // SENDERS]) if likes else sender.create(number)
            return _signed(services, sender, document)

        await _post_all(app, [_signed(services, sender, sender.create(0)) for sender in senders])
        for first in range(1, count + 1, PART):
            requests = [ask(number) for number in range(first, min(first + PART, count + 1))]
            meter.sample()
            with recorded.running(len(requests)), profile or nullcontext():
                await _post_all(app, requests)
            if handle:
                with handled.running(len(requests)):
                    while await worker.work_once():
                        pass
            memory.append(rss_mib())
    return Figures(meter.sign_rate, meter.verify_rate, recorded, handled, memory)


def main() -> None:
    """Measure, and print the figures beside the limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5000, help="activities in all")
    parser.add_argument("--handle", action="store_true", help="handle what was recorded, too")
    parser.add_argument("--likes", action="store_true", help="likes instead of posts")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    profile = cProfile.Profile() if options.profile else None
    figures = run(measure(options.count, handle=options.handle, likes=options.likes, profile=profile))
    rate, best = figures.recorded.rate, figures.recorded.best
    say("RSA-2048 signatures", figures.sign_limit, "per CPU-second")
    say("RSA-2048 verifications", figures.verify_limit, "per CPU-second")
    say("verified and recorded", rate, "per CPU-second", f"{rate / figures.verify_limit:.1%} of the limit; aim 1000")
    say("verified and recorded, undisturbed", best, "per CPU-second", f"{best / figures.verify_limit:.1%} of the limit")
    if options.handle:
        say("handled", figures.handled.rate, "per CPU-second", "aim 500")
        say("handled, undisturbed", figures.handled.best, "per CPU-second")
    say("memory after a tenth", figures.memory[len(figures.memory) // 10], "MiB")
    say("memory at the end", figures.memory[-1], "MiB")
    if profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(PROFILE_LINES)


if __name__ == "__main__":
    main()
