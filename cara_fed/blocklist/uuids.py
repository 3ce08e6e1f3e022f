"""UUIDs of version 7 for our own rows: made from a key, and read back to it, so that none has to be kept."""

from hashlib import blake2b
from uuid import UUID

_VERSION = 7 << 76
_VARIANT = 0b10 << 62
_LOW_BITS = 58


def uuid_of(pk: int, base: str) -> str:
    """The UUID (RFC 9562) of a row of the instance at ``base``; UUIDs sort as their keys do.

    A key is 48 bits of milliseconds and 16 more; these go where version 7 has its time and the first random bits. The
    rest tells instances apart.
    """
    rest = int.from_bytes(blake2b(f"{base} {pk}".encode(), digest_size=8).digest()) >> (64 - _LOW_BITS)
    low = pk & 0xFFFF
    return str(UUID(int=(pk >> 16) << 80 | _VERSION | (low >> 4) << 64 | _VARIANT | (low & 0xF) << _LOW_BITS | rest))


def pk_of(text: str) -> int | None:
    """The key that a UUID of version 7 begins with; None for what is none."""
    try:
        uuid = UUID(text)
    except ValueError:
        return None
    if uuid.version != 7:
        return None
    low = (uuid.int >> 64 & 0xFFF) << 4 | (uuid.int >> _LOW_BITS & 0xF)
    return uuid.int >> 80 << 16 | low
