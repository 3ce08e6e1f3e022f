"""The invisible mark on eleven kinds of pictures: how it is read after treatment, in crops, and of pictures without it.

Run it with ``python -m tests.benchmarks.bench_marks [FILE…]``; without files it paints its own.
"""

import math
import sys
import time
from io import BytesIO
from pathlib import Path

from PIL import Image

from cara_fed.protection.marks.codes import make_chips, read
from cara_fed.protection.marks.invisible import embed, treat
from cara_fed.protection.marks.reading import read_beside, read_mark
from cara_fed.protection.marks.spectrum import brightness, whiten
from cara_fed.protection.registration import register
from tests.benchmarks.gallery import PAINTERS

EDGE = 1024
SECRET = b"a secret of thirty-two bytes, or so"
NUMBERS = tuple(range(7, 1 << 20, 64))
KEYS = 1000
TREATMENTS = ("untreated", "half q60", "JPEG q50", "WebP q60")


def main() -> None:
    """Both tables."""
    pictures = _pictures(sys.argv[1:])
    _print_marks(pictures)
    _print_chance(pictures)


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _pictures(files: list[str]) -> dict[str, Image.Image]:
    if files:
        return {Path(file).name: Image.open(file).convert("RGB") for file in files}
    return {paint.__name__: paint(EDGE) for paint in PAINTERS}


def _print_marks(pictures: dict[str, Image.Image]) -> None:
    _tell("| picture | CPU s | PSNR | " + " | ".join(TREATMENTS) + " | 40 % cropped, 0.7, q75 |")
    _tell("|" + "---|" * (len(TREATMENTS) + 4))
    for name, picture in pictures.items():
        _tell(f"| {name} | {_row(picture)} |")


def _row(picture: Image.Image) -> str:
    start = time.process_time()
    marked = embed(picture, SECRET, NUMBERS)
    seconds = time.process_time() - start
    if marked is None:
        return f"{seconds:.1f} | too plain: not marked | | | | |"
    read_again = [_say(one, marked.number) for one in (marked.image, *treat(marked.image))]
    crop = _crop(marked.image)
    place = register(crop, picture)
    beside = read_beside(crop, picture, place, SECRET, marked.number)
    crop_text = (
        f"found at {place.likeness:.2f}, mark {beside.strength:.0f} σ" if beside else f"{place.likeness:.2f}, none"
    )
    return " | ".join((f"{seconds:.1f}", f"{marked.psnr:.1f}", *read_again, crop_text))


def _say(image: Image.Image, number: int) -> str:
    found = read_mark(image, SECRET)
    return f"exact, {found.strength:.1f} σ" if found and found.number == number else "not read"


def _crop(image: Image.Image) -> Image.Image:
    width, height = image.size
    part = image.crop((0, height * 2 // 5, width * 3 // 5, height))
    out = BytesIO()
    part.resize((part.width * 7 // 10, part.height * 7 // 10), Image.Resampling.LANCZOS).save(out, "JPEG", quality=75)
    return Image.open(out)


def _print_chance(pictures: dict[str, Image.Image]) -> None:
    """Unmarked pictures read with many secrets: how far chance got, and how far it may get once in a million."""
    strengths: list[float] = []
    for picture in pictures.values():
        values = whiten(brightness(picture))
        for key in range(KEYS):
            reading = read(make_chips(key.to_bytes(4, "big")), values)
            strengths.append(reading.strength)
    strengths.sort()
    bound = math.sqrt(2 * math.log(2 * (1 << 20) / 1e-6))
    _tell(f"\n{len(strengths)} readings of unmarked pictures with {KEYS} secrets: strongest {strengths[-1]:.2f} σ,")
    _tell(f"99.9 % below {strengths[len(strengths) * 999 // 1000]:.2f} σ; a mark is believed from {bound:.2f} σ.")


if __name__ == "__main__":
    main()
