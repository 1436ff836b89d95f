"""A refusal with its whole explanation: the README's own, against the bare yes of the same rules, side by side.

Prints microseconds, medians of interleaved rounds. Run: ``python bench/explain.py``.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable

from decision import ANN, ROUNDS, Order, owner_or_regional_support, rules, timed

from ringwall.policy.authorizer import Authorizer
from ringwall.policy.rules.python_rule import python_rule


def main() -> None:
    alone = Authorizer([python_rule(owner_or_regional_support, "order:read")], ["order:read"])
    among = Authorizer(rules(20), ["order:read"])
    yes, no = Order(17, "ann", "eu"), Order(17, "sue", "eu")
    assert alone.decide(ANN, "order:read", yes)
    assert not alone.decide(ANN, "order:read", no)
    candidates: dict[str, Callable[[], object]] = {
        "a yes": lambda: alone.decide(ANN, "order:read", yes),
        "a no, explained": lambda: alone.decide(ANN, "order:read", no),
        "a no, explained and written": lambda: alone.decide(ANN, "order:read", no).explain(),
        "a no, the nearest of 20 rules": lambda: among.decide(ANN, "order:read", no),
    }
    rounds = [{name: timed(question) for name, question in candidates.items()} for _ in range(ROUNDS)]
    for name in candidates:
        print(f"{name:<32} {statistics.median(one[name] for one in rounds):9.2f} µs")


if __name__ == "__main__":
    main()
