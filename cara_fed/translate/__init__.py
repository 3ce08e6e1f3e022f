"""Rows and protocol values, each made from the other: the only place where both vocabularies meet."""
