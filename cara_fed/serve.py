"""Serving: the processes that answer, and what they say when they start."""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable

import uvicorn

from cara_fed.config import Config
from cara_fed.errors import CaraFedError
from cara_fed.heads import BoundedHeads

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
APP = "cara_fed.app:create_app"
PARENT_POLL_SECONDS = 0.5


class PortUnusable(CaraFedError):
    """``server.bind`` cannot be listened on, most often because another process does."""


def configure_logging() -> None:
    """Log to stderr, one line an event. httpx and friends would log every request's URL: they are kept quiet."""
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT)
    for name in ("httpx", "httpcore", "aiosqlite", "alembic", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)


def require_port(config: Config) -> None:
    """Raise PortUnusable where ``server.bind`` cannot be listened on: before anything of the instance is touched."""
    host, port = _read_bind(config)
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        raise PortUnusable(f"server.bind: {config.server.bind} cannot be listened on: {error.strerror}") from error


def _read_bind(config: Config) -> tuple[str, int]:
    host, _, port = config.server.bind.rpartition(":")
    return host.strip("[]"), int(port)


def serve(config: Config, workers: int) -> None:
    """Serve until told to stop, with ``workers`` processes. The app finds instance.toml by ``$CARA_FED_CONFIG``."""
    host, port = _read_bind(config)
    uvicorn.run(
        APP,
        factory=True,
        http=BoundedHeads,
        host=host,
        port=port,
        workers=workers if workers > 1 else None,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=True,
        forwarded_allow_ips=[str(network) for network in config.server.trusted_proxies],
        timeout_graceful_shutdown=20,
    )


def stop_with_parent(parent: int, stop: Callable[[], None] | None = None) -> None:
    """End this process soon after its parent has gone: a killed parent must not leave a worker holding the port."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_POLL_SECONDS)
        (stop or _terminate)()

    threading.Thread(target=watch, name="parent watch", daemon=True).start()


def _terminate() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
