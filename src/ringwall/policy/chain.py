"""Chains of ``&&`` and ``||``: the terms of one, and one tree out of many terms.

Both operators are associative, so the shape of the tree means nothing. Ours are balanced: ten thousand terms are
fourteen levels, and nothing recurses deep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ringwall.policy.expression import And, Expression, Or
from ringwall.policy.source import NOWHERE, Span


def joined(kind: type[And] | type[Or], terms: Sequence[Expression], span: Span = NOWHERE) -> Expression:
    """All ``terms``, of which there is at least one, in their order."""
    level = list(terms)
    while len(level) > 2:
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [*(kind(left=left, right=right, span=span) for left, right in pairs), *level[len(level) & ~1 :]]
    return kind(left=level[0], right=level[1], span=span) if len(level) == 2 else level[0]


def terms(chain: And | Or, is_whole: Callable[[Expression], bool] = lambda _: False) -> Iterator[Expression]:
    """The terms of ``a && b && c`` from left to right, however they were paired, without recursion.

    A term that is a join of the same kind is opened too, unless it ``is_whole``, as ``a is T in b`` is for a printer.
    """
    kind = type(chain)
    waiting = [chain.right, chain.left]
    while waiting:
        term = waiting.pop()
        if isinstance(term, kind) and not is_whole(term):
            waiting += (term.right, term.left)
        else:
            yield term
