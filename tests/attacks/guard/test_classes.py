"""An object that only looks like the one that a rule speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ringwall.caller import Caller
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.rules.python_rule import python_rule


@dataclass
class Order:
    owner: str


def owner_updates(caller: Caller, order: Order) -> bool:
    """Owners update their orders."""
    return caller.id == order.owner


def body() -> Any:
    @dataclass
    class Order:
        owner: str

    return Order("ann")


def test_a_body_that_is_named_like_the_rows_is_not_taken_for_one() -> None:
    rules = Authorizer([python_rule(owner_updates, "order:update")], ["order:update"])
    assert rules.decide(Caller("ann"), "order:update", Order("ann")).allowed
    assert not rules.decide(Caller("ann"), "order:update", body()).allowed
