"""Pictures for tests, painted on the spot: photographs, drawings, and containers put together by hand."""

import struct
import zlib
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image

from cara_fed.protection.formats.png import SIGNATURE, build_chunk
from cara_fed.protection.pipeline import protect
from cara_fed.protection.values import Limits, ProtectedPicture, ProtectionRequest, RenditionKind, Rights

TRAINING = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING"
RIGHTS = Rights(
    creator="@mara@studio.example",
    credit="Mara, studio.example",
    copyright_notice="© 2026 Mara",
    web_statement="https://studio.example/policies/ai",
    data_mining=TRAINING,
)


def request(rights: Rights = RIGHTS, **changes: object) -> ProtectionRequest:
    return ProtectionRequest(rights=rights, **changes)  # type: ignore[arg-type]


def run(data: bytes, **changes: object) -> ProtectedPicture:
    return protect(data, request(**changes))


def limited(**changes: object) -> ProtectionRequest:
    return ProtectionRequest(limits=Limits(**changes))  # type: ignore[arg-type]


def photo(width: int = 96, height: int = 64, seed: int = 1) -> Image.Image:
    """Soft colours with grain."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(30, 226, (5, 7, 3), dtype=np.uint8))
    smooth = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), np.int16)
    return Image.fromarray((smooth + rng.integers(-5, 6, (height, width, 1))).clip(0, 255).astype(np.uint8))


def drawing(width: int = 96, height: int = 64) -> Image.Image:
    """Flat areas with hard edges."""
    picture = Image.new("RGB", (width, height), (250, 240, 220))
    picture.paste((200, 30, 40), (width // 8, height // 8, width // 2, height // 2))
    picture.paste((20, 20, 60), (width // 2, height // 2, width * 7 // 8, height * 3 // 4))
    return picture


def smooth(width: int = 64, height: int = 48) -> Image.Image:
    """Every hue in slow gradients, so that coding and resizing change it little."""
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    return Image.fromarray((np.stack((x, y, 1 - (x + y) / 2), axis=2) * 235 + 10).astype(np.uint8))


def sticker(width: int = 96, height: int = 64) -> Image.Image:
    """A photo's patch on transparent ground."""
    picture = photo(width, height).convert("RGBA")
    alpha = Image.new("L", picture.size, 0)
    alpha.paste(255, (width // 4, height // 4, width * 3 // 4, height * 3 // 4))
    picture.putalpha(alpha)
    return picture


def encode(image: Image.Image, made_as: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, made_as, **options)  # type: ignore[arg-type]
    return out.getvalue()


def decode(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def pixels(data: bytes) -> npt.NDArray[np.int16]:
    return np.asarray(decode(data).convert("RGB")).astype(np.int16)


def federated(picture: ProtectedPicture) -> bytes:
    return rendition(picture, RenditionKind.FEDERATED)


def rendition(picture: ProtectedPicture, kind: RenditionKind) -> bytes:
    found = picture.rendition(kind)
    assert found is not None
    return found.data


def line(picture: ProtectedPicture, step: str) -> str:
    return next(one.text for one in picture.report if one.step == step)


def insert_segments(jpeg: bytes, *segments: bytes) -> bytes:
    """Right behind SOI."""
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def insert_chunks(png: bytes, *chunks: bytes) -> bytes:
    """Right behind IHDR."""
    return png[:33] + b"".join(chunks) + png[33:]


def hollow_png(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG that says it is this large, with next to no data."""
    header = build_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return SIGNATURE + header + b"".join(chunks) + build_chunk(b"IDAT", zlib.compress(b"")) + build_chunk(b"IEND", b"")


def animation(count: int = 5, width: int = 48, height: int = 32) -> list[Image.Image]:
    """A square that wanders over flat ground."""
    frames = []
    for number in range(count):
        frame = drawing(width, height)
        frame.paste((0, 200, 90), (number * 5, 4, number * 5 + 8, 12))
        frames.append(frame)
    return frames


def encode_animation(frames: list[Image.Image], made_as: str, **options: object) -> bytes:
    settings = {"save_all": True, "append_images": frames[1:], "duration": 80, "loop": 0, **options}
    return encode(frames[0], made_as, **settings)
