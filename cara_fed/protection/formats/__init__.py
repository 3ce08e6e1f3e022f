"""The containers of picture formats, walked within bounds and without decoding a pixel: one format, one file."""
