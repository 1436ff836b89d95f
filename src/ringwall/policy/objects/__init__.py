"""Python objects as entities: the world of a guard, and the policies compiled for it."""
