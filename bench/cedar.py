"""One decision of the Cedar engine, and the making of one, against cedarpy with everything pre-parsed, side by side.

*Indexable* policies name their principal or its group, their action and their resource; of those that are not, each
speaks about everybody and everything, every one is asked, and the last one permits. Prints microseconds, medians of
interleaved rounds. Run: ``python bench/cedar.py``.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable

import cedarpy

from ringwall.policy.entities.context_json import context_from_json
from ringwall.policy.entities.entities_json import entities_from_json
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.engine import CedarEngine
from ringwall.policy.evaluation.request import Request
from ringwall.policy.language.parse import parse_policies

ROUNDS = 15

ENTITIES = [
    {
        "uid": {"type": "User", "id": "ann"},
        "attrs": {"level": 7, "region": "eu"},
        "parents": [{"type": "Team", "id": "5"}],
    },
    {"uid": {"type": "Team", "id": "5"}, "attrs": {}, "parents": []},
    {
        "uid": {"type": "Order", "id": "17"},
        "attrs": {"owner": {"__entity": {"type": "User", "id": "ann"}}, "region": "eu", "level": 3},
        "parents": [{"type": "Shop", "id": "1"}],
    },
]
CONTEXT = {"mfa": True, "ip": {"__extn": {"fn": "ip", "arg": "10.1.2.3"}}}
LAST = "permit(principal, action, resource) when { resource.owner == principal && context.mfa };\n"


def indexable(count: int) -> str:
    """Policies by team, action and shop, a forbid in every tenth place, one that speaks about the request."""
    kinds = (
        'permit(principal in Team::"{n}", action == Action::"read", resource is Order) when {{ resource.level < 9 }};',
        'permit(principal == User::"u{n}", action, resource in Shop::"{n}") when {{ context.mfa }};',
        'forbid(principal, action in [Action::"a{n}", Action::"b{n}"], resource) unless {{ context.mfa }};',
    )
    made = [kinds[2 if n % 10 == 0 else n % 2].format(n=n) for n in range(10, 10 + count - 1)]
    return "\n".join([*made, LAST])


def unindexable(count: int) -> str:
    """Policies that speak about everybody and everything, whose conditions are read to the end and do not hold."""
    kinds = (
        'permit(principal, action, resource) when {{ principal.region == "eu" && resource.level == {n} }};',
        "permit(principal, action, resource) when {{ principal.level > {n} && context.mfa }};",
        'permit(principal, action, resource) when {{ resource.region == "us" || principal.region == "r{n}" }};',
        "forbid(principal, action, resource) unless {{ context.mfa && resource.level < {n} }};",
    )
    return "\n".join([*(kinds[n % 4].format(n=n) for n in range(10, 10 + count - 1)), LAST])


def ours(text: str) -> Callable[[], object]:
    engine, entities = CedarEngine(parse_policies(text)), entities_from_json(ENTITIES)
    uids = (EntityUid("User", "ann"), EntityUid("Action", "read"), EntityUid("Order", "17"))
    request = Request(*uids, context_from_json(CONTEXT))
    assert engine.respond(request, entities).allowed
    return lambda: engine.respond(request, entities)


def theirs(text: str) -> Callable[[], object]:
    policies = cedarpy.PolicySet.from_str(text)
    entities = cedarpy.Entities.from_json_str(json.dumps(ENTITIES))
    request = {
        "principal": 'User::"ann"',
        "action": 'Action::"read"',
        "resource": 'Order::"17"',
        "context": CONTEXT,
    }
    assert cedarpy.is_authorized(request, policies, entities).allowed
    return lambda: cedarpy.is_authorized(request, policies, entities)


def timed(question: Callable[[], object], seconds: float = 0.02) -> float:
    """Microseconds a call, over about ``seconds``."""
    calls, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        question()
        calls += 1
    return spent / calls * 1e6


def medians(candidates: dict[str, Callable[[], object]]) -> list[float]:
    """Print the median of each, and give them in their order."""
    rounds = [{name: timed(question) for name, question in candidates.items()} for _ in range(ROUNDS)]
    found = [statistics.median(one[name] for one in rounds) for name in candidates]
    for name, median in zip(candidates, found, strict=True):
        print(f"{name:<44}{median:12.2f} µs")
    return found


def indexed() -> None:
    counts = (1, 10, 1_000, 10_000)
    decisions = {f"ringwall, {n:>6,} indexable": ours(indexable(n)) for n in counts}
    decisions |= {f"cedarpy,  {n:>6,} indexable": theirs(indexable(n)) for n in counts[:3]}
    one, ten, thousand, most, *their = medians(decisions)
    print(f"growth from 10 to 10,000: {most / ten:.2f}x; from 1 to 10,000: {most / one:.2f}x")
    print(
        f"cedarpy takes {their[0] / one:.0f}x at 1, {their[1] / ten:.0f}x at 10, {their[2] / thousand:.0f}x at 1,000\n"
    )


def one_by_one() -> None:
    text = unindexable(1_000)
    mine, his = medians({"ringwall,  1,000 unindexable": ours(text), "cedarpy,   1,000 unindexable": theirs(text)})
    print(f"cedarpy takes {his / mine:.1f}x\n")


def made() -> None:
    for kind, text in (("indexable", indexable(1_000)), ("unindexable", unindexable(1_000))):
        parsed, ready, answered, his = medians(
            {
                f"ringwall, parse 1,000 {kind}": lambda text=text: parse_policies(text),
                "ringwall, parse and make the engine": lambda text=text: CedarEngine(parse_policies(text)),
                "ringwall, the same to its first answer": lambda text=text: ours(text)(),
                "cedarpy,  parse": lambda text=text: cedarpy.PolicySet.from_str(text),
            }
        )
        ratios = f"parsed in {parsed / his:.1f}x, ready in {ready / his:.1f}x, answered in {answered / his:.1f}x"
        print(f"of cedarpy's time: {ratios}\n")


if __name__ == "__main__":
    indexed()
    one_by_one()
    made()
