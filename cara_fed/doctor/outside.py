"""What the world meets: the name, its certificate, the proxy, and whether we find ourselves by our own address."""

import asyncio
import contextlib
import json
import secrets
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import quote, urlsplit

import aiosmtplib

from activitypub.actors import instance_actor_name
from activitypub.errors import KeyUnusable, ProtocolError, SignatureError
from activitypub.keys import PublicKey, read_key
from activitypub.signatures import Generation, HttpRequest, read_signatures, verify_signature
from cara_fed.capabilities import WEB_HOST_NUMBER
from cara_fed.doctor.findings import Ill, Skipped
from cara_fed.federation.client import FederationClient, Response
from cara_fed.federation.errors import FetchError, NameUnknown, TlsFailed
from cara_fed.federation.signing import make_signer
from cara_fed.mail.worker import greet
from cara_fed.services import Services, tls_context_of

SKEW_ALLOWED: Final = timedelta(seconds=60)
CERTIFICATE_LEFT: Final = timedelta(days=10)
PEERS_ASKED: Final = 3
TLS_SECONDS: Final = 10.0
POLICY_LETTER: Final = "x"


@dataclass(frozen=True, slots=True)
class Outside:
    """Looks at the instance as others do, through ``client``, which may ask any address: it asks only our own."""

    services: Services
    client: FederationClient

    async def look_up_name(self) -> str:
        """DNS."""
        host = self._host
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except OSError as error:
            raise Ill(f"{host} has no address: add an A or AAAA record for it at your DNS provider.") from error
        addresses = sorted({str(entry[4][0]) for entry in found})
        hidden = [address for address in addresses if not ip_address(address.partition("%")[0]).is_global]
        if hidden and not self._is_on_this_machine:
            raise Ill(
                f"{host} leads to {', '.join(hidden)}, which nobody reaches from outside: correct its DNS records."
            )
        return f"{host} is {', '.join(addresses)}."

    async def inspect_certificate(self) -> str:
        """TLS."""
        if self._is_on_this_machine:
            raise Skipped('instance.scheme is "http": there is no certificate.')
        port = urlsplit(self.services.site.base).port or 443
        try:
            certificate = await _fetch_certificate(self._host, port, tls_context_of(self.services.config))
        except ssl.SSLCertVerificationError as error:
            raise Ill(
                f"The certificate is refused ({error.verify_message}): renew it, or correct its chain."
            ) from error
        except (OSError, TimeoutError) as error:
            raise Ill(f"No TLS at {self._host}:{port} ({_reason(error)}): is the proxy running?") from error
        ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
        if ends - self.services.clock.now() < CERTIFICATE_LEFT:
            raise Ill(f"The certificate ends on {ends:%Y-%m-%d}: see why it was not renewed.")
        return f"The certificate is good until {ends:%Y-%m-%d}."

    async def inspect_proxy(self) -> str:
        """What the proxy passes on: it must say for whom it asks, and leave the name as it was."""
        document = _read_json(await self._ask("/health"))
        if "status" not in document:
            return self._judge_seen(document.get("seen"))
        if self._is_on_this_machine:
            raise Skipped("There is no proxy: requests come from this machine.")
        raise Ill("The proxy passes requests on as if they were its own: let it set X-Forwarded-For (docs/deploy.md).")

    def _judge_seen(self, seen: Any) -> str:
        if not isinstance(seen, dict) or not isinstance(seen.get("host"), str):
            raise Ill("Something else than this program answers at /health: let the proxy pass every path on.")
        if seen["host"] != self.services.site.domain:
            raise Ill(
                f"The proxy turns Host into {seen['host']!r}, and no signature of others is valid then: "
                "let it pass Host on as it came (docs/deploy.md)."
            )
        if seen.get("forwarded_for") and str(seen.get("address")) not in str(seen["forwarded_for"]):
            raise Ill(
                f"The proxy at {seen.get('address')} is not believed about visitors: name it in server.trusted_proxies."
            )
        return "The proxy passes names and visitors' addresses on."

    async def finger_ourselves(self) -> str:
        """WebFinger."""
        name, site = instance_actor_name(self.services.site), self.services.site
        resource = quote(f"acct:{name}@{site.domain}", safe="")
        document = _read_json(await self._ask(f"/.well-known/webfinger?resource={resource}"))
        links = document.get("links")
        found = [link.get("href") for link in links if isinstance(link, dict)] if isinstance(links, list) else []
        if site.instance_actor not in found:
            raise Ill(
                f"WebFinger at {site.base} does not find this instance: let the proxy pass /.well-known/ on untouched."
            )
        return "WebFinger finds this instance."

    async def meet_ourselves(self) -> str:
        """The instance's actor, and signatures of both generations by its key."""
        key = await self.services.keyring.signing_key(None)
        document = _read_json(await self._ask("/actor", "application/activity+json"))
        try:
            published = read_key(document, key.key_id)
        except (ProtocolError, KeyUnusable) as error:
            raise Ill(
                f"{self.services.site.instance_actor} does not show the key that this instance signs with: "
                "is another instance, or a cache, answering there?"
            ) from error
        for generation in Generation:
            self._try_signature(make_signer(key, self.services.clock, generation), published)
        return "The instance's actor shows its key, and signatures of both kinds verify."

    def _try_signature(self, sign: Any, key: PublicKey) -> None:
        url, body, now = self.services.site.shared_inbox, b"{}", self.services.clock.now()
        request = HttpRequest.to("POST", url, (), body).with_headers(tuple(sign("POST", url, body).items()))
        try:
            verify_signature(request, read_signatures(request)[0], key, now)
        except SignatureError as error:
            raise Ill(
                f"A signature by the instance's key does not verify ({error}): rotate it with `keys rotate --instance`."
            ) from error

    async def show_a_picture(self) -> str:
        """A file is written, shown at an address of its own, and taken away."""
        content = secrets.token_bytes(4096)
        file_hash = sha256(content).hexdigest()
        name, media = f"{file_hash}.png", self.services.media
        await media.put("public", name, content)
        try:
            if await media.read("public", name) != content:
                raise Ill("storage.media gives back something else than was written: look at its disk or store.")
            capability = self.services.capabilities.make(WEB_HOST_NUMBER, POLICY_LETTER, file_hash)
            response = await self._ask(f"/media/{capability}/{name}", "*/*")
        finally:
            await media.delete("public", name)
        if response.body != content:
            raise Ill(
                "A picture that was just written is not shown at its address: does the proxy pass /media/ on, "
                "and does `serve` use this same instance.toml?"
            )
        return "A picture was written, shown and removed."

    async def compare_clocks(self) -> str:
        """Our clock against other servers': signatures are refused where it is off."""
        times = [moment async for moment in self._times_of_peers()]
        if not times:
            raise Skipped("No other server is known yet whose clock could be compared.")
        # One of them may be wrong itself; where several are asked, the nearest speaks for us.
        skew = min((abs(theirs - ours) for theirs, ours in times))
        if skew > SKEW_ALLOWED:
            raise Ill(f"The clock is off by {skew.total_seconds():.0f} seconds: turn its synchronisation on.")
        return "The clock agrees with other servers'."

    async def greet_mail_server(self) -> str:
        """The mail server, as far as its door."""
        smtp = self.services.config.smtp
        if not smtp.host:
            raise Skipped("smtp.host is empty: admins pass links for new passwords on themselves.")
        try:
            await greet(self.services.config)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Ill(
                f"The mail server {smtp.host}:{smtp.port} does not let us in ({error}): correct [smtp]."
            ) from error
        return f"The mail server {smtp.host} lets us in."

    async def _times_of_peers(self) -> AsyncIterator[tuple[datetime, datetime]]:
        async with self.services.database.reading() as records:
            hosts = await records.hosts.find_answering(PEERS_ASKED)
        scheme = self.services.site.scheme
        for host in hosts:
            with contextlib.suppress(FetchError, ValueError, TypeError):
                response = await self.services.client.get(
                    f"{scheme}://{host.netloc}/.well-known/nodeinfo", accept="*/*"
                )
                yield parsedate_to_datetime(response.headers.get("date", "")), self.services.clock.now()

    async def _ask(self, path: str, accept: str = "*/*") -> Response:
        base = self.services.site.base
        try:
            return await self.client.get(base + path, accept=accept)
        except NameUnknown as error:
            raise Ill(f"{self._host} has no address, so nobody finds this instance.") from error
        except TlsFailed as error:
            raise Ill(f"TLS at {base} fails, as it would for others: {error}.") from error
        except FetchError as error:
            raise Ill(
                f"Nothing answers at {base} ({error}): is `cara-fed serve` running, and does the proxy lead to "
                f"{self.services.config.server.bind}?"
            ) from error

    @property
    def _host(self) -> str:
        return urlsplit(self.services.site.base).hostname or ""

    @property
    def _is_on_this_machine(self) -> bool:
        return self.services.site.scheme == "http"


async def _fetch_certificate(host: str, port: int, context: ssl.SSLContext) -> dict[str, Any]:
    async with asyncio.timeout(TLS_SECONDS):
        _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
    try:
        return dict(writer.get_extra_info("peercert") or {})
    finally:
        writer.close()


def _read_json(response: Response) -> dict[str, Any]:
    try:
        document = json.loads(response.body)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise Ill(f"{response.url} answered {response.status} and no JSON: does the proxy put a page of its own there?")
    return document


def _reason(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
