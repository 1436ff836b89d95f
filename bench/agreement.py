"""Python rules called, and the same rules decided: 100,000 generated worlds, half of them of undeclared values.

A short run is among the tests (``tests/policy/rules/test_agreement.py``), whose worlds these are. Prints how many
answers were compared; ends with an error at the first that differs. Run: ``PYTHONPATH=. python bench/agreement.py``.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from dataclasses import fields

from tests.policy import worlds
from tests.policy.rules.test_agreement import Order, _customer, _generated, _python

from ringwall.policy.objects.question import Question

RULES, WORLDS = 5_000, 20


def main() -> None:
    answers: Counter[str] = Counter()
    for seed in range(RULES):
        rng = random.Random(seed)
        function, entry = _generated(rng)
        for turn in range(WORLDS):
            order, caller = Order(**worlds.row(rng), customer=_customer(rng)), worlds.caller(rng)
            hostile = turn % 2 == 1
            if hostile:
                caller = worlds.caller(rng, lambda _, rng=rng: rng.choice(worlds.HOSTILE))  # type: ignore[misc]
                for field in rng.sample([field.name for field in fields(Order)], 3):
                    setattr(order, field, rng.choice(worlds.HOSTILE))
            ours = entry.outcome(Question(caller, "order:read", order))
            if (ours is not None or not hostile) and ours is not _python(function, caller, order):
                sys.exit(f"seed {seed}: we say {ours}, and Python does not")
            answers[f"{'any values' if hostile else 'declared values'}: {ours}"] += 1
    print(f"{answers.total():,} worlds, 0 different")
    for name, count in sorted(answers.items()):
        print(f"  {name:<26} {count:>7,}")


if __name__ == "__main__":
    main()
