"""A server that misbehaves, and the client that asks it."""

from collections.abc import AsyncIterator

import pytest

from cara_fed.federation.client import FederationClient
from tests.support.clients import open_client
from tests.support.hostile import HostileServer, hostile_server


@pytest.fixture
async def server() -> AsyncIterator[HostileServer]:
    async with hostile_server() as serving:
        yield serving


@pytest.fixture
async def client() -> AsyncIterator[FederationClient]:
    async with open_client() as opened:
        yield opened
