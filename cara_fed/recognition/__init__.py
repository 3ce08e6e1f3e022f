"""Knowing pictures again: which of ours a found one is, and whose a new one looks like."""
