"""What the solver's language cannot say exactly."""

from __future__ import annotations


class Inexpressible(Exception):
    """A part of a condition that has no exact formula. ``str()`` is the reason, in lower case."""
