"""The keys that an instance made for itself at its first start, or was given by its surroundings."""

import os
import secrets
from collections.abc import Mapping
from typing import Final

from cara_fed.config import ENVIRONMENT_PREFIX
from cara_fed.errors import ConfigError
from storage.records import Records

CAPABILITY_KEY, SESSION_KEY, MARK_KEY = "capability_key", "session_key", "mark_key"
KEPT_SECRETS: Final = (CAPABILITY_KEY, SESSION_KEY, MARK_KEY)
SECRET_BYTES: Final = 32


async def get_secret(records: Records, name: str, environment: Mapping[str, str] = os.environ) -> bytes:
    """The key of that name: from ``$CARA_FED_<NAME>``, else kept, else made now.

    Raises ConfigError where the one given is too short to keep anybody out.
    """
    variable = f"{ENVIRONMENT_PREFIX}{name.upper()}"
    if given := environment.get(variable, "").encode():
        if len(given) < SECRET_BYTES:
            raise ConfigError((f"${variable}: must have at least {SECRET_BYTES} bytes; these are {len(given)}",))
        return given
    return bytes.fromhex(await records.secrets.get_or_create(name, lambda: secrets.token_hex(SECRET_BYTES)))


async def keep_secret(records: Records, name: str, value: bytes) -> None:
    """Let this be the key from now on, where the surroundings give no other."""
    await records.secrets.replace(name, value.hex())
