"""What leaves: one row for each inbox, written with its cause, sent by workers until it arrived or cannot."""
