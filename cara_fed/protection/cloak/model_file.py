"""Which file the cloak's model is: where it has its public home, and what it must be, bit for bit."""

import hashlib
import os
from pathlib import Path
from typing import Final

from cara_fed.protection.errors import CloakUnavailable
from cara_fed.words.speech import _

URL: Final = (
    "https://raw.githubusercontent.com/madebyollin/taesd/2a1b4149efda2cb6da482e8d3ff017bdb4f98fc3/taesana_encoder.pth"
)
SHA256: Final = "858f4e4cc293f88efaf58107f4154b960b9ced0cb5d9c050dad11f926b618c1f"
BYTES: Final = 2_537_004


def require_model(data: bytes) -> None:
    """Raises CloakUnavailable unless these bytes are the model."""
    if len(data) != BYTES or hashlib.sha256(data).hexdigest() != SHA256:
        raise CloakUnavailable(f"This is not the cloak's model: its SHA-256 should be {SHA256}.")


def read_model(path: Path) -> bytes:
    """The verified model. Raises CloakUnavailable with what to do where it is missing or another file."""
    try:
        with path.open("rb") as file:
            data = file.read(BYTES + 1)
    except OSError as error:
        raise CloakUnavailable(
            _(
                "The cloak's model is not installed, so nothing was published; choose no cloak, or the admin may "
                "run: cara-fed cloak install"
            )
        ) from error
    try:
        require_model(data)
    except CloakUnavailable as wrong:
        raise CloakUnavailable(
            _("The file of the cloak's model has changed, so nothing was published; run: cara-fed cloak install")
        ) from wrong
    return data


def write_model(path: Path, data: bytes) -> None:
    """Puts the model in place at once and whole. Raises CloakUnavailable where it cannot be written."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise CloakUnavailable(f"The model cannot be written to {path}: {error.strerror}") from error
