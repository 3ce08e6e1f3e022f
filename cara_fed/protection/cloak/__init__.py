"""The cloak: a small change of the pixels that moves the picture far in the eyes of an image generator's encoder."""
