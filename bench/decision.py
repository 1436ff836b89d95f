"""One decision from Python objects, explanations off: ours against cedarpy with everything pre-parsed, side by side.

Each rule grants one role one action (the kind that a scope index finds); one more is a Python rule that decides. Prints
microseconds for each decision, medians of interleaved rounds. Run: ``python bench/decision.py``.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import cedarpy

from ringwall.caller import Caller
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.language.cedar_text import cedar_text
from ringwall.policy.policy import Policy
from ringwall.policy.rules.grant import role_policies
from ringwall.policy.rules.python_rule import python_rule

ROUNDS = 15


@dataclass
class Order:
    id: int
    owner: str
    region: str


def owner_or_regional_support(caller: Caller, order: Order) -> bool:
    """Owners read their orders; support reads the orders of its region."""
    return caller.id == order.owner or (caller.has_role("support") and caller.region == order.region)


def rules(count: int) -> list[Policy]:
    granted = role_policies({f"role{n}": ["order:read" if n % 2 else f"thing{n}:read"] for n in range(count - 1)})
    return [*granted, python_rule(owner_or_regional_support, "order:read")]


ANN = Caller("ann", roles=frozenset({"customer"}), attributes={"region": "eu"})
ORDER = Order(17, "ann", "eu")


def ours(count: int) -> Callable[[], object]:
    authorizer = Authorizer(rules(count), ["order:read"])
    assert authorizer.decide(ANN, "order:read", ORDER)
    return lambda: authorizer.decide(ANN, "order:read", ORDER)


def theirs(count: int) -> Callable[[], object]:
    policies = cedarpy.PolicySet.from_str(cedar_text(rules(count)))
    person = {"uid": {"type": "Person", "id": "ann"}, "attrs": {"id": "ann", "region": "eu"}, "parents": []}
    order = {"uid": {"type": "Order", "id": "17"}, "attrs": {"owner": "ann", "region": "eu"}, "parents": []}
    entities = cedarpy.Entities.from_json_str(json.dumps([person, order]))
    request = {
        "principal": 'Person::"ann"',
        "action": 'Action::"order:read"',
        "resource": 'Order::"17"',
        "context": {},
    }
    assert cedarpy.is_authorized(request, policies, entities).allowed
    return lambda: cedarpy.is_authorized(request, policies, entities)


def timed(question: Callable[[], object], seconds: float = 0.02) -> float:
    """Microseconds a call, over about ``seconds``."""
    calls, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        for _ in range(10):
            question()
        calls += 10
    return spent / calls * 1e6


def main() -> None:
    candidates = {f"ringwall, {n:>6,} rules": ours(n) for n in (1, 1_000, 10_000)}
    candidates |= {f"cedarpy,  {n:>6,} rules": theirs(n) for n in (1, 1_000)}
    rounds = [{name: timed(question) for name, question in candidates.items()} for _ in range(ROUNDS)]
    medians = {name: statistics.median(one[name] for one in rounds) for name in candidates}
    for name, median in medians.items():
        print(f"{name}   {median:9.2f} µs")
    a, b, c, d, e = medians.values()
    print(f"growth from 1 to 10,000 rules: {c / a:.2f}x; against cedarpy: {d / a:.0f}x at 1, {e / b:.0f}x at 1,000")


if __name__ == "__main__":
    main()
