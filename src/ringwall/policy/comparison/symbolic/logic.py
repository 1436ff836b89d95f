"""Formulas with their trivial parts folded away: the solver sees only what is open, and building them stays cheap."""

from __future__ import annotations

from collections.abc import Iterable

import z3

TRUE = z3.BoolVal(True)
FALSE = z3.BoolVal(False)


def every(parts: Iterable[z3.BoolRef]) -> z3.BoolRef:
    """All of ``parts``; true of none."""
    open_ = []
    for part in parts:
        if part is FALSE:
            return FALSE
        if part is not TRUE:
            open_.append(part)
    if len(open_) < 2:
        return open_[0] if open_ else TRUE
    return z3.And(open_)


def some(parts: Iterable[z3.BoolRef]) -> z3.BoolRef:
    """Any of ``parts``; false of none."""
    open_ = []
    for part in parts:
        if part is TRUE:
            return TRUE
        if part is not FALSE:
            open_.append(part)
    if len(open_) < 2:
        return open_[0] if open_ else FALSE
    return z3.Or(open_)


def no(part: z3.BoolRef) -> z3.BoolRef:
    """The opposite."""
    if part is TRUE:
        return FALSE
    return TRUE if part is FALSE else z3.Not(part)


def truth(value: bool) -> z3.BoolRef:
    """A constant."""
    return TRUE if value else FALSE


def same(left: z3.ExprRef, right: z3.ExprRef) -> z3.BoolRef:
    """Whether two terms of one sort are equal."""
    if left.eq(right):
        return TRUE
    if _is_constant(left) and _is_constant(right):
        return FALSE
    return left == right


def _is_constant(term: z3.ExprRef) -> bool:
    return term is TRUE or term is FALSE or z3.is_int_value(term) or z3.is_string_value(term) or z3.is_bv_value(term)
