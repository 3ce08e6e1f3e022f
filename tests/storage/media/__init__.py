"""Tests of the keeping of files."""
