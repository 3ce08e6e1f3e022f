"""Marks in the picture itself: one that people see, and one that only this instance can read."""
