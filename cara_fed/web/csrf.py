"""The token in every form, bound to the session that the form was shown to."""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

from cara_fed.errors import NotAllowed
from cara_fed.words.speech import _

FIELD = "csrf_token"
_NONCE_BYTES = 12


class CsrfRefused(NotAllowed):
    """The form was not made for this session, or is older than it."""

    def __init__(self) -> None:
        super().__init__(_("This form has grown old. Go back, reload the page and send it again."))


def make_csrf_token(secret: bytes, binding: str) -> str:
    """A token for forms of the session (or of the visitor's cookie) that ``binding`` names.

    It differs each time, so that compressed pages give nothing away about it (BREACH).
    """
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return urlsafe_b64encode(nonce + _seal(secret, binding, nonce)).decode()


def require_csrf_token(token: str, secret: bytes, binding: str) -> None:
    """Raise CsrfRefused unless ``token`` was made for ``binding``."""
    try:
        sealed = urlsafe_b64decode(token.encode())
    except (NotBase64, ValueError):
        raise CsrfRefused from None
    nonce, seal = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    if not hmac.compare_digest(seal, _seal(secret, binding, nonce)):
        raise CsrfRefused


def _seal(secret: bytes, binding: str, nonce: bytes) -> bytes:
    return hmac.digest(secret, b"csrf\0" + nonce + binding.encode(), "sha256")
