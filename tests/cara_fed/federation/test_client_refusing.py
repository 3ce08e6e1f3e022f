"""Where the outbound client does not go: private networks, by whatever way they are named."""

from collections.abc import Sequence
from ipaddress import ip_network

import httpx
import pytest

from cara_fed.federation.addresses import AddressGuard
from cara_fed.federation.client import FederationClient
from cara_fed.federation.errors import AddressRefused, UrlRefused
from cara_fed.federation.over_httpx import OverHttpx
from tests.support.clients import open_client
from tests.support.hostile import HostileServer, ok


@pytest.mark.parametrize(
    "location",
    [
        "http://inside.example/",
        "http://10.0.0.1/",
        "http://mixed.example/",
        "https://mixed.example/",
        "https://metadata.example/latest",
        "http://169.254.169.254/latest",
        "http://public.example/",
        "http://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "//10.0.0.1/",
    ],
)
async def test_a_redirect_into_a_private_network_is_refused(
    server: HostileServer, client: FederationClient, location: str
) -> None:
    server.redirects("/", location)
    with pytest.raises(AddressRefused):
        await client.get(f"http://studio.example:{server.port}/")


@pytest.mark.parametrize(
    "location",
    ["ftp://studio.example/", "file:///etc/passwd", "http://a:b@studio.example/", "http://[", "http://%31.1/"],
)
async def test_a_redirect_to_what_is_no_web_address_is_refused(
    server: HostileServer, client: FederationClient, location: str
) -> None:
    server.redirects("/", location)
    with pytest.raises(UrlRefused):
        await client.get(f"http://studio.example:{server.port}/")


@pytest.mark.parametrize(
    "url",
    [
        "https://inside.example/",
        "https://mixed.example/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://2130706433/",
    ],
)
async def test_without_leave_nothing_private_is_asked(url: str) -> None:
    async with open_client(AddressGuard()) as client:
        with pytest.raises(AddressRefused):
            await client.get(url)
        with pytest.raises(AddressRefused):
            await client.post(url, b"{}", {})


async def test_plain_http_needs_leave(server: HostileServer) -> None:
    async with open_client(AddressGuard((ip_network("127.0.0.0/8"),))) as client:
        with pytest.raises(UrlRefused, match="only https"):
            await client.get(f"http://studio.example:{server.port}/")
    assert server.connections == 0


async def test_a_lookup_that_changes_its_mind_changes_nothing(server: HostileServer) -> None:
    """The name answers a public address when asked first and a private one ever after."""
    answers = [["127.0.0.1"], ["10.0.0.7"], ["10.0.0.7"]]

    async def look_up(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    server.says("/", ok(b"{}"))
    async with open_client(lookup=look_up) as client:
        assert (await client.get(f"http://rebound.example:{server.port}/")).ok
        assert len(answers) == 2
        await client.aclose()
        with pytest.raises(AddressRefused):
            await client.get(f"http://rebound.example:{server.port}/")


@pytest.mark.parametrize(
    "url", ["", "studio.example", "https://", "https:///x", "mailto:a@b", "https://\x00/", "https://a b/", "//x"]
)
async def test_what_is_no_url_is_refused(client: FederationClient, url: str) -> None:
    with pytest.raises(UrlRefused):
        await client.get(url)


async def test_the_guard_stands_before_an_in_memory_network_too() -> None:
    asked: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json={})

    client = FederationClient(OverHttpx(httpx.MockTransport(answer)), AddressGuard(), "test")
    assert (await client.get("https://studio.example/users/mara")).ok
    for url in ("https://127.0.0.1/", "http://studio.example/", "https://u:p@studio.example/", "https://0x7f.1/"):
        with pytest.raises(UrlRefused):
            await client.get(url)
    assert asked == ["https://studio.example/users/mara"]
