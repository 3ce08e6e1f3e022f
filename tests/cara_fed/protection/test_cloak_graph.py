"""The graph that cloaks are made with: gradients as they should be, and weights read from nothing but tensors."""

import importlib
import pickle
import zipfile
from collections import OrderedDict
from io import BytesIO

import numpy as np
import pytest

from cara_fed.protection.cloak.encoder import encode
from cara_fed.protection.cloak.layers import convolve
from cara_fed.protection.cloak.onnx_file import OnnxGraph
from cara_fed.protection.cloak.surrogate import Surrogate, build_encoder, build_step, displacement, load_graph
from cara_fed.protection.cloak.weights import read_weights
from cara_fed.protection.errors import CloakUnavailable
from tests.cara_fed.protection.cloaks import MODEL, made_up_weights, needs_model

pytest.importorskip("onnxruntime", reason="the extra cloak is not installed")


@pytest.fixture(scope="module")
def surrogate() -> Surrogate:
    weights = made_up_weights()
    return Surrogate(load_graph(build_encoder(weights)), load_graph(build_step(weights)))


def test_the_gradient_is_that_of_finite_differences(surrogate: Surrogate) -> None:
    rng = np.random.default_rng(2)
    pixels = rng.uniform(0, 255, (64, 96, 3)).astype(np.float32)
    clean = surrogate.encode(np.zeros_like(pixels))
    gradient, reported = surrogate.gradient(pixels, clean)
    # Along the gradient itself, so that what is measured stands out of the rounding of single precision.
    away = gradient / gradient.std() + rng.standard_normal(pixels.shape).astype(np.float32)

    def distance(by: float) -> float:
        return float(np.square(surrogate.encode(pixels + np.float32(by) * away) - clean, dtype=np.float64).sum())

    assert reported == pytest.approx(distance(0), rel=1e-4)
    measured = (distance(0.1) - distance(-0.1)) / 0.2
    # The gradient is that of half the squared distance, by pixels in 0..1.
    assert 2 * float((gradient * away).sum()) / 255 == pytest.approx(measured, rel=0.02)


def test_a_picture_of_any_size_is_seen_whole(surrogate: Surrogate) -> None:
    pixels = np.random.default_rng(3).uniform(0, 255, (33, 50, 3)).astype(np.float32)
    clean = surrogate.encode(pixels)
    gradient, distance = surrogate.gradient(pixels, clean)
    assert clean.shape == (1, 32, 2, 2)
    assert gradient.shape == pixels.shape
    assert distance == pytest.approx(0, abs=1e-3)


def test_a_graph_that_finds_too_little_memory_says_so_as_python_does() -> None:
    fault = importlib.import_module("onnxruntime.capi.onnxruntime_pybind11_state").Fail

    class Crowded:
        def run(self, *_: object) -> None:
            raise fault("[ONNXRuntimeError] : 1 : FAIL : std::bad_alloc")

    with pytest.raises(MemoryError):
        Surrogate(Crowded(), Crowded()).encode(np.zeros((32, 32, 3), np.float32))


def test_the_way_back_through_every_stride_is_the_transpose_of_the_way_there() -> None:
    rng = np.random.default_rng(4)
    weights = {"one.weight": rng.standard_normal((5, 4, 3, 3)).astype(np.float32)}
    for stride in (1, 2):
        graph = OnnxGraph()
        y, backward = convolve(graph, graph.input("x", (1, 4, 8, 6)), weights, "one", stride)
        graph.output("y", y, (1, 5, 8 // stride, 6 // stride))
        graph.output("back", backward(graph.input("g", (1, 5, 8 // stride, 6 // stride))), (1, 4, 8, 6))
        x = rng.standard_normal((1, 4, 8, 6)).astype(np.float32)
        g = rng.standard_normal((1, 5, 8 // stride, 6 // stride)).astype(np.float32)
        there, back = load_graph(graph.dump()).run(None, {"x": x, "g": g})
        assert float((there * g).sum()) == pytest.approx(float((back * x).sum()), rel=1e-4)


def test_displacement_is_told_in_the_pictures_own_contrast() -> None:
    clean = np.array([[[[0.0, 2.0]]]], np.float32)
    assert displacement(clean, clean) == 0
    assert displacement(clean, clean + 1) == pytest.approx(1)
    assert np.isfinite(displacement(np.zeros_like(clean), clean))


def archive(pickled: bytes, **storages: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("model/data.pkl", pickled)
        for name, values in storages.items():
            file.writestr(f"model/data/{name.removeprefix('s')}", values)
    return out.getvalue()


class Shout:
    def __reduce__(self) -> tuple[object, ...]:
        return print, ("never",)


HOSTILE = {
    "no archive": b"PK\x03\x04 not really",
    "empty": b"",
    "cut off": archive(pickle.dumps(OrderedDict()))[:-30],
    "code": archive(pickle.dumps(Shout(), protocol=2)),
    "another class": archive(pickle.dumps(OrderedDict(a=complex(1, 2)), protocol=2)),
    "no tensors": archive(pickle.dumps(OrderedDict(a=1), protocol=2)),
    "no mapping": archive(pickle.dumps([1, 2], protocol=2)),
    "no pickle": archive(b"\x80\x02."),
    "a bomb": archive(pickle.dumps(OrderedDict(), protocol=2), s0=bytes(70_000_000)),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_file_that_is_no_model_is_refused_before_anything_in_it_runs(
    data: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CloakUnavailable, match="cannot be read"):
        read_weights(data)
    assert capsys.readouterr().out == ""


@needs_model
def test_the_real_model_is_read_and_is_what_the_graph_expects() -> None:
    weights = read_weights(MODEL.read_bytes())
    assert {name: one.shape for name, one in weights.items()} == {
        name: one.shape for name, one in made_up_weights().items()
    }
    graph = OnnxGraph()
    assert encode(graph, graph.input("picture", (1, 3, 32, 32)), weights)[0]
