"""Timestamps (RFC 3161): a third party's word on when a file existed; asked for over HTTPS, checked before believed."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.x509 import load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from activitypub.documents import Json
from activitypub.times import format_time
from cara_fed.errors import CaraFedError
from cara_fed.federation.errors import FetchError
from cara_fed.services import Services

KIND: Final = "RFC 3161"
OVER: Final = "SHA-256 of this document's canonical form (RFC 8785) without its member 'timestamp'"
GRANTED: Final = 0


class TimestampFailed(CaraFedError):
    """No timestamp was to be had, or not a good one; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Timestamp:
    """When a third party saw some bytes. ``is_trusted`` where its certificate leads to a root that was given."""

    at: datetime
    is_trusted: bool


async def ask_for_timestamp(services: Services, content: bytes) -> Json:
    """A timestamp of these bytes by the configured server, as a member of a document. Raises TimestampFailed."""
    server = services.config.evidence.timestamp_server
    request = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build()
    headers = {"content-type": "application/timestamp-query", "accept": "application/timestamp-reply"}
    try:
        response = await services.client.post(server, request.as_bytes(), headers)
    except FetchError as error:
        raise TimestampFailed(f"the timestamp server could not be asked: {error}") from error
    if not response.ok:
        raise TimestampFailed(f"the timestamp server answered {response.status}")
    stamp = read_timestamp(response.body, content, roots_of(services), request.nonce)
    token = b64encode(response.body).decode()
    return {"type": KIND, "server": server, "over": OVER, "at": format_time(stamp.at), "response": token}


def check_timestamp(stated: Json, content: bytes, roots: bytes = b"") -> Timestamp:
    """What a document's member says, once it was checked against the bytes. Raises TimestampFailed."""
    try:
        response = b64decode(str(stated.get("response", "")), validate=True)
    except (NotBase64, ValueError) as error:
        raise TimestampFailed("the timestamp cannot be read") from error
    return read_timestamp(response, content, roots)


def read_timestamp(body: bytes, content: bytes, roots: bytes = b"", nonce: int | None = None) -> Timestamp:
    """A server's answer, checked: about these bytes and this question, signed by whom ``roots`` (PEM) vouch for.

    Without roots its signer is not checked. Raises TimestampFailed.
    """
    try:
        response = decode_timestamp_response(body)
        _require_about(response, content, nonce)
        if roots:
            _require_trusted(response, content, roots)
        return Timestamp(response.tst_info.gen_time.astimezone(UTC), bool(roots))
    except (ValueError, VerificationError) as error:
        raise TimestampFailed(f"the timestamp is not good: {error}") from error


def roots_of(services: Services) -> bytes:
    """The root certificates that instance.toml names, as PEM; empty where none is. Raises TimestampFailed."""
    file = services.config.evidence.timestamp_ca_file
    return _read(services.config.resolve(file)) if file else b""


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise TimestampFailed(f"evidence.timestamp_ca_file: {path} cannot be read: {error.strerror}") from error


def _require_about(response: TimeStampResponse, content: bytes, nonce: int | None) -> None:
    if response.status != GRANTED:
        said = "; ".join(response.status_string) or f"status {response.status}"
        raise VerificationError(f"the server refused it: {said[:200]}")
    if response.tst_info.message_imprint.message != sha256(content).digest():
        raise VerificationError("it is about something else")
    if nonce is not None and response.tst_info.nonce != nonce:
        raise VerificationError("it answers another question")


def _require_trusted(response: TimeStampResponse, content: bytes, roots: bytes) -> None:
    builder = VerifierBuilder(roots=load_pem_x509_certificates(roots))
    builder.build().verify(response, sha256(content).digest())
