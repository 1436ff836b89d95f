"""One decision from Python objects, explanations off: ours against cedarpy with everything pre-parsed, side by side.

Each rule grants one role one action (the kind that a scope index finds); one more is a Python rule that decides. Prints
microseconds for each decision, medians of interleaved rounds. Then the same where no index helps: each of 1,000
policies has a condition about the resource. Then the filter of rows in memory, beside the ``if`` that one would write.
Last what is taken of the object for the audit log, after a decision.
Run: ``python bench/decision.py``.
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
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.policy import Policy
from ringwall.policy.rules.grant import role_policies
from ringwall.policy.rules.python_rule import python_rule

ROUNDS = 15
ROWS = 1_000


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


def ours(policies: list[Policy]) -> Callable[[], object]:
    authorizer = Authorizer(policies, ["order:read"])
    assert authorizer.decide(ANN, "order:read", ORDER)
    return lambda: authorizer.decide(ANN, "order:read", ORDER)


def recorded() -> Callable[[], object]:
    authorizer = Authorizer(rules(1), ["order:read"])
    return lambda: authorizer.witness("order:read", ORDER)


def unindexed(count: int) -> list[Policy]:
    texts = (f'permit (principal, action, resource) when {{ resource.owner == "p{n}" }};' for n in range(count - 1))
    return [*parse_policies("".join(texts)), python_rule(owner_or_regional_support, "order:read")]


def theirs(policies_: list[Policy]) -> Callable[[], object]:
    policies = cedarpy.PolicySet.from_str(cedar_text(policies_))
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
    candidates = {f"ringwall, {n:>6,} rules": ours(rules(n)) for n in (1, 1_000, 10_000)}
    candidates |= {f"cedarpy,  {n:>6,} rules": theirs(rules(n)) for n in (1, 1_000)}
    candidates |= {
        "ringwall, 1,000 not indexable": ours(unindexed(1_000)),
        "cedarpy,  1,000 not indexable": theirs(unindexed(1_000)),
        **filters(),
        "what is recorded of one": recorded(),
    }
    rounds = [{name: timed(question) for name, question in candidates.items()} for _ in range(ROUNDS)]
    medians = {name: statistics.median(one[name] for one in rounds) for name in candidates}
    for name, median in medians.items():
        print(f"{name:<32} {median:9.2f} µs")
    a, b, c, d, e, f, g, by_us, by_hand, _ = medians.values()
    print(f"growth from 1 to 10,000 rules: {c / a:.2f}x; against cedarpy: {d / a:.0f}x at 1, {e / b:.0f}x at 1,000")
    print(
        f"not indexable, against cedarpy: {g / f:.1f}x; a row in memory: {by_us / ROWS:.3f} µs, {by_us / by_hand:.2f}x"
    )


def filters() -> dict[str, Callable[[], object]]:
    rows = [Order(n, "ann" if n % 3 else "sue", "eu") for n in range(ROWS)]
    allows = Authorizer(rules(1_000), ["order:read"]).filter(ANN, "order:read", Order)

    def by_us() -> list[Order]:
        return [row for row in rows if allows(row)]

    def by_hand() -> list[Order]:
        return [
            row
            for row in rows
            if ANN.id == row.owner or ("support" in ANN.roles and ANN.attributes.get("region") == row.region)
        ]

    assert by_us() == by_hand()
    return {f"ringwall, filter of {ROWS} rows": by_us, f"an if, {ROWS} rows": by_hand}


if __name__ == "__main__":
    main()
