"""Everything that an artist made here, as an archive to take along."""
