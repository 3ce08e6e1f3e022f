"""Use cases and workers need an opened instance."""

from tests.support.instances import config, empty_database, mara, network, services, time

__all__ = ["config", "empty_database", "mara", "network", "services", "time"]
