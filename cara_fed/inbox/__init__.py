"""What arrives: refused, or recorded at once and handled by a worker, one file for each activity."""
