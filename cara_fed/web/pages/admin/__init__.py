"""The rooms of those who run the place."""
