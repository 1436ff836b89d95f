"""What changes between two sets of policies: proven by a solver, or replayed from a log."""
