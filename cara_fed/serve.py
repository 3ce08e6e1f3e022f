"""Serving: the processes that answer, and what they say when they start."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

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
    """Serve until told to stop, with ``workers`` processes. The app finds instance.toml by ``$CARA_FED_CONFIG``.

    Raises SystemExit where it could not start.
    """
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until somebody hears it: its default is the end of the process
    described = _describe_server(config, workers)
    if workers > 1:
        Supervisor(described, sockets=[described.bind_socket()]).run()
        return
    server = uvicorn.Server(described)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise SystemExit(STARTUP_FAILURE)


def _describe_server(config: Config, workers: int) -> uvicorn.Config:
    host, port = _read_bind(config)
    return uvicorn.Config(
        APP,
        factory=True,
        http=BoundedHeads,
        host=host,
        port=port,
        workers=workers,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=True,
        forwarded_allow_ips=[str(network) for network in config.server.trusted_proxies],
        timeout_graceful_shutdown=20,
    )


class Supervisor(Multiprocess):
    """Keeps the processes that serve. SIGHUP, which would restart them, is passed on: see :func:`hear_hangup`."""

    def handle_hup(self) -> None:
        """Let one of them that hears it take instance.toml over; the others follow it."""
        for process in self.processes:
            if process.is_ready() and process.pid is not None:
                os.kill(process.pid, signal.SIGHUP)
                return


def hear_hangup(heard: Callable[[], None]) -> None:
    """Call ``heard`` whenever this process gets SIGHUP: in the running loop, which has to be the main thread's."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, heard)


def stop_with_parent(parent: int, stop: Callable[[], None] | None = None) -> None:
    """End this process soon after its parent has gone: a killed parent must not leave a worker holding the port."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_POLL_SECONDS)
        (stop or _terminate)()

    threading.Thread(target=watch, name="parent watch", daemon=True).start()


def _terminate() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
