"""Reading tensors from a PyTorch checkpoint without PyTorch: the pickle in it may name tensors and nothing else."""

import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from io import BytesIO
from math import prod
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from cara_fed.protection.errors import CloakUnavailable
from cara_fed.words.speech import _

Array = npt.NDArray[np.float32]
Weights = Mapping[str, Array]

MAX_BYTES = 64 * 1024 * 1024
_MAX_ENTRIES = 1000
_NUMBERS = {"HalfStorage": "<f2", "FloatStorage": "<f4"}
# What a broken or hostile archive makes zipfile and pickle raise.
_FAULTS = (pickle.UnpicklingError, zipfile.BadZipFile, ValueError, LookupError, TypeError, AttributeError, EOFError)
_MORE_FAULTS = (OSError, RuntimeError, NotImplementedError, ArithmeticError, MemoryError)


def read_weights(data: bytes) -> Weights:
    """The tensors of a ``.pth`` by name, as float32. Raises CloakUnavailable where it is not what it should be."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _require_small(archive)
            return _read_archive(archive)
    except (*_FAULTS, *_MORE_FAULTS) as fault:
        raise CloakUnavailable(
            _("The cloak's model cannot be read; the admin may run: cara-fed cloak install")
        ) from fault


def _require_small(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > _MAX_ENTRIES or sum(one.file_size for one in entries) > MAX_BYTES:
        raise ValueError("larger than any model that is used here")


def _read_archive(archive: zipfile.ZipFile) -> Weights:
    root = next(name for name in archive.namelist() if name.endswith("/data.pkl")).removesuffix("/data.pkl")
    with archive.open(f"{root}/data.pkl") as file:
        loaded = _TensorUnpickler(file, archive, root).load()
    if not isinstance(loaded, OrderedDict) or not all(isinstance(one, np.ndarray) for one in loaded.values()):
        raise ValueError("holds something else than tensors")
    return {str(name): tensor.astype(np.float32) for name, tensor in loaded.items()}


class _TensorUnpickler(pickle.Unpickler):
    """Knows four names; every other one ends the reading before anything is called."""

    def __init__(self, file: IO[bytes], archive: zipfile.ZipFile, root: str) -> None:
        super().__init__(file)
        self._archive, self._root = archive, root

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild_tensor
        if module == "torch" and name in _NUMBERS:
            return _NUMBERS[name]
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a model")

    def persistent_load(self, pid: Any) -> npt.NDArray[Any]:
        kind, numbers, key, _place, count = pid
        if kind != "storage" or numbers not in _NUMBERS.values() or not str(key).isdecimal():
            raise pickle.UnpicklingError("not a tensor's storage")
        values = np.frombuffer(self._archive.read(f"{self._root}/data/{key}"), numbers)
        if len(values) != count:
            raise pickle.UnpicklingError("a storage is cut off")
        return values


def _rebuild_tensor(
    storage: npt.NDArray[Any], offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: object
) -> npt.NDArray[Any]:
    """A contiguous tensor of shape ``size``; others do not occur in checkpoints of convolutions."""
    expected = tuple(prod(size[place + 1 :]) for place in range(len(size)))
    if tuple(stride) != expected:
        raise pickle.UnpicklingError("a tensor is not contiguous")
    return storage[offset : offset + prod(size)].reshape(size)
