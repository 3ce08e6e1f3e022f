"""The demonstration: two instances on this machine, one picture, one follower, one listed harvester."""
