"""What every test runs under."""

import gc
import os
import sys

import pytest
from hypothesis import settings

# Byte code is kept, whatever the environment says of it: each worker reads all the tests, and many start processes.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Nothing of what is imported and collected becomes garbage, so there is no use in searching it.
gc.disable()

# Fewer examples than usual, and no deadline on a machine at work; `--hypothesis-profile=default` tries more.
settings.register_profile("suite", max_examples=30, deadline=None)
settings.load_profile("suite")

LONGEST = (
    "test_axe.py",
    "test_browser.py",
    "test_journey.py",
    "test_peer.py",
    "test_killed.py",
    "test_demo.py",
    "test_serve.py",
    "test_migrate.py",
    "test_commands.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process is left alone with it at the end."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


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
