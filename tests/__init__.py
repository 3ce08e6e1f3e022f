"""Tests, mirroring the floors."""

import os

# As the picture processes have it: on small matrices more threads only wait for each other. Read when NumPy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
