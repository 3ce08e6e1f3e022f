"""The encoder that is cloaked against: TAESana, a small likeness of the encoder in Sana's DC-AE (32 channels, 1/32)."""

from cara_fed.protection.cloak.layers import Backward, chain, convolve, rectify, residual_block
from cara_fed.protection.cloak.onnx_file import OnnxGraph
from cara_fed.protection.cloak.weights import Weights

STRIDE = 32  # pixels for each latent, along both edges
CHANNELS = 32

_STAGES = (("5", ("6", "7", "8")), ("9", ("10", "11", "12")), ("13", ("14", "15", "16")))


def encode(graph: OnnxGraph, x: str, weights: Weights) -> tuple[str, Backward]:
    """Latents of RGB pictures in 0..1 of shape (n, 3, 32 h, 32 w), and the way back from them."""
    ways_back: list[Backward] = []

    def passed(result: tuple[str, Backward]) -> str:
        ways_back.append(result[1])
        return result[0]

    for name in ("0", "2"):
        x = passed(convolve(graph, x, weights, name, stride=2))
        x = passed(rectify(graph, x))
    x = passed(residual_block(graph, x, weights, "4"))
    for halving, blocks in _STAGES:
        x = passed(convolve(graph, x, weights, halving, stride=2))
        for block in blocks:
            x = passed(residual_block(graph, x, weights, block))
    return passed(convolve(graph, x, weights, "17")), chain(ways_back)
