"""Other servers' pictures as our pages show them: fetched by us, kept for a while, never loaded from there."""
