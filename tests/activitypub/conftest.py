"""Properties are not timed: two processors are shared by the whole suite."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
