"""Memory: what the garbage collector need not look at, and how often it looks at all."""

import gc
from typing import Final

# Every request makes some hundreds of objects, nearly all of which go without its help.
THRESHOLDS: Final = (10_000, 20, 20)


def keep_what_is_there() -> None:
    """Take everything that exists now for permanent: modules, routes, templates, the tables' mappings.

    The collector otherwise walks all of it again and again while it looks for the little that came since; that took a
    tenth of the time of a busy delivery worker. Called once, when a process is ready to serve.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
