"""Predicates in SQL, joined without what is already known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeAlias

import sqlalchemy as sa

from ringwall.policy.translation import Truth

Predicate: TypeAlias = sa.ColumnElement[bool]

TRUE, FALSE = sa.true(), sa.false()
ERROR: Truth[Predicate] = Truth(FALSE, FALSE)


def all_of(*predicates: Predicate) -> Predicate:
    """AND."""
    asked = _gathered((predicate for predicate in predicates if predicate is not TRUE), all_of)
    if any(predicate is FALSE for predicate in asked):
        return FALSE
    return sa.and_(*asked) if len(asked) > 1 else asked[0] if asked else TRUE


def any_of(*predicates: Predicate) -> Predicate:
    """OR."""
    asked = _gathered((predicate for predicate in predicates if predicate is not FALSE), any_of)
    if any(predicate is TRUE for predicate in asked):
        return TRUE
    return sa.or_(*asked) if len(asked) > 1 else asked[0] if asked else FALSE


def inside(place: object, inner: Predicate, wrap: Callable[[Predicate], Predicate]) -> Predicate:
    """``wrap(inner)``: a predicate asked inside the EXISTS of one related row, which ``place`` tells from others."""
    return FALSE if inner is FALSE else _known(wrap(inner), _Asked(place, inner, wrap))


def absent_or(place: object, inner: Predicate, wrap: Callable[[Predicate], Predicate]) -> Predicate:
    """There is no such related row, or ``inner`` holds of it."""
    if inner is TRUE:
        return TRUE
    absent = sa.not_(wrap(TRUE))
    either = absent if inner is FALSE else sa.or_(absent, wrap(inner))
    return _known(either, _Asked(place, inner, wrap, or_absent=True))


class _Asked(NamedTuple):
    """What a predicate asks of one related row."""

    place: object
    inner: Predicate
    wrap: Callable[[Predicate], Predicate]
    or_absent: bool = False


_ASKED = "_ringwall_asked"


def _known(predicate: Predicate, asked: _Asked) -> Predicate:
    setattr(predicate, _ASKED, asked)
    return predicate


def _gathered(predicates: Iterable[Predicate], join: Callable[..., Predicate]) -> list[Predicate]:
    """Each predicate once, and what is asked of one related row inside one EXISTS: there is but one such row."""
    found: dict[object, list[Predicate]] = {}
    for predicate in predicates:
        known: _Asked | None = getattr(predicate, _ASKED, None)
        found.setdefault(predicate if known is None else known.place, []).append(predicate)
    return [each[0] if each[1:] == [] else _together(each, join) for each in found.values()]


def _together(predicates: list[Predicate], join: Callable[..., Predicate]) -> Predicate:
    each: list[_Asked] = [known for one in predicates if (known := getattr(one, _ASKED, None)) is not None]
    if not each:
        return predicates[0]
    # Without the row, a disjunction holds where one part of it does, and a conjunction where all do.
    absent = (any if join is any_of else all)(one.or_absent for one in each)
    return (absent_or if absent else inside)(each[0].place, join(*(one.inner for one in each)), each[0].wrap)


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
