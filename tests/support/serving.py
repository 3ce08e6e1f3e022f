"""A real instance in a process of its own on loopback, as `cara-fed serve` runs it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

START_SECONDS = 60
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Served:
    """Where it is, and the link that makes the first admin."""

    base: str
    admin_link: str


@contextmanager
def serve_instance(
    folder: Path, *, name: str = "Salt & Ink", description: str = "", host: str = "localhost"
) -> Iterator[Served]:
    """Start an instance with its data below ``folder``, to talk to others on loopback; it is stopped at the end."""
    port = _free_port()
    config = folder / "instance.toml"
    config.write_text(
        f'[instance]\ndomain = "{host}:{port}"\nscheme = "http"\nname = "{name}"\n'
        f'description = "{description}"\n[server]\nbind = "127.0.0.1:{port}"\n'
        '[federation]\nallowed_private_networks = ["127.0.0.0/8", "::1/128"]\n'
    )
    with (folder / "said.txt").open("wb") as said:
        command = [sys.executable, "-m", "cara_fed", "serve", "--config", str(config)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT, env={**os.environ})
        try:
            yield _wait_until_ready(process, f"http://{host}:{port}", folder / "said.txt")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _wait_until_ready(process: subprocess.Popen[bytes], base: str, said: Path) -> Served:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(f"{base}/") as answer:
                assert answer.status == 200
                link = re.search(r"http://\S+/join\?token=\S+", said.read_text())
                return Served(base, link[0] if link else "")
        except URLError:
            time.sleep(0.2)
    raise AssertionError(f"the instance did not start:\n{said.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
