"""What every test runs under."""

import gc


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of every later search for garbage: it is large, and it stays."""
    gc.collect()
    gc.freeze()
