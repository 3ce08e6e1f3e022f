"""Feeds: what is new, for readers who come back by themselves. RSS, Atom and JSON Feed of one value."""
