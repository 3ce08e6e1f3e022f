"""What a 24 megapixel photograph costs: our pipeline, and six files made our way, by naive Pillow, and by libvips.

Every way runs in a process of its own, so that its peak memory is its own. Run it with
``python -m tests.benchmarks.bench_renditions [FILE]``; libvips takes part where pyvips is installed.
"""

import importlib
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from cara_fed.protection.encoding import encode_jpeg, encode_webp
from cara_fed.protection.pipeline import protect
from cara_fed.protection.steps.fit import resize
from cara_fed.protection.values import Limits, ProtectionRequest, Rights

EDGES = (2048, 1280, 640)
ROUNDS = 3
_ROOT = Path(__file__).parents[2]
_THIS = (sys.executable, "-m", "tests.benchmarks.bench_renditions")
REQUEST = ProtectionRequest(Rights(creator="@mara@studio.example", data_mining="x"), Limits())


def paint(width: int = 6000, height: int = 4000) -> bytes:
    """A JPEG with detail at every scale, as photographs have."""
    rng = np.random.default_rng(1)
    total = np.zeros((height, width, 3), np.float32)
    for octave in range(3, 12):
        size = (max(2, width >> (12 - octave)), max(2, height >> (12 - octave)))
        layer = Image.fromarray(rng.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8))
        total += (np.asarray(layer.resize((width, height), Image.Resampling.BICUBIC), np.float32) - 128) * 0.82**octave
    scaled = (total / total.std() * 45 + 128).clip(0, 255).astype(np.uint8)
    out = BytesIO()
    Image.fromarray(scaled).save(out, "JPEG", quality=92)
    return out.getvalue()


def run_pipeline(data: bytes) -> int:
    """All steps: metadata, provenance, four renditions, rights, BlurHash."""
    return sum(len(one.data) for one in protect(data, REQUEST).renditions)


def six_our_way(data: bytes) -> int:
    """One drafted decode, each size from the next larger one."""
    image = Image.open(BytesIO(data))
    image.draft(None, (EDGES[0], EDGES[0]))
    total = 0
    small: Image.Image = image
    for edge in EDGES:
        small = resize(small, (edge, round(edge * image.height / image.width)))
        total += len(encode_jpeg(small, 85, is_drawing=False)) + len(encode_webp(small, 82))
    return total


def six_naively(data: bytes) -> int:
    """What a first attempt looks like: a whole decode for every file."""
    total = 0
    for edge in EDGES:
        for made_as, options in (("JPEG", {"quality": 85, "progressive": True}), ("WEBP", {"quality": 82})):
            image = ImageOps.exif_transpose(Image.open(BytesIO(data)))
            size = (edge, round(edge * image.height / image.width))
            out = BytesIO()
            image.resize(size, Image.Resampling.LANCZOS).save(out, made_as, **options)
            total += len(out.getvalue())
    return total


def six_by_libvips(data: bytes) -> int:
    """libvips' own way: it decodes small by itself."""
    vips = importlib.import_module("pyvips")
    total = 0
    for edge in EDGES:
        image = vips.Image.thumbnail_buffer(data, edge).copy_memory()
        total += len(image.jpegsave_buffer(Q=85, interlace=True)) + len(image.webpsave_buffer(Q=82))
    return total


WAYS: dict[str, Callable[[bytes], int]] = {
    "the whole pipeline": run_pipeline,
    "six files, our way": six_our_way,
    "six files, naive Pillow": six_naively,
    "six files, libvips": six_by_libvips,
}


def measure(way: str, path: Path) -> None:
    """Runs one way in this process and prints its best CPU seconds, peak memory and bytes as JSON."""
    data = path.read_bytes()
    best, made = float("inf"), 0
    for _ in range(ROUNDS):
        started = time.process_time()
        made = WAYS[way](data)
        best = min(best, time.process_time() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"seconds": best, "mebibytes": peak, "bytes": made}))


def compare(path: Path) -> None:
    """Each way in its own process; ratios against naive Pillow."""
    found = {way: _in_own_process(way, path) for way in WAYS if way != "six files, libvips" or _has_libvips()}
    naive = found["six files, naive Pillow"]
    for way, one in found.items():
        ratio = one["seconds"] / naive["seconds"]
        sys.stdout.write(
            f"{way:26} {one['seconds']:6.2f} CPU-s {ratio:6.2f} × naive {one['mebibytes']:7.0f} MiB"
            f" {one['bytes'] / 1e6:6.2f} MB made\n"
        )
    if not _has_libvips():
        sys.stdout.write("six files, libvips: pyvips is not installed\n")


def _has_libvips() -> bool:
    return importlib.util.find_spec("pyvips") is not None


def _in_own_process(way: str, path: Path) -> dict[str, float]:
    told = subprocess.run([*_THIS, way, str(path)], capture_output=True, check=True, cwd=_ROOT)
    result: dict[str, float] = json.loads(told.stdout)
    return result


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--paint"]:
        Path(arguments[1]).write_bytes(paint())
    elif len(arguments) == 2:
        measure(arguments[0], Path(arguments[1]))
    elif arguments:
        compare(Path(arguments[0]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "photograph.jpg"
            # Painted elsewhere: a process hands the peak of its memory down to those that it starts.
            subprocess.run([*_THIS, "--paint", str(path)], check=True, cwd=_ROOT)
            sys.stdout.write(f"6000 × 4000 JPEG, {path.stat().st_size / 1e6:.1f} MB\n")
            compare(path)


if __name__ == "__main__":
    main(sys.argv[1:])
