"""Agents that sign their visits (Web Bot Auth), as their operators' software does, or wrong in one way."""

import json
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from activitypub.signatures.web_bot_auth import DIRECTORY_PATH
from cara_fed.asgi import Answer, Receive, Scope, Send
from tests.support.network import Network

DIRECTORY_TYPE = b"application/http-message-signatures-directory+json"


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Bot:
    """An agent with a key and a directory; ``asked`` is how often anybody wanted that."""

    netloc: str
    network: Network
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    answer: Answer | None = None
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.network.servers[self.netloc] = self

    @property
    def jwk(self) -> dict[str, str]:
        return {"kty": "OKP", "crv": "Ed25519", "x": base64url(self.key.public_key().public_bytes_raw())}

    @property
    def thumbprint(self) -> str:
        members = {name: self.jwk[name] for name in ("crv", "kty", "x")}
        return base64url(sha256(json.dumps(members, separators=(",", ":")).encode()).digest())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(scope["path"])
        found = Answer(200, json.dumps({"keys": [self.jwk]}).encode(), ((b"content-type", DIRECTORY_TYPE),))
        await (self.answer or (found if scope["path"] == DIRECTORY_PATH else Answer(404))).send(send)

    def headers(
        self,
        now: datetime,
        authority: str = "studio.example",
        *,
        agent: str = "",
        covered: str = '"@authority" "signature-agent";key="sig"',
        tag: str = "web-bot-auth",
        lifetime: int = 300,
        is_bare: bool = False,
        key: Ed25519PrivateKey | None = None,
    ) -> dict[str, str]:
        """Signature-Agent, Signature-Input and Signature of a visit."""
        agent = agent or f"https://{self.netloc}"
        created = int(now.timestamp())
        covered = covered.replace(';key="sig"', "") if is_bare else covered
        stated = f'({covered});created={created};expires={created + lifetime};keyid="{self.thumbprint}";tag="{tag}"'
        values = {
            '"@authority"': authority,
            '"signature-agent";key="sig"': f'"{agent}"',
            '"signature-agent"': f'"{agent}"',
        }
        lines = [f"{name}: {values[name]}" for name in covered.split(" ") if name]
        base = "\n".join([*lines, f'"@signature-params": {stated}'])
        value = b64encode((key or self.key).sign(base.encode())).decode()
        return {
            "signature-agent": f'"{agent}"' if is_bare else f'sig="{agent}"',
            "signature-input": f"sig={stated}",
            "signature": f"sig=:{value}:",
        }


async def visit(network: Network, url: str, headers: dict[str, str], user_agent: str = "Mozilla/5.0") -> httpx.Response:
    """Look at a page or a picture as a browser would, with these headers."""
    whole = {"accept": "text/html", "user-agent": user_agent, **headers}
    response = await network.handle_async_request(httpx.Request("GET", url, headers=whole))
    await response.aread()
    return response
