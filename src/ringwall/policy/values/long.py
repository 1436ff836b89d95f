"""Arithmetic on 64 bits: where it overflows, the expression is in error."""

from __future__ import annotations

from ringwall.policy.values.evaluation_error import EvaluationError

SMALLEST, LARGEST = -(2**63), 2**63 - 1


def in_64_bits(number: int) -> int:
    """The number itself. Raises ``EvaluationError`` where 64 bits, signed, do not hold it."""
    if SMALLEST <= number <= LARGEST:
        return number
    raise EvaluationError("the number overflows 64 bits")


def divided(number: int, by: int) -> int:
    """The quotient, truncated towards zero (Python's ``//`` rounds down); ``by`` is positive."""
    return number // by if number >= 0 else -(-number // by)
