"""Python's answer and the engine's are the same one, in every world."""

from __future__ import annotations

import random
from dataclasses import dataclass, fields

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy import worlds

from ringwall.caller import Caller
from ringwall.policy.objects.engine import Engine
from ringwall.policy.objects.entry import Entry
from ringwall.policy.objects.question import Question
from ringwall.policy.rules.python_rule import python_rule


@dataclass
class Customer:
    name: str
    region: str | None
    vip: bool
    parent: Customer | None = None


@dataclass
class Order:
    owner: str
    city: str
    region: str | None
    note: str | None
    amount: int
    level: int | None
    paid: bool
    open: bool
    urgent: bool | None
    customer: Customer | None


def _customer(rng: random.Random) -> Customer | None:
    if rng.random() < 0.3:
        return None
    return Customer(**worlds.customer(rng), parent=_customer(rng))


def _generated(rng: random.Random) -> tuple[object, Entry]:
    function = worlds.function(worlds.condition(rng), {"Order": Order})
    rule = python_rule(function, "order:read")
    (entry,) = Engine([rule]).plan("order:read", Order).all()
    return function, entry


def _python(function, caller: Caller, order: Order) -> bool | None:
    try:
        return bool(function(caller, order))
    except TypeError:
        return None


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_same_answer_in_typed_worlds(seed: int) -> None:
    """None included, the engine never errs where the values are of the types that their classes declare."""
    rng = random.Random(seed)
    function, entry = _generated(rng)
    for _ in range(20):
        order, caller = Order(**worlds.row(rng), customer=_customer(rng)), worlds.caller(rng)
        assert entry.outcome(Question(caller, "order:read", order)) is _python(function, caller, order)


@settings(max_examples=250, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_never_another_answer_in_any_world(seed: int) -> None:
    """Where values are not what was declared (None, True for 1, floats, objects) the engine errs or agrees."""
    rng = random.Random(seed)
    function, entry = _generated(rng)
    for _ in range(20):
        values = {**worlds.row(rng), "customer": _customer(rng)}
        order, caller = Order(**values), worlds.caller(rng, lambda _: rng.choice(worlds.HOSTILE))
        for field in rng.sample([field.name for field in fields(Order)], 3):
            setattr(order, field, rng.choice(worlds.HOSTILE))
        outcome = entry.outcome(Question(caller, "order:read", order))
        if outcome is not None:
            assert _python(function, caller, order) is outcome
