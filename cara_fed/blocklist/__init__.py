"""The shared blocklist: who is listed and why, asked at every door, read from and told to others."""
