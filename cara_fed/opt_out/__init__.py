"""The opt-out as an instance tells and enforces it: crawlers, site-wide files, its history, and what a post says."""
