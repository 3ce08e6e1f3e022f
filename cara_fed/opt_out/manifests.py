"""C2PA manifests: a signed statement in a picture's file about what machines may do with it. An extra, off by default.

The instance signs with a certificate of its own, under a root of its own that it publishes: whoever trusts the instance
can see that nothing was changed since. Nobody else need believe it.
"""

import io
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from activitypub.opt_out import Signals, cawg_assertion
from cara_fed.errors import CaraFedError
from cara_fed.words.speech import _

try:
    import c2pa
except ImportError:
    c2pa = None

IS_INSTALLED: Final = c2pa is not None

_ROOT_YEARS, _LEAF_YEARS = 30, 10
_YEAR: Final = timedelta(days=365)
_A_DAY: Final = timedelta(days=1)  # for readers whose clocks are behind
_UNSTATED_SOURCE: Final = "http://c2pa.org/digitalsourcetype/empty"
# What would swell the file, or ask the network, is off.
_SETTINGS: Final[dict[str, Any]] = {
    "builder": {"thumbnail": {"enabled": False}},
    "verify": {"verify_after_sign": False, "remote_manifest_fetch": False, "ocsp_fetch": False},
}
_SUPPORTED: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})


SIGN_STEP: Final = "sign_manifest"


class ManifestFailed(CaraFedError):
    """A file could not be signed."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """An instance's own: the root's certificate, the chain from the signing one to it, and the signing key, as PEM."""

    root: str
    chain: str
    private_key: str = field(repr=False)

    def dump(self) -> str:
        """As it is kept among the secrets."""
        return json.dumps({"root": self.root, "chain": self.chain, "private_key": self.private_key})

    @classmethod
    def load(cls, text: str) -> "Certificate":
        """The same, read back."""
        return cls(**json.loads(text))


def make_certificate(domain: str, now: datetime) -> Certificate:
    """A root, whose key is thrown away, and a certificate under it that C2PA's profile accepts."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, name = _name(domain, f"{domain} root"), _name(domain, domain)
    root = (
        _begin(root_name, root_name, root_key, now, _ROOT_YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    leaf = (
        _begin(name, root_name, key, now, _LEAF_YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    root_pem, leaf_pem = (one.public_bytes(Encoding.PEM).decode() for one in (root, leaf))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return Certificate(root_pem, leaf_pem + root_pem, private)


@dataclass(frozen=True, slots=True)
class ManifestSigner:
    """Signs finished files. Nothing may touch them afterwards; to say something else, write and sign them anew."""

    certificate: Certificate
    version: str

    def sign(self, data: bytes, media_type: str, signals: Signals, digital_source_type: str = "") -> bytes:
        """The file with a manifest; as it was where nothing is said about machines. Raises ManifestFailed."""
        assertion = cawg_assertion(signals)
        if assertion is None or media_type not in _SUPPORTED:
            return data
        manifest = self._build(assertion, digital_source_type or _UNSTATED_SOURCE)
        try:
            return self._sign(data, media_type, manifest)
        except c2pa.C2paError as error:
            raise ManifestFailed(_("The picture's manifest could not be signed: %(error)s", error=error)) from error

    def _build(self, assertion: dict[str, Any], source: str) -> dict[str, Any]:
        created = {"action": "c2pa.created", "digitalSourceType": source}
        return {
            "claim_generator_info": [{"name": "cara_fed", "version": self.version}],
            "assertions": [
                {"label": "c2pa.actions.v2", "data": {"actions": [created]}},
                {"label": "cawg.training-mining", "data": assertion},
            ],
        }

    def _sign(self, data: bytes, media_type: str, manifest: dict[str, Any]) -> bytes:
        info = c2pa.C2paSignerInfo(
            alg=b"es256",
            sign_cert=self.certificate.chain.encode(),
            private_key=self.certificate.private_key.encode(),
            ta_url=None,
        )
        signed = io.BytesIO()
        with (
            c2pa.Settings.from_dict(_SETTINGS) as settings,
            c2pa.Context(settings=settings) as context,
            c2pa.Signer.from_info(info) as signer,
            c2pa.Builder(json.dumps(manifest), context) as builder,
        ):
            builder.sign(signer, media_type, io.BytesIO(data), signed)
        return signed.getvalue()


def _name(organisation: str, common_name: str) -> x509.Name:
    parts = ((NameOID.ORGANIZATION_NAME, organisation), (NameOID.COMMON_NAME, common_name))
    return x509.Name([x509.NameAttribute(kind, value[:64]) for kind, value in parts])


def _begin(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, years: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _A_DAY)
        .not_valid_after(now + years * _YEAR)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
