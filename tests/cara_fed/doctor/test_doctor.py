"""The doctor: what is well is said to be, and each thing that is wrong is told with what to do."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from cara_fed.__main__ import main
from cara_fed.app import build_app
from cara_fed.asgi import Answer, App, Receive, Scope, Send
from cara_fed.background import beat_once
from cara_fed.doctor.examine import EVERYWHERE, examine
from cara_fed.doctor.findings import Finding, Verdict, find
from cara_fed.doctor.outside import Outside
from cara_fed.federation.addresses import AddressGuard
from cara_fed.running_config import RunningConfig
from cara_fed.services import Services, build_client
from storage.artists import Artist
from storage.backups import Backup
from tests.support.instances import build_config
from tests.support.network import Network
from tests.support.rows import make_post

OUR_OWN = "https://studio.example"


def behind_proxy(app: App, *headers: tuple[bytes, bytes]) -> App:
    """The instance behind a proxy that sets these headers."""
    names = {name for name, _ in headers}

    async def passed_on(scope: Scope, receive: Receive, send: Send) -> None:
        kept = [header for header in scope["headers"] if header[0] not in names]
        await app({**scope, "headers": [*kept, *headers]}, receive, send)

    return passed_on


async def answer_page(scope: Scope, receive: Receive, send: Send) -> None:
    await Answer(200, b"<h1>Are you human?</h1>", ((b"content-type", b"text/html"),)).send(send)


@pytest.fixture
def app(services: Services, network: Network) -> App:
    app = build_app(services)
    network.servers["studio.example"] = behind_proxy(app, (b"x-forwarded-for", b"127.0.0.1"))
    return app


async def look(services: Services, network: Network) -> dict[str, Finding]:
    client = build_client(services.config, AddressGuard(EVERYWHERE), network)
    return {finding.name: finding async for finding in examine(services, client)}


def said(findings: dict[str, Finding], name: str) -> str:
    assert findings[name].verdict is Verdict.ILL, findings[name]
    return findings[name].sentence


async def test_an_instance_that_is_well_is_told_so(
    app: App, services: Services, network: Network, mara: Artist
) -> None:
    await beat_once(services)
    async with services.database.unit_of_work() as records:
        await records.posts.add(make_post(services.site.actor("mara"), artist_pk=mara.pk))
        await records.backups.record(Backup(destination="/b", made_at=services.clock.now(), files=1, bytes=1))
    findings = await look(services, network)
    well = {name for name, finding in findings.items() if finding.verdict is Verdict.WELL}
    assert well == {"proxy", "webfinger", "signatures", "media", "workers", "disk", "backups"}
    assert [name async for name in services.media.names("public")] == []
    assert "studio.example has no address" in said(findings, "dns")


async def test_what_lies_idle_is_told(app: App, services: Services, network: Network, mara: Artist) -> None:
    async with services.database.unit_of_work() as records:
        await records.posts.add(make_post(services.site.actor("mara"), artist_pk=mara.pk))
    findings = await look(services, network)
    assert "No worker was alive yet" in said(findings, "workers")
    assert "never a backup" in said(findings, "backups")
    now = services.clock.now()
    async with services.database.unit_of_work() as records:
        await records.heartbeats.beat("background", now - timedelta(minutes=9))
        await records.backups.record(Backup(destination="/b", made_at=now - timedelta(days=3), files=1, bytes=1))
    findings = await look(services, network)
    assert "No worker was alive since" in said(findings, "workers")
    assert "The last backup is of" in said(findings, "backups")
    assert "allowed_private_networks" in said(findings, "settings")


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ((), "let it set X-Forwarded-For"),
        (((b"x-forwarded-for", b"127.0.0.1"), (b"host", b"127.0.0.1:8080")), "no signature of others is valid"),
        (((b"x-forwarded-for", b"198.51.100.7"),), "server.trusted_proxies"),
    ],
)
async def test_a_proxy_that_hides_visitors_or_the_name_is_told(
    app: App, services: Services, network: Network, headers: tuple[tuple[bytes, bytes], ...], words: str
) -> None:
    network.servers["studio.example"] = behind_proxy(app, *headers)
    assert words in said(await look(services, network), "proxy")


async def test_a_page_of_somebody_elses_in_front_is_told(app: App, services: Services, network: Network) -> None:
    network.servers["studio.example"] = answer_page
    findings = await look(services, network)
    for name in ("proxy", "webfinger", "signatures"):
        assert "no JSON" in said(findings, name) or "Something else" in said(findings, name)
    assert "is not shown at its address" in said(findings, "media")
    assert [name async for name in services.media.names("public")] == []
    network.unplugged.add("studio.example")
    findings = await look(services, network)
    assert {"is `cara-fed serve` running" in said(findings, name) for name in ("proxy", "webfinger", "media")} == {True}


async def test_a_clock_that_is_off_is_told(app: App, services: Services, network: Network) -> None:
    now = services.clock.now()

    async def punctual(scope: Scope, receive: Receive, send: Send) -> None:
        date = (now + timedelta(minutes=5)).strftime("%a, %d %b %Y %H:%M:%S GMT").encode()
        await Answer(200, b"{}", ((b"date", date),)).send(send)

    network.servers["peer.example"] = punctual
    async with services.database.unit_of_work() as records:
        await records.hosts.number_for("peer.example", now)
        await records.hosts.number_for("gone.example", now)
    sentence = said(await look(services, network), "clock")
    assert "off by" in sentence and 298 <= int(sentence.split("by ")[1].split(" ")[0]) <= 302


@asynccontextmanager
async def tls_server(folder: Path, days: int) -> AsyncIterator[int]:
    """A server on loopback with a certificate of its own for so many days; its port."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=days))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (folder / "ca.pem").write_bytes(certificate)
    (folder / "both.pem").write_bytes(pem + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("days", "trusted", "words"), [(90, True, ""), (5, True, "ends on"), (90, False, "is refused")]
)
async def test_a_certificate_is_looked_at(
    tmp_path: Path, services: Services, network: Network, days: int, trusted: bool, words: str
) -> None:
    async with tls_server(tmp_path, days) as port:
        federation = {"ca_file": str(tmp_path / "ca.pem")} if trusted else {}
        instance = {"domain": f"localhost:{port}", "scheme": "https"}
        config = build_config(tmp_path, instance=instance, federation=federation)
        there = Outside(replace(services, running=RunningConfig(config)), services.client)
        finding = await find("tls", there.inspect_certificate)
    assert finding.verdict is (Verdict.ILL if words else Verdict.WELL)
    assert words in finding.sentence
    assert "which nobody reaches from outside" in (await find("dns", there.look_up_name)).sentence


def test_the_command_tells_and_exits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "instance.toml"
    path.write_text('[instance]\ndomain = "localhost:9"\n')
    assert main(["doctor", "--json", "--config", str(path)]) == 1
    findings = {finding["name"]: finding for finding in json.loads(capsys.readouterr().out)}
    assert findings["dns"]["verdict"] == "well"
    assert findings["webfinger"]["sentence"].startswith("Nothing answers at http://localhost:9")
