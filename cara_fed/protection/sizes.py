"""How large each rendition may be: arithmetic alone, in pixels and bytes."""

from collections.abc import Iterator

Size = tuple[int, int]

FEDERATED_EDGE = 2560
FEDERATED_PIXELS = 3840 * 2160  # Mastodon codes anything larger anew, and drops the metadata
FEDERATED_BYTES = 5_000_000
FEDERATED_GIF_PIXELS = 1280 * 720  # Mastodon refuses larger GIFs
WEB_EDGE = 1600
WEB_MEDIUM_EDGE = 1080  # 360 points of a phone with three pixels each, and a portrait's width with two
WEB_SMALL_EDGE = 640
THUMBNAIL_EDGE = 400
MOVING_EDGE = 1280
MOVING_BYTES = 16_000_000
MOVING_PIXELS = 200_000_000  # over all frames: what can be coded within the time limit
STRIP_ASPECT = 3.0
STRIP_SHORT_EDGE = 1000
MAX_WEBP_EDGE = 16_383


def fit(size: Size, edge: int, pixels: int = FEDERATED_PIXELS) -> Size:
    """The largest size of the same shape within a long edge and an area; never larger than the picture itself."""
    width, height = size
    by_edge, by_area = edge / max(size), (pixels / (width * height)) ** 0.5
    if min(by_edge, by_area) >= 1:
        return size
    if by_area < by_edge:
        return max(1, int(width * by_area)), max(1, int(height * by_area))
    return max(1, round(width * by_edge)), max(1, round(height * by_edge))


def is_strip(size: Size) -> bool:
    """Whether this is a long comic strip or panorama, which would become unreadable within a square."""
    return max(size) >= STRIP_ASPECT * min(size)


def working_size(size: Size) -> Size:
    """The size that all renditions are made from."""
    return fit(size, MAX_WEBP_EDGE if is_strip(size) else FEDERATED_EDGE)


def federated_size(size: Size) -> Size:
    """What other servers keep as it is."""
    return fit(size, FEDERATED_EDGE)


def web_size(size: Size) -> Size:
    """What our own page shows; a strip keeps a readable short edge."""
    if not is_strip(size):
        return fit(size, WEB_EDGE)
    return fit(size, min(MAX_WEBP_EDGE, max(WEB_EDGE, STRIP_SHORT_EDGE * max(size) // min(size))))


def web_medium_size(size: Size) -> Size | None:
    """What our own page shows where pixels are small; None for strips, and where the largest is hardly larger."""
    worth_it = not is_strip(size) and max(web_size(size)) >= WEB_MEDIUM_EDGE * 5 // 4
    return fit(size, WEB_MEDIUM_EDGE) if worth_it else None


def web_small_size(size: Size) -> Size:
    """What our own page shows on a phone; a strip is bounded by its short edge."""
    if not is_strip(size):
        return fit(size, WEB_SMALL_EDGE)
    return fit(size, min(MAX_WEBP_EDGE, max(WEB_SMALL_EDGE, STRIP_SHORT_EDGE * max(size) // min(size) // 2)))


def thumbnail_size(size: Size) -> Size:
    """What lists and previews show."""
    return fit(size, THUMBNAIL_EDGE)


def moving_size(size: Size, frames: int, pixels: int = MOVING_PIXELS) -> Size:
    """What our own page shows of an animation, with at most so many pixels in all frames."""
    return fit(size, MOVING_EDGE, max(1, pixels // frames))


def smaller_moving_sizes(size: Size) -> Iterator[Size]:
    """The size, then three smaller ones, for an animation that comes out too large."""
    for share in (1.0, 0.7, 0.5, 0.35):
        yield fit(size, max(64, int(max(size) * share)))


def gif_fits(size: Size, frames: int) -> bool:
    """Whether an animation may be federated as a GIF at its own size."""
    pixels = size[0] * size[1]
    return pixels <= FEDERATED_GIF_PIXELS and max(size) <= FEDERATED_EDGE and pixels * frames <= MOVING_PIXELS


def shrinking(size: Size) -> Iterator[Size]:
    """The size, then ever smaller ones, for a file that is still too large at the lowest quality."""
    while max(size) > 64:
        yield size
        size = fit(size, max(size) * 4 // 5)
    yield size
