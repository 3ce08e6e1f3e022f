"""What the cloak costs, and how far it moves two encoders beside matched noise, on pictures of different kinds.

``python -m tests.benchmarks.bench_cloak [LEVEL]… [--large] [--edge N]`` reads the models beside the project
(../shared/models): the surrogate, which cloaks are made against, and TAEF2, which only looks at the results.
Photographs take part where scikit-image is installed. ``--large`` runs a 24 megapixel picture through the whole
pipeline instead, in a process of its own.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from cara_fed.protection.cloak.levels import LEVELS, Cloak
from cara_fed.protection.cloak.making import Cloaked, make_cloak, make_patterned
from cara_fed.protection.cloak.noise import matched_noise
from cara_fed.protection.cloak.surrogate import Surrogate, displacement, load_graph, open_surrogate
from cara_fed.protection.cloak.weights import Array, read_weights
from cara_fed.protection.pipeline import protect
from cara_fed.protection.values import ProtectionRequest
from tests.benchmarks.bench_renditions import paint
from tests.benchmarks.cloak_pictures import measured
from tests.benchmarks.evaluation_encoder import build_evaluation_encoder

MODELS = Path(__file__).parents[3] / "shared" / "models"
Pixels = npt.NDArray[np.uint8]
Encode = Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class Row:
    """One picture: what the cloak reached, and what noise as strong reaches, by the name of the goal."""

    facts: Mapping[str, float]
    seconds: float
    cloak: Mapping[str, float]
    noise: Mapping[str, float]


def main() -> None:
    """Prints one table a level, or what a large picture costs."""
    options = argparse.ArgumentParser()
    options.add_argument("levels", nargs="*", default=["light", "instant"])
    options.add_argument("--edge", type=int, default=512)
    options.add_argument("--large", action="store_true")
    chosen = options.parse_args()
    if not MODELS.exists():
        sys.exit(f"{MODELS} is missing: the benchmark needs the models.")
    for level in chosen.levels:
        (_report_large if chosen.large else _report)(Cloak(level), chosen.edge)


def _report(level: Cloak, edge: int) -> None:
    surrogate = open_surrogate((MODELS / "taesana_encoder.pth").read_bytes())
    evaluation = _open_evaluation()
    print(f"\n{level}, {edge} × {edge}; each displacement beside that of matched noise")  # noqa: T201
    print(_HEAD)  # noqa: T201
    rows = []
    for name, pixels in measured(edge).items():
        rows.append(_measure(pixels, level, surrogate, evaluation))
        print(_line(name, rows[-1]), flush=True)  # noqa: T201
    print(_line("worst", _worst(rows)))  # noqa: T201


def _open_evaluation() -> Encode:
    session = load_graph(build_evaluation_encoder(read_weights((MODELS / "taef2_encoder.pth").read_bytes())))

    def encode(pixels: Array) -> Array:
        latents: Array = session.run(None, {"picture": pixels.transpose(2, 0, 1)[None] / np.float32(255)})[0]
        return latents

    return encode


def _measure(pixels: Pixels, level: Cloak, surrogate: Surrogate, evaluation: Encode) -> Row:
    started = time.process_time()
    made = _make(Image.fromarray(pixels), level, surrogate)
    seconds = time.process_time() - started
    cloaked = np.asarray(made.image)
    noisy = matched_noise(pixels.astype(np.float32), cloaked.astype(np.float32)).astype(np.uint8)
    cloak, noise = ({}, {})
    for found, changed in ((cloak, cloaked), (noise, noisy)):
        found["raw"] = _moved(surrogate.encode, pixels, changed)
        found["q85"] = _moved(surrogate.encode, _coded(pixels), _coded(changed))
        found["half"] = _moved(surrogate.encode, _coded(_half(pixels)), _coded(_half(changed)))
        found["other"] = _moved(evaluation, pixels, changed)
        found["other q85"] = _moved(evaluation, _coded(pixels), _coded(changed))
    return Row(made.facts, seconds, cloak, noise)


def _make(image: Image.Image, level: Cloak, surrogate: Surrogate) -> Cloaked:
    if level is Cloak.INSTANT:
        return make_patterned(image, LEVELS[level], surrogate, lambda done, of: None)
    return make_cloak(image, LEVELS[level], surrogate, lambda done, of: None)


def _moved(encode: Encode, clean: Pixels, changed: Pixels) -> float:
    return displacement(encode(clean.astype(np.float32)), encode(changed.astype(np.float32)))


def _coded(pixels: Pixels) -> Pixels:
    out = BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=85)
    return np.asarray(Image.open(out))


def _half(pixels: Pixels) -> Pixels:
    image = Image.fromarray(pixels)
    return np.asarray(image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS))


_GOALS = ("raw", "q85", "half", "other", "other q85")
_NAMES = ("surrogate", "after q85", "half + q85", "TAEF2", "TAEF2 after q85")
_HEAD = f"{'':18} CPU s  SSIM  PSNR   vis max  " + "  ".join(f"{name:>16}" for name in _NAMES)


def _line(name: str, row: Row) -> str:
    facts = row.facts
    costs = f"{name:18} {row.seconds:5.2f} {facts['ssim']:.3f} {facts['psnr']:5.1f}  {facts['visibility']:.2f}"
    reached = (f"{row.cloak[one]:.2f}/{row.noise[one]:.2f}={row.cloak[one] / row.noise[one]:4.1f}" for one in _GOALS)
    return f"{costs} {facts['largest_change']:3d}  " + "  ".join(f"{one:>16}" for one in reached)


def _worst(rows: list[Row]) -> Row:
    """The least of what was reached, and the least ratio to noise; each from whichever picture it is."""
    cloak = {one: min(row.cloak[one] for row in rows) for one in _GOALS}
    noise = {one: cloak[one] / min(row.cloak[one] / row.noise[one] for row in rows) for one in _GOALS}
    least = {one: min(row.facts[one] for row in rows) for one in ("ssim", "psnr")}
    most = {one: max(row.facts[one] for row in rows) for one in ("visibility", "largest_change")}
    return Row(least | most, max(row.seconds for row in rows), cloak, noise)


def _report_large(level: Cloak, _edge: int) -> None:
    data, model = paint(), str(MODELS / "taesana_encoder.pth")
    before = resource.getrusage(resource.RUSAGE_SELF)
    started = time.process_time()
    picture = protect(data, ProtectionRequest(cloak=level, cloak_model=model))
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    said = next(line.text for line in picture.report if line.step == "cloak")
    print(f"24 megapixels, {level}: {seconds:.1f} CPU s, peak {peak} MiB ({before.ru_maxrss // 1024} before). {said}")  # noqa: T201


if __name__ == "__main__":
    main()
