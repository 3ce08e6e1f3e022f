"""The steps of the pipeline, each a small function from a Picture to a Picture and a line for the report."""
