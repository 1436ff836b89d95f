"""The schema of a guard's own audit log."""
