"""Accounts: artists come, sign in, and keep their keys."""
