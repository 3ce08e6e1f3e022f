"""The ASGI application: servers' endpoints first, then people's pages; opened and closed by its lifespan."""

import os
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from cara_fed.appearance.look import load_look
from cara_fed.asgi import App, Receive, Scope, Send
from cara_fed.background import build_loops
from cara_fed.config import ENVIRONMENT_PREFIX, Config, load_config
from cara_fed.endpoints.router import build_router
from cara_fed.loops import running
from cara_fed.memory import keep_what_is_there
from cara_fed.serve import configure_logging, hear_hangup, stop_with_parent
from cara_fed.services import Services, open_services, picture_limits
from cara_fed.web.app import build_pages
from cara_fed.words.speech import speak
from cara_fed.words.wishes import default_tag


def create_app() -> App:
    """The application as the ASGI server makes it, in each of its processes; the config is `$CARA_FED_CONFIG`."""
    configure_logging()
    if parent := os.environ.get(f"{ENVIRONMENT_PREFIX}SUPERVISOR"):
        stop_with_parent(int(parent))
    return Application(load_config(Path(os.environ[f"{ENVIRONMENT_PREFIX}CONFIG"])))


def build_app(services: Services) -> App:
    """The application over an opened instance, without its background work.

    It is built anew when other settings are in force, so that nothing that it keeps is older than they are; requests
    under way end as they began.
    """
    running = services.running
    built = _Built(running.version, build_router(services, build_pages(services)))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal built
        if built.version != running.version:
            built = _Built(running.version, build_router(services, build_pages(services)))
        await built.app(scope, receive, send)

    return app


@dataclass(frozen=True, slots=True)
class _Built:
    version: int
    app: App


class Application:
    """Opens the instance at start-up, works in the background while it serves, and closes everything at the end."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._stack = AsyncExitStack()
        self._app: App | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, as ASGI 3 calls it."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and self._app is not None:
            await self._app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()  # lifespan.startup
        async with self._stack:
            services = await self._stack.enter_async_context(open_services(self._config))
            config = services.config
            services.running.replace(config, await load_look(config, services.pictures, picture_limits(config)))
            speak(default_tag(self._config.instance.languages))  # what the loops write is the instance's
            await self._stack.enter_async_context(running(build_loops(services)))
            self._app = build_app(services)
            hear_hangup(services.running.ask)
            keep_what_is_there()
            await send({"type": "lifespan.startup.complete"})
            await receive()  # lifespan.shutdown
        await send({"type": "lifespan.shutdown.complete"})
