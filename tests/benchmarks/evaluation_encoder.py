"""TAEF2, a small likeness of FLUX.2's encoder: kept for evaluation alone, never asked while a cloak is made."""

from typing import Any

import numpy as np

from cara_fed.protection.cloak.layers import convolve, residual_block
from cara_fed.protection.cloak.onnx_file import OnnxGraph
from cara_fed.protection.cloak.weights import Weights

STAGES = (("2", "345"), ("6", "789"), ("10", ("11", "12", "13")))


def build_evaluation_encoder(weights: Weights) -> bytes:
    """An ONNX file: ``picture`` of shape (n, 3, 8 h, 8 w) in 0..1 to ``latents`` of shape (n, 32, h, w)."""
    graph = OnnxGraph()
    x = graph.input("picture", ("n", 3, "height", "width"))
    x, _ = convolve(graph, x, weights, "0")
    x, _ = residual_block(graph, x, weights, "1")
    for halving, blocks in STAGES:
        x, _ = convolve(graph, x, weights, halving, stride=2)
        for block in blocks:
            x, _ = residual_block(graph, _pooled(graph, x, weights, block), weights, block)
    x, _ = convolve(graph, x, weights, "14")
    graph.output("latents", x, ("n", 32, "rows", "columns"))
    return graph.dump()


def _pooled(graph: OnnxGraph, x: str, weights: Weights, block: str) -> str:
    """The blocks of the last stage see the whole picture, by a norm over four groups of channels."""
    if f"{block}.pool.0.weight" not in weights:
        return x
    wide = graph.op("Conv", x, graph.constant(weights[f"{block}.pool.0.weight"]))
    grouped = graph.op("Reshape", wide, graph.constant(np.array([0, 4, -1])))
    ones, zeros = np.ones(4, np.float32), np.zeros(4, np.float32)
    normed = graph.op("InstanceNormalization", grouped, graph.constant(ones), graph.constant(zeros), epsilon=1e-5)
    spread = graph.op("Reshape", normed, graph.op("Shape", wide))
    scale, shift = (_by_channel(graph, weights[f"{block}.pool.1.{name}"]) for name in ("weight", "bias"))
    lit = graph.op("Relu", graph.op("Add", graph.op("Mul", spread, scale), shift))
    return graph.op("Add", x, graph.op("Conv", lit, graph.constant(weights[f"{block}.pool.3.weight"])))


def _by_channel(graph: OnnxGraph, values: Any) -> str:
    return graph.constant(values.reshape(1, -1, 1, 1))
