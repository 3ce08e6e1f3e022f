"""What a file is, by its first bytes: what its server calls it is not believed."""

_ISO_BRANDS = {b"avif": "image/avif", b"avis": "image/avif"}


def sniff_picture(content: bytes) -> str | None:
    """The media type of a picture that browsers show; None for anything else, SVG included, which is a program."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return _ISO_BRANDS.get(content[8:12]) if content[4:8] == b"ftyp" else None
