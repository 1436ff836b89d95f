"""What a test of a guarded program needs."""
