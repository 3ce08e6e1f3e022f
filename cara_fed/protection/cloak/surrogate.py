"""The encoder at work: latents of a picture, and which way its pixels must go for the latents to move."""

import importlib
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from cara_fed.protection.cloak.encoder import CHANNELS, STRIDE, encode
from cara_fed.protection.cloak.onnx_file import OnnxGraph
from cara_fed.protection.cloak.weights import Array, Weights, read_weights
from cara_fed.protection.errors import CloakUnavailable
from cara_fed.words.speech import _

_RUNTIME = importlib.import_module("onnxruntime") if importlib.util.find_spec("onnxruntime") else None
_STATE = importlib.import_module("onnxruntime.capi.onnxruntime_pybind11_state") if _RUNTIME else None
_FAULTS: tuple[type[Exception], ...] = (_STATE.Fail, _STATE.RuntimeException) if _STATE else ()
_PICTURE = ("n", 3, "height", "width")
_LATENTS = ("n", CHANNELS, "rows", "columns")


def build_encoder(weights: Weights) -> bytes:
    """An ONNX file: ``picture`` of shape (n, 3, 32 h, 32 w) in 0..1 to ``latents`` of shape (n, 32, h, w)."""
    graph = OnnxGraph()
    latents, _ = encode(graph, graph.input("picture", _PICTURE), weights)
    graph.output("latents", latents, _LATENTS)
    return graph.dump()


def build_step(weights: Weights) -> bytes:
    """An ONNX file: ``picture`` and ``clean`` latents to the half squared ``distance`` and its ``gradient``."""
    graph = OnnxGraph()
    latents, backward = encode(graph, graph.input("picture", _PICTURE), weights)
    moved = graph.op("Sub", latents, graph.input("clean", _LATENTS))
    graph.output("gradient", backward(moved), _PICTURE)
    squared = graph.op("ReduceSumSquare", moved, axes=(0, 1, 2, 3), keepdims=0)
    graph.output("distance", graph.op("Mul", squared, graph.constant(0.5)), ())
    return graph.dump()


@dataclass(frozen=True, slots=True)
class Surrogate:
    """Two graphs of one encoder. Pixels are float32 of shape (height, width, 3) in 0..255, any size."""

    encoder: Any
    step: Any

    def encode(self, pixels: Array) -> Array:
        """Latents of shape (1, 32, rows, columns); the edges of the picture go on until they fill the last latent."""
        latents: Array = _run(self.encoder, {"picture": _as_input(pixels)})[0]
        return latents

    def gradient(self, pixels: Array, clean: Array) -> tuple[Array, float]:
        """By each pixel, how the half squared distance to ``clean`` grows; and the distance, without the half."""
        gradient, distance = _run(self.step, {"picture": _as_input(pixels), "clean": clean})
        height, width = pixels.shape[:2]
        return gradient[0].transpose(1, 2, 0)[:height, :width], 2 * float(distance)


@lru_cache(maxsize=1)
def open_surrogate(model: bytes) -> Surrogate:
    """Builds and loads both graphs; some 0.2 s. Raises CloakUnavailable where onnxruntime is missing."""
    weights = read_weights(model)
    return Surrogate(load_graph(build_encoder(weights)), load_graph(build_step(weights)))


def load_graph(graph: bytes) -> Any:
    """An onnxruntime session of one thread. Raises CloakUnavailable where onnxruntime is missing."""
    if _RUNTIME is None:
        raise CloakUnavailable(
            _(
                "This server cannot make a cloak, so nothing was published; choose no cloak, or the admin may install "
                'the extra: pip install "cara-fed[cloak]"'
            )
        )
    options = _RUNTIME.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # one picture, one core: workers are for more
    options.enable_cpu_mem_arena = False  # what a step needed goes back: the process has a memory limit
    options.log_severity_level = 3
    with _memory_faults():
        return _RUNTIME.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _run(session: Any, given: dict[str, Array]) -> list[Any]:
    with _memory_faults():
        handed_out: list[Any] = session.run(None, given)
    return handed_out


@contextmanager
def _memory_faults() -> Iterator[None]:
    """Raises MemoryError where onnxruntime found too little memory, which it says in its own way."""
    try:
        yield
    except _FAULTS as fault:
        if "alloc" in str(fault):
            raise MemoryError(str(fault)) from fault
        raise


def _as_input(pixels: Array) -> Array:
    height, width = pixels.shape[:2]
    margins = ((0, -height % STRIDE), (0, -width % STRIDE), (0, 0))
    padded = np.pad(pixels, margins, mode="edge") if margins != ((0, 0),) * 3 else pixels
    return np.ascontiguousarray(padded.transpose(2, 0, 1)[None] / np.float32(255))


def displacement(clean: Array, moved: Array) -> float:
    """How far latents moved, by how far they lie from their channel's mean: 1 is as far as the picture has contrast."""
    return float(np.linalg.norm(moved - clean)) / spread_of(clean)


def spread_of(latents: Array) -> float:
    """How far latents of shape (1, channels, rows, columns) lie from their channel's mean."""
    return max(float(np.linalg.norm(latents - latents.mean(axis=(2, 3), keepdims=True))), 1e-6)
