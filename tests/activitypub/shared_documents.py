"""Where documents of real servers may stand beside the project; they are not part of it."""

from pathlib import Path

SHARED = Path(__file__).parents[3] / "shared"
DOCUMENTS = SHARED / "documents"
NODEINFO = SHARED / "data" / "nodeinfo"
MISSING = "there is no ../shared beside the project"
