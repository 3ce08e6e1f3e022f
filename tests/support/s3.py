"""An S3 stand-in of its own for the tests that want one; they are skipped where it is missing."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from storage.media.files import S3Options

BUCKET_NUMBERS = count(1)
SECONDS_TO_START = 60


@dataclass(frozen=True)
class S3Server:
    """A running stand-in on loopback that lets everybody in."""

    endpoint: str

    def make_bucket(self) -> str:
        """A new, empty bucket; its name."""
        name = f"bucket-{next(BUCKET_NUMBERS)}"
        urlopen(Request(f"{self.endpoint}/{name}", method="PUT"), timeout=10).close()
        return name

    @property
    def options(self) -> S3Options:
        return S3Options(self.endpoint, "us-east-1", access_key_id="key", secret_access_key="secret")


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    for module in ("moto", "flask_cors", "obstore"):
        if find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield wait_until_it_answers(process, f"http://127.0.0.1:{port}")
        finally:
            process.terminate()


def wait_until_it_answers(process: subprocess.Popen[bytes], endpoint: str) -> S3Server:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and process.poll() is None:
        try:
            urlopen(endpoint, timeout=5).close()
        except (URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return S3Server(endpoint)
    raise RuntimeError(f"the S3 stand-in did not start (exit {process.poll()})")
