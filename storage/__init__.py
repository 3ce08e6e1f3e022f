"""The storage floor: tables, their queries, and the files of pictures."""
