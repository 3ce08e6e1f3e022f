"""What every test runs under."""

import gc
import os
import sys

# Byte code is kept, whatever the environment says of it: each worker reads all the tests, and many start processes.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Nothing of what is imported and collected becomes garbage, so there is no use in searching it.
gc.disable()


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of every later search for garbage, and search less often.

    It is large, and it stays; and what stories leave behind is found soon enough.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: some stories wait for the processes that they started."""
    return (os.cpu_count() or 1) + 1
