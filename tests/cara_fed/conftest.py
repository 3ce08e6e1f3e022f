"""Use cases and workers need an opened instance."""

from tests.support.instances import config, database_of_mara, empty_database, mara, network, services, time

__all__ = ["config", "database_of_mara", "empty_database", "mara", "network", "services", "time"]
