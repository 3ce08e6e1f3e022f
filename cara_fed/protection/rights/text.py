"""Text that may stand in metadata: no control characters, nothing XML forbids, cut at a character."""

import re

_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean_text(text: str, most: int) -> str:
    """At most ``most`` characters, line ends as \\n, without what XML 1.0 cannot carry."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return _FORBIDDEN.sub("", unified).strip()[:most]


def one_line(text: str, most: int) -> str:
    """The same on one line, as EXIF and IPTC want it."""
    return " ".join(clean_text(text, most).split())


def cut_bytes(text: str, most: int) -> bytes:
    """UTF-8 of at most ``most`` bytes, never ending within a character."""
    return text.encode()[:most].decode("utf-8", "ignore").encode()
