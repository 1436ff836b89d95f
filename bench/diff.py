"""Two sets of 1,000 policies compared: one bound loosened, one forbid gone, nothing changed, and everything changed.

A third of the policies each permit a role, permit an owner, and forbid by hour and network; action, role and bound
differ. Prints seconds, medians of interleaved rounds, with what was found, and the goal. Parsing is not in them: it is
printed apart. Run: ``python bench/diff.py``.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Collection

from ringwall.policy.comparison.difference import Difference, difference
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.policy import Policy
from ringwall.policy.schema.parse import parse_schema

COUNT = 1_000
ROUNDS = 5
GOAL = 2.0

ACTIONS = ", ".join(f'"a{n}"' for n in range(COUNT))
SCHEMA = parse_schema(
    f"""
    entity Role;
    entity Person in [Role] {{ department: String }};
    entity Document {{ owner: Person, department: String, level: Long, sensitivity: String }};
    action {ACTIONS} appliesTo {{
      principal: Person, resource: Document, context: {{ time: datetime, ip?: ipaddr }}
    }};
    """
)


def text(number: int, bound: int) -> str:
    match number % 3:
        case 0:
            return (
                f'permit (principal in Role::"r{number}", action == Action::"a{number}", resource)\n'
                f"when {{ resource.department == principal.department && resource.level < {bound} }};"
            )
        case 1:
            return (
                f'permit (principal, action == Action::"a{number}", resource)\n'
                f"when {{ resource.owner == principal || resource.level < {bound} }};"
            )
    return (
        f'forbid (principal, action in [Action::"a{number}", Action::"a{number - 1}"], resource)\n'
        f'when {{ resource.sensitivity == "high" && resource.level > {bound} }} unless {{\n'
        '  context.time.toTime() < duration("18h") && context has ip && context.ip.isInRange(ip("10.8.0.0/16"))\n};'
    )


def policies(changed: Collection[int] = (), *, without: int | None = None, more: str = "") -> tuple[Policy, ...]:
    each = [text(n, 3 + n % 5 + (1 if n in changed else 0)) for n in range(COUNT) if n != without]
    return parse_policies("\n".join([*each, more]))


def main() -> None:
    start = time.perf_counter()
    base = policies()
    print(f"parsing {COUNT:,} policies: {time.perf_counter() - start:.2f} s")
    others = {
        "sat: one bound loosened": policies({600}),
        "sat: one forbid gone": policies(without=602),
        "sat: every policy changed": policies(range(COUNT)),
        "unsat: the same in another order": tuple(reversed(policies())),
        "unsat: one permit more that another covers": policies(more=text(0, 2)),
    }
    seconds: dict[str, list[float]] = {name: [] for name in others}
    found: dict[str, Difference] = {}
    for _ in range(ROUNDS):
        for name, other in others.items():
            start = time.perf_counter()
            found[name] = difference(base, other, SCHEMA, most=3)
            seconds[name].append(time.perf_counter() - start)
    for name, each in seconds.items():
        one = found[name]
        told = f"{len(one.newly_allowed.found)} now allowed, {len(one.newly_denied.found)} now denied"
        assert one.same is name.startswith("unsat"), one
        print(f"{name:<44} {statistics.median(each):6.2f} s   (goal {GOAL:.0f} s)   {told}")


if __name__ == "__main__":
    main()
