"""What SQL cannot answer as Cedar would, and the one error that says so: with policy, place and reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ringwall.errors import Misconfigured
from ringwall.policy.expression import Expression
from ringwall.policy.language.expression_text import expression_text
from ringwall.policy.policy import Policy
from ringwall.policy.source import NOWHERE, Span


class Inexact(Exception):
    """``one`` is the value that it is about: a term, which has a ``span``, or a row, which has a ``path``."""

    def __init__(self, one: object, why: str) -> None:
        super().__init__(why)
        self.one = one


@contextmanager
def refusing(policy: Policy, expression: Expression | None) -> Iterator[None]:
    """Turns ``Inexact`` into ``Misconfigured``. ``expression`` is what is said of a value that was written nowhere."""
    try:
        yield
    except Inexact as error:
        span, text = _place(error.one, expression)
        raise Misconfigured(
            f"policy {policy.id}: `{text}` {error}",
            hint="a list needs a WHERE that is exact: compare plain columns, or decide row by row",
            where=str(span) or policy.where,
        ) from None


def _place(one: object, expression: Expression | None) -> tuple[Span, str]:
    span: Span = getattr(one, "span", NOWHERE)
    if span.text:
        return span, span.text
    if expression is not None:
        return expression.span, expression.span.text or expression_text(expression)
    return NOWHERE, ".".join(("resource", *getattr(one, "path", ())))
