"""What machines ask for: policies, robots.txt, health and metrics."""

import json
from xml.etree import ElementTree

import httpx
import pytest

from cara_fed.health import is_from_this_machine
from tests.support.fediverse import Fediverse, Instance

RSL = "{https://rslstandard.org/rsl}"


@pytest.fixture
async def studio(fediverse: Fediverse) -> Instance:
    (studio,) = await fediverse.start("studio.example", instance={"contact_email": "hello@studio.example"})
    await studio.add_artist("mara")
    await studio.add_artist("nilo", opt_out="allow")
    return studio


async def get(studio: Instance, path: str) -> httpx.Response:
    return await studio.get(studio.base + path, accept="*/*")


async def test_the_policy_behind_a_reservation(studio: Instance) -> None:
    for number in (1, 2, 3):
        response = await get(studio, f"/policies/tdm/{number}")
        offer = response.json()
        assert response.headers["content-type"].startswith("application/ld+json")
        assert (offer["@type"], offer["uid"]) == ("Offer", f"{studio.base}/policies/tdm/{number}")
        assert offer["assigner"]["vcard:hasEmail"] == "mailto:hello@studio.example"
        assert offer["permission"] == [{"action": "tdm:mine", "duty": [{"action": "obtainConsent"}]}]
    assert (await get(studio, "/policies/tdm/4")).status_code == 404


async def test_no_address_is_shown_where_there_is_none(fediverse: Fediverse) -> None:
    (quiet,) = await fediverse.start("quiet.example")
    assert "vcard:hasEmail" not in (await get(quiet, "/policies/tdm/1")).json()["assigner"]


@pytest.mark.parametrize(
    ("query", "permits", "prohibits"),
    [
        ("", ["search"], ["ai-train"]),
        ("?policy=no-automated-use", [], ["all"]),
        ("?policy=allow", ["ai-train"], []),
        ("?policy=unset", [], []),
    ],
)
async def test_the_licence(studio: Instance, query: str, permits: list[str], prohibits: list[str]) -> None:
    response = await get(studio, f"/license.xml{query}")
    assert response.headers["content-type"] == "application/rsl+xml"
    contents = ElementTree.fromstring(response.text).iter(f"{RSL}content")
    site = next(content for content in contents if content.attrib["url"] == "/")
    assert [usage.text for usage in site.iter(f"{RSL}permits")] == permits
    assert [usage.text for usage in site.iter(f"{RSL}prohibits")] == prohibits


async def test_a_licence_of_no_policy(studio: Instance) -> None:
    assert (await get(studio, "/license.xml?policy=whatever")).status_code == 404


async def test_robots(studio: Instance) -> None:
    lines = (await get(studio, "/robots.txt")).text.splitlines()
    assert f"License: {studio.base}/license.xml" in lines
    group = lines[lines.index("User-agent: *") :]
    assert "Content-Usage: /@ train-ai=n" in group
    assert "Content-Usage: /@nilo/ train-ai=y" in group
    assert "Content-Signal: ai-train=no, search=yes" in group


async def test_tdmrep_tells_exceptions_first(studio: Instance) -> None:
    rules = json.loads((await get(studio, "/.well-known/tdmrep.json")).content)
    assert {"location": "/@nilo/*", "tdm-reservation": 0} in rules
    assert rules[-1] == {"location": "/", "tdm-reservation": 1, "tdm-policy": f"{studio.base}/policies/tdm/1"}


async def test_health_and_metrics(studio: Instance) -> None:
    await studio.publish("mara", "a hill")
    health = (await get(studio, "/health")).json()
    assert (health["status"], health["known"]["artists"], health["known"]["posts"]) == ("ok", 2, 1)
    metrics = (await get(studio, "/metrics")).text
    assert 'cara_fed_known{state="artists"} 2.0' in metrics
    assert 'cara_fed_deliveries{state="queued"} 0.0' in metrics


@pytest.mark.parametrize("path", ["/health", "/metrics"])
@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
async def test_what_a_proxy_passes_on_is_not_this_machine(studio: Instance, path: str, name: str) -> None:
    request = httpx.Request("GET", studio.base + path, headers={name: "127.0.0.1"})
    assert (await studio.network.handle_async_request(request)).status_code == 403


@pytest.mark.parametrize(
    ("client", "local"),
    [(("127.0.0.1", 1), True), (("::1", 1), True), (("192.0.2.1", 1), False), (("10.0.0.1", 1), False), (None, False)],
)
def test_this_machine_is_known_by_its_address(client: tuple[str, int] | None, local: bool) -> None:
    assert is_from_this_machine({"headers": [], "client": client}) is local


async def test_a_refusal_says_how_the_request_arrived(studio: Instance) -> None:
    request = httpx.Request("GET", f"{studio.base}/health", headers={"X-Forwarded-For": "198.51.100.7"})
    response = await studio.network.handle_async_request(request)
    seen = json.loads(await response.aread())["seen"]
    assert seen == {"host": studio.domain, "address": "127.0.0.1", "forwarded": True, "forwarded_for": "198.51.100.7"}
