"""What a collective's house looks like: its colour by day and by night, its logo and icons, a style of its own."""
