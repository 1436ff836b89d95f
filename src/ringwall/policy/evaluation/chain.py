"""Long chains of ``&&`` and ``||``, which associate however they were paired."""

from __future__ import annotations

from collections.abc import Iterator

from ringwall.policy.expression import And, Expression, Or


def chain(expression: And | Or) -> Iterator[Expression]:
    """The terms of ``a && b && c`` in their order, without recursion."""
    kind = type(expression)
    waiting: list[Expression] = [expression]
    while waiting:
        term = waiting.pop()
        if isinstance(term, kind):
            waiting += (term.right, term.left)
        else:
            yield term
