"""Predicates in SQL, joined without what is already known."""

from __future__ import annotations

from typing import TypeAlias

import sqlalchemy as sa

from ringwall.policy.translation import Truth

Predicate: TypeAlias = sa.ColumnElement[bool]

TRUE, FALSE = sa.true(), sa.false()
ERROR: Truth[Predicate] = Truth(FALSE, FALSE)


def all_of(*predicates: Predicate) -> Predicate:
    """AND."""
    asked = list(dict.fromkeys(predicate for predicate in predicates if predicate is not TRUE))
    if any(predicate is FALSE for predicate in asked):
        return FALSE
    return sa.and_(*asked) if len(asked) > 1 else asked[0] if asked else TRUE


def any_of(*predicates: Predicate) -> Predicate:
    """OR."""
    asked = list(dict.fromkeys(predicate for predicate in predicates if predicate is not FALSE))
    if any(predicate is TRUE for predicate in asked):
        return TRUE
    return sa.or_(*asked) if len(asked) > 1 else asked[0] if asked else FALSE


def decided(true: bool, false: bool | None = None) -> Truth[Predicate]:
    """What is known before the query. Neither is an error."""
    false = not true if false is None else false
    return Truth(TRUE if true else FALSE, TRUE if false else FALSE, total=true or false)


def some(truths: list[tuple[Predicate, Truth[Predicate]]]) -> Truth[Predicate]:
    """The truth of whichever case holds. The guards exclude each other; where none holds it is an error."""
    if len(truths) == 1 and truths[0][0] is TRUE:
        return truths[0][1]
    return Truth(
        any_of(*(all_of(guard, truth.true) for guard, truth in truths)),
        any_of(*(all_of(guard, truth.false) for guard, truth in truths)),
    )
