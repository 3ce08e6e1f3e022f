"""A timestamping authority on the in-memory network: OpenSSL's own, so that another implementation answers."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cara_fed.asgi import Answer, Receive, Scope, Send, read_body

OPENSSL = shutil.which("openssl")
_CONFIG = """
[ req ]
distinguished_name = name
[ name ]
[ tsa ]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[ tsa_config ]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
ess_cert_id_alg = sha256
"""


def make_authority(folder: Path) -> None:
    """The root and the certificate of an authority, made in a folder."""
    (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "tsa.cnf")
    _run(folder, "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Root", "-days", "3650")
    _run(folder, "req", *key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=TSA")
    signing = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "tsa.cnf", "-extensions", "tsa")
    _run(folder, "x509", "-req", "-in", "tsa.csr", *signing, "-out", "tsa.pem", "-days", "3650")


@dataclass
class Authority:
    """Answers RFC 3161 queries with the certificate that was made in its folder; ``answer`` overrides that."""

    folder: Path
    answer: Answer | None = None

    @property
    def root(self) -> Path:
        return self.folder / "ca.pem"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await read_body(scope, receive, max_bytes=10_000, seconds=5)
        await (self.answer or self._stamp(body)).send(send)

    def _stamp(self, query: bytes) -> Answer:
        (self.folder / "query").write_bytes(query)
        config = ("-config", "tsa.cnf", "-section", "tsa_config")
        _run(self.folder, "ts", "-reply", "-queryfile", "query", *config, "-out", "reply")
        reply = (self.folder / "reply").read_bytes()
        return Answer(200, reply, ((b"content-type", b"application/timestamp-reply"),))


def _run(folder: Path, *words: str) -> None:
    assert OPENSSL is not None
    subprocess.run([OPENSSL, *words], cwd=folder, check=True, capture_output=True)
