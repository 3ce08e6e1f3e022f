"""What every test runs under."""

import gc


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of every later search for garbage, and search less often.

    It is large, and it stays; and what stories leave behind is found soon enough.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
