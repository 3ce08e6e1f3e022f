"""Looking an instance over: each thing that may be wrong, and what to do about it."""
