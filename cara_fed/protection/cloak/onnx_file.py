"""Writing ONNX files: the few protocol-buffer messages that a graph of tensors needs (onnx.proto3, IR version 8)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

_IR_VERSION = 8
_OPSET = 17
_FLOAT, _INT64 = 1, 7  # TensorProto.DataType
_OF_FLOAT, _OF_INT, _OF_STRING, _OF_INTS = 1, 2, 3, 7  # AttributeProto.AttributeType

Shape = Sequence[int | str]
Attribute = int | float | str | Sequence[int]


@dataclass(slots=True)
class OnnxGraph:
    """A graph in the making. Every tensor goes by a name; ``op`` and ``constant`` make the names up."""

    _nodes: list[bytes] = field(default_factory=list)
    _constants: list[bytes] = field(default_factory=list)
    _inputs: list[bytes] = field(default_factory=list)
    _outputs: list[bytes] = field(default_factory=list)
    _names: int = 0

    def input(self, name: str, shape: Shape) -> str:
        """A float32 tensor that is handed in; a word in ``shape`` stands for any number."""
        self._inputs.append(_describe_value(name, shape))
        return name

    def output(self, name: str, tensor: str, shape: Shape) -> None:
        """Hands the tensor out as ``name``."""
        self._nodes.append(_describe_node("Identity", (tensor,), name, {}))
        self._outputs.append(_describe_value(name, shape))

    def constant(self, values: npt.ArrayLike) -> str:
        """A tensor of fixed numbers; integers are for shapes and indices."""
        array, name = np.asarray(values), self._new_name()
        kind, stored = (_INT64, "<i8") if array.dtype.kind == "i" else (_FLOAT, "<f4")
        dimensions = b"".join(_number(1, size) for size in array.shape)
        raw = array.astype(stored).tobytes()
        self._constants.append(dimensions + _number(2, kind) + _text(8, name) + _bytes(9, raw))
        return name

    def op(self, kind: str, *inputs: str, **attributes: Attribute) -> str:
        """One operation on tensors; the name of what comes out."""
        name = self._new_name()
        self._nodes.append(_describe_node(kind, inputs, name, attributes))
        return name

    def dump(self) -> bytes:
        """The whole model as an ``.onnx`` file."""
        graph = b"".join(
            (
                *(_bytes(1, node) for node in self._nodes),
                _text(2, "graph"),
                *(_bytes(5, constant) for constant in self._constants),
                *(_bytes(11, value) for value in self._inputs),
                *(_bytes(12, value) for value in self._outputs),
            )
        )
        opset = _text(1, "") + _number(2, _OPSET)
        return _number(1, _IR_VERSION) + _bytes(8, opset) + _bytes(7, graph)

    def _new_name(self) -> str:
        self._names += 1
        return f"t{self._names}"


def _describe_node(kind: str, inputs: Iterable[str], name: str, attributes: dict[str, Attribute]) -> bytes:
    described = b"".join(_text(1, one) for one in inputs) + _text(2, name) + _text(4, kind)
    return described + b"".join(_bytes(5, _describe_attribute(*one)) for one in attributes.items())


def _describe_attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, str):
        return _text(1, name) + _text(4, value) + _number(20, _OF_STRING)
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, _OF_INT)
    if isinstance(value, float):
        return _text(1, name) + b"\x15" + np.float32(value).tobytes() + _number(20, _OF_FLOAT)
    return _text(1, name) + b"".join(_number(8, one) for one in value) + _number(20, _OF_INTS)


def _describe_value(name: str, shape: Shape) -> bytes:
    dimensions = (_text(2, one) if isinstance(one, str) else _number(1, one) for one in shape)
    tensor = _number(1, _FLOAT) + _bytes(2, b"".join(_bytes(1, one) for one in dimensions))
    return _text(1, name) + _bytes(2, _bytes(1, tensor))


def _text(place: int, value: str) -> bytes:
    return _bytes(place, value.encode())


def _bytes(place: int, value: bytes) -> bytes:
    return _varint(place << 3 | 2) + _varint(len(value)) + value


def _number(place: int, value: int) -> bytes:
    return _varint(place << 3) + _varint(value & 0xFFFF_FFFF_FFFF_FFFF)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
