"""The authority: one process that logs people in, issues tokens and certificates, and keeps secrets and the log."""
