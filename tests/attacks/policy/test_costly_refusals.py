"""A refused caller who makes the service explain itself at length."""

from __future__ import annotations

import pytest

from ringwall.caller import Caller
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.explanation import refusal
from ringwall.policy.language.parse import parse_policies


class Order:
    id = 1

    def __init__(self) -> None:
        self.reads = 0

    @property
    def owner(self) -> str:
        self.reads += 1
        return "ann"


@pytest.mark.parametrize("permits", [600, 1200])
def test_the_work_of_explaining_does_not_grow_with_the_policies(permits: int) -> None:
    text = "".join(f'permit (principal, action, resource) when {{ resource.owner == "p{n}" }};' for n in range(permits))
    order = Order()
    decision = Authorizer(parse_policies(text), ["order:read"]).decide(Caller("eve"), "order:read", order)
    assert not decision
    assert decision.summary.startswith(f"no permit applies; the nearest of the first {refusal._WEIGHED} is 'policy0'")
    assert order.reads - permits < 10 * refusal._WEIGHED
