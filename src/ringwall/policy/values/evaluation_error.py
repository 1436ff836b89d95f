"""What an expression comes to when it has no value."""

from __future__ import annotations


class EvaluationError(Exception):
    """Cedar's third outcome, beside true and false. The engine catches many, so each holds its message alone."""
