"""Where a picture went, who was refused it, and a file that proves it."""
