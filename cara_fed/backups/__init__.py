"""A copy of the whole instance, taken while it serves, and an instance made of one."""
