"""Layers that know their own way back: each call writes the forward pass, and hands out what writes the backward one.

The gradients are the textbook ones. A 3 × 3 convolution of stride 1 goes back by the same weights, turned by 180
degrees and with input and output exchanged; one of stride 2 by four small convolutions, one for each corner of a
2 × 2 square.
"""

from collections.abc import Callable

import numpy as np

from cara_fed.protection.cloak.onnx_file import OnnxGraph
from cara_fed.protection.cloak.weights import Array, Weights

Backward = Callable[[str], str]
"""Writes the gradient by a layer's input, given the name of the gradient by its output."""


def convolve(graph: OnnxGraph, x: str, weights: Weights, name: str, stride: int = 1) -> tuple[str, Backward]:
    """A 3 × 3 convolution with a margin of one zero; the bias is left out where the weights have none."""
    kernel = weights[f"{name}.weight"]
    constants = [graph.constant(kernel)]
    if f"{name}.bias" in weights:
        constants.append(graph.constant(weights[f"{name}.bias"]))
    y = graph.op("Conv", x, *constants, kernel_shape=(3, 3), pads=(1, 1, 1, 1), strides=(stride, stride))

    def backward(gradient: str) -> str:
        return _convolve_back(graph, gradient, kernel) if stride == 1 else _spread_back(graph, gradient, kernel)

    return y, backward


def _convolve_back(graph: OnnxGraph, gradient: str, kernel: Array) -> str:
    turned = np.ascontiguousarray(kernel.transpose(1, 0, 2, 3)[:, :, ::-1, ::-1])
    return graph.op("Conv", gradient, graph.constant(turned), kernel_shape=(3, 3), pads=(1, 1, 1, 1))


def _spread_back(graph: OnnxGraph, gradient: str, kernel: Array) -> str:
    """The way back through stride 2: 2 × 2 taps for each of the four corners, then the corners laid side by side."""
    outputs, inputs = kernel.shape[:2]
    corners = np.zeros((4, inputs, outputs, 2, 2), np.float32)
    # An even place was seen by the kernel's middle alone, an odd one by its two sides.
    taps: dict[int, tuple[tuple[int, int], ...]] = {0: ((0, 1),), 1: ((0, 2), (1, 0))}
    for row in (0, 1):
        for column in (0, 1):
            for shift_y, tap_y in taps[row]:
                for shift_x, tap_x in taps[column]:
                    corners[2 * row + column, :, :, shift_y, shift_x] = kernel[:, :, tap_y, tap_x].T
    stacked = graph.constant(corners.reshape(4 * inputs, outputs, 2, 2))
    four = graph.op("Conv", gradient, stacked, kernel_shape=(2, 2), pads=(0, 0, 1, 1))
    return graph.op("DepthToSpace", four, blocksize=2, mode="DCR")


def rectify(graph: OnnxGraph, x: str) -> tuple[str, Backward]:
    """ReLU; what it let through is where its output is above zero."""
    y = graph.op("Relu", x)
    return y, lambda gradient: graph.op("Mul", gradient, graph.op("Sign", y))


def residual_block(graph: OnnxGraph, x: str, weights: Weights, name: str) -> tuple[str, Backward]:
    """Three convolutions beside a straight way, then ReLU (the block of TAESD, github.com/madebyollin/taesd)."""
    y, ways_back = x, []
    for place in (0, 2, 4):
        y, backward = convolve(graph, y, weights, f"{name}.conv.{place}")
        ways_back.append(backward)
        if place < 4:
            y, backward = rectify(graph, y)
            ways_back.append(backward)
    y, fuse_back = rectify(graph, graph.op("Add", y, x))

    def backward_through(gradient: str) -> str:
        straight = fuse_back(gradient)
        return graph.op("Add", straight, chain(ways_back)(straight))

    return y, backward_through


def chain(ways_back: list[Backward]) -> Backward:
    """The way back through layers that were passed in this order."""

    def backward(gradient: str) -> str:
        for one in reversed(ways_back):
            gradient = one(gradient)
        return gradient

    return backward
