"""Encryption at rest: an envelope that is bound to its cell, a ring of keys, and rotation. No database in here."""
