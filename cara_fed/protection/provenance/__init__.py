"""Signs that a generator made a picture, as the file itself carries them; their absence proves nothing."""
