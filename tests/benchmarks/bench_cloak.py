"""What the cloak costs, and how far it moves two encoders beside noise, on pictures of different kinds.

Two kinds of noise stand beside each cloak, of the same energy in the same places: *matched* noise has its spectrum too,
and its ties between colours; *plain* noise is random signs.

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

from cara_fed.protection.cloak.filters import blur
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
    """One picture: what the cloak reached, and what noise of either kind reaches, by the name of the goal."""

    facts: Mapping[str, float]
    seconds: float
    cloak: Mapping[str, float]
    matched: Mapping[str, float]
    plain: Mapping[str, float]


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
    print(f"\n{level}, {edge} × {edge}; each displacement beside that of matched and of plain noise")  # noqa: T201
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
    ground, strong = pixels.astype(np.float32), cloaked.astype(np.float32)
    candidates = (cloaked, *(noise(ground, strong).astype(np.uint8) for noise in (matched_noise, plain_noise)))
    looks: dict[str, tuple[Encode, Callable[[Pixels], Pixels]]] = {
        "raw": (surrogate.encode, np.asarray),
        "q85": (surrogate.encode, _coded),
        "half": (surrogate.encode, lambda one: _coded(_half(one))),
        "other": (evaluation, np.asarray),
        "other q85": (evaluation, _coded),
    }
    clean = {goal: encode(look(pixels).astype(np.float32)) for goal, (encode, look) in looks.items()}
    cloak, matched, plain = (
        {
            goal: displacement(clean[goal], encode(look(one).astype(np.float32)))
            for goal, (encode, look) in looks.items()
        }
        for one in candidates
    )
    return Row(made.facts, seconds, cloak, matched, plain)


def plain_noise(pixels: Array, changed: Array) -> Array:
    """Random signs, as strong as the change in the same places; whole greys."""
    change = changed - pixels
    places = np.sqrt(blur(np.square(change).mean(axis=2), 6.0))[..., None] + np.float32(1e-3)
    noise = np.random.default_rng(5).choice(np.array([-1, 1], np.float32), pixels.shape) * places
    strength = np.float32(1)
    for _ in range(4):  # rounding to whole greys takes or gives some
        noisy: Array = np.clip(np.rint(pixels + noise * strength), 0, 255).astype(np.float32)
        strength *= np.sqrt(np.square(change).mean() / max(float(np.square(noisy - pixels).mean()), 1e-12))
    return noisy


def _make(image: Image.Image, level: Cloak, surrogate: Surrogate) -> Cloaked:
    if level is Cloak.INSTANT:
        return make_patterned(image, LEVELS[level], surrogate, lambda done, of: None)
    return make_cloak(image, LEVELS[level], surrogate, lambda done, of: None)


def _coded(pixels: Pixels) -> Pixels:
    out = BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=85)
    return np.asarray(Image.open(out))


def _half(pixels: Pixels) -> Pixels:
    image = Image.fromarray(pixels)
    return np.asarray(image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS))


_GOALS = ("raw", "q85", "half", "other", "other q85")
_NAMES = ("surrogate", "after q85", "half + q85", "TAEF2", "TAEF2 after q85")
_HEAD = f"{'':18} CPU s  SSIM  PSNR   vis max  " + "  ".join(f"{name:>24}" for name in _NAMES)


def _line(name: str, row: Row) -> str:
    facts = row.facts
    costs = f"{name:18} {row.seconds:5.2f} {facts['ssim']:.3f} {facts['psnr']:5.1f}  {facts['visibility']:.2f}"
    reached = (
        f"{row.cloak[one]:.2f}/{row.matched[one]:.2f}={row.cloak[one] / row.matched[one]:.1f}"
        f" /{row.plain[one]:.2f}={row.cloak[one] / row.plain[one]:.1f}"
        for one in _GOALS
    )
    return f"{costs} {facts['largest_change']:3d}  " + "  ".join(f"{one:>24}" for one in reached)


def _worst(rows: list[Row]) -> Row:
    """The least of what was reached, and the least ratio to noise; each from whichever picture it is."""
    cloak = {one: min(row.cloak[one] for row in rows) for one in _GOALS}
    matched = {one: cloak[one] / min(row.cloak[one] / row.matched[one] for row in rows) for one in _GOALS}
    plain = {one: cloak[one] / min(row.cloak[one] / row.plain[one] for row in rows) for one in _GOALS}
    least = {one: min(row.facts[one] for row in rows) for one in ("ssim", "psnr")}
    most = {one: max(row.facts[one] for row in rows) for one in ("visibility", "largest_change")}
    return Row(least | most, max(row.seconds for row in rows), cloak, matched, plain)


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
