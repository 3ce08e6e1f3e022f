"""Tests of the storage floor, on SQLite always and on PostgreSQL where it is installed."""
