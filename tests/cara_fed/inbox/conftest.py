"""Whole instances, for their parts."""

from tests.support.fediverse import blank_database, fediverse

__all__ = ["blank_database", "fediverse"]
