"""Letters to artists: written as rows, sent by a worker."""
