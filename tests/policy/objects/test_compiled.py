"""What a class promises and does not keep is an error of the policy, and so a no, of a permit and of a forbid alike."""

from __future__ import annotations

from typing import Any

import pytest

from ringwall.caller import Caller
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.objects.compiled import compiled
from ringwall.policy.objects.context import NO_CONTEXT
from ringwall.policy.rules.python_rule import python_rule
from ringwall.policy.values.evaluation_error import EvaluationError

ANN, EU = Caller("ann"), Caller("sue", attributes={"region": "eu"})


class Order:
    region: str
    open: bool

    def __init__(self, region: Any) -> None:
        self.region, self.open = region, True


def whatever_is_open(caller: Caller, order: Order) -> bool:
    """Everybody reads what is open."""
    return order.open


def none_of_the_same_region(caller: Caller, order: Order) -> bool:
    """Nobody reads what is of their own region."""
    return caller.region == order.region  # type: ignore[no-any-return]


def test_a_broken_promise_is_raised() -> None:
    policy = python_rule(none_of_the_same_region, "order:read", effect="forbid")
    assert policy.condition is not None
    holds = compiled(policy.condition, policy, policy.requires)
    assert [holds(EU, "order:read", Order(region), NO_CONTEXT) for region in ("eu", "us")] == [True, False]
    with pytest.raises(EvaluationError, match="an attribute is absent that never is"):
        holds(ANN, "order:read", Order(None), NO_CONTEXT)


def test_a_forbid_whose_class_breaks_its_promise_denies() -> None:
    forbid = python_rule(none_of_the_same_region, "order:read", effect="forbid")
    authorizer = Authorizer([python_rule(whatever_is_open, "order:read"), forbid], ["order:read"])
    assert authorizer.decide(ANN, "order:read", Order("eu"))
    assert not authorizer.decide(EU, "order:read", Order("eu"))
    assert not authorizer.decide(ANN, "order:read", Order(None))  # in Python, None == None
