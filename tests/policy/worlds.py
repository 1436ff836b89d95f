"""Random rules, and the worlds that they are asked about; shared by the policy tests and the list filter's."""

from __future__ import annotations

import itertools
import linecache
import random
from collections.abc import Callable
from types import FunctionType
from typing import Any

from ringwall.caller import Caller

TEXTS = ("", "a", "A", "eu", "EU", "us", "ä", "a%", "_", "'", "eu ", "日本")
NUMBERS = (0, 1, -1, 2, 7, 100, 2**31, -(2**63), 2**63 - 1)
HOSTILE = (None, True, False, 0, 1, 1.0, 2.5, "", "a", "eu", "True", b"eu", 2**63, ["eu"], {"eu"}, object())
_SERIAL = itertools.count()

ATOMS = (
    "caller.id == order.owner",
    "order.owner != caller.id",
    'caller.id == "ann"',
    'caller.kind == "service"',
    'caller.region == "eu"',
    'caller.region != "eu"',
    "caller.region == order.city",
    "caller.region != order.city",
    "order.city == order.owner",
    'order.region == "eu"',
    'order.region != "EU"',
    "order.region is not None and order.region == caller.region",
    "order.region is None or order.region != caller.region",
    'order.note in ("", "a", "ä")',
    'order.note not in ("", "a%", "_")',
    "order.note is None",
    "order.amount < 7",
    "order.amount >= 1",
    "0 <= order.amount < 100",
    "order.amount in (1, 7, 100)",
    "order.amount not in {1, 2}",
    "order.level == order.amount",
    "order.level != order.amount",
    "order.level is not None and order.level >= 1",
    "order.level is None or order.level < 2",
    "caller.clearance is not None and caller.clearance >= order.amount",
    "caller.clearance == 7",
    "order.paid",
    "not order.paid",
    "order.paid == order.open",
    "order.urgent",
    "order.urgent is True",
    "order.urgent is not False",
    'caller.has_role("a")',
    'caller.has_role("a", "b")',
    "caller.groups is not None and order.city in caller.groups",
    "caller.groups is not None and order.owner not in caller.groups",
    'caller.groups is not None and "eu" in caller.groups',
    "caller.actor is None",
    'caller.actor is not None and caller.actor.id == "spiffe://ringwall.internal/shop"',
    "order.customer is None",
    'order.customer is not None and order.customer.region == "eu"',
    "order.customer is not None and order.customer.region != order.city",
    "order.customer is not None and caller.region == order.customer.name",
    "order.customer is not None and order.customer.vip",
    "order.customer is not None and order.customer.parent is None",
    'order.customer is not None and order.customer.parent is not None and order.customer.parent.region == "eu"',
    "order.customer is not None and order.customer.parent is not None and order.customer.parent.name != order.city",
    "True",
    "False",
)


def condition(rng: random.Random, depth: int = 3) -> str:
    """A random condition that the rule language takes."""
    if depth == 0 or rng.random() < 0.2:
        return f"({rng.choice(ATOMS)})"
    a, b = condition(rng, depth - 1), condition(rng, depth - 1)
    match rng.randrange(8):
        case 0 | 1 | 2:
            return f"({a} and {b})"
        case 3 | 4 | 5:
            return f"({a} or {b})"
        case 6:
            return f"(not {a})"
    return f"({a} if {b} else {condition(rng, depth - 1)})"


def function(source: str, names: dict[str, Any]) -> FunctionType:
    """A function of (caller, order) from the source of its condition, with a file that ``inspect`` can read."""
    text = f'def rule(caller: Caller, order: Order) -> bool:\n    """Generated."""\n    return {source}\n'
    return defined(text, "rule", names)


def defined(text: str, name: str, names: dict[str, Any]) -> FunctionType:
    """The function ``name`` of a module that is only in memory."""
    file = f"generated_{next(_SERIAL)}.py"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    space = {"Caller": Caller, **names}
    exec(compile(text, file, "exec", dont_inherit=True), space)
    return space[name]


def caller(rng: random.Random, claim: Callable[[str], object] | None = None) -> Caller:
    """A random caller. Its claims are of the types that the rules expect, unless ``claim`` makes them."""
    given = {
        "region": rng.choice((None, *TEXTS)),
        "clearance": rng.choice((None, *NUMBERS)),
        "groups": rng.choice((None, [], ["eu"], ["us", "a"], list(TEXTS))),
    }
    if claim is not None:
        given = {name: claim(name) for name in given}
    actor = Caller(f"spiffe://ringwall.internal/{rng.choice(('shop', 'billing'))}", kind="service")
    return Caller(
        rng.choice(("ann", "sue", "a", "eu")),
        kind=rng.choice(("person", "service")),
        roles=frozenset(role for role in "abc" if rng.random() < 0.4),
        attributes={name: value for name, value in given.items() if value is not None or rng.random() < 0.5},
        actor=actor if rng.random() < 0.3 else None,
    )


def row(rng: random.Random) -> dict[str, Any]:
    """The values of a random order, within the types that it declares."""
    return {
        "owner": rng.choice(("ann", "sue", *TEXTS)),
        "city": rng.choice(TEXTS),
        "region": rng.choice((None, *TEXTS)),
        "note": rng.choice((None, *TEXTS)),
        "amount": rng.choice(NUMBERS),
        "level": rng.choice((None, *NUMBERS)),
        "paid": rng.random() < 0.5,
        "open": rng.random() < 0.5,
        "urgent": rng.choice((None, True, False)),
    }


def customer(rng: random.Random) -> dict[str, Any]:
    """The values of a random customer."""
    return {"name": rng.choice(TEXTS), "region": rng.choice((None, *TEXTS)), "vip": rng.random() < 0.5}
