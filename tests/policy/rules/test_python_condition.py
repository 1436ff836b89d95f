"""Where a rule may read what may be None, how it joins, and how the rest is refused: message, hint and place."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests.policy import worlds

from ringwall.errors import Misconfigured
from ringwall.policy.language.cedar_text import expression_text
from ringwall.policy.policy import Policy
from ringwall.policy.rules.python_rule import python_rule


@dataclass
class Customer:
    id: int
    region: str | None
    parent: Customer


@dataclass
class Order:
    id: int
    owner: str
    note: str | None
    amount: int
    level: int | None
    paid: bool
    urgent: bool | None
    tags: frozenset[str]
    labels: frozenset[str] | None
    customer: Customer


def _rule(source: str) -> Policy:
    return python_rule(worlds.function(source, {"Order": Order}), "order:read")


def _text(source: str) -> str:
    rule = _rule(source)
    return "" if rule.condition is None else expression_text(rule.condition)


@pytest.mark.parametrize(
    "before",
    [
        "order.level is not None and {}",
        "not order.level is None and {}",
        "order.level is not None and order.paid and {}",
        "order.paid and order.level is not None and {}",
        "(order.paid and order.level is not None) and {}",
        "(order.level is not None and order.paid) and {}",
        "not (order.level is None or order.paid) and {}",
        "not (order.paid or order.level is None) and {}",
        "not (order.level is not None and order.paid) or {}",
        "order.level is None or {}",
        "(order.level is None or order.paid) or {}",
        "(order.level is not None or order.level == 7) and {}",
        "(order.level is None and order.level is None) or {}",
        "{} if order.level is not None else False",
        "False if order.level is None else {}",
        "(order.level is not None if order.paid else order.level == 1) and {}",
        "(order.level is None if order.paid else order.level != 1) or {}",
        "order.level == 7 and {}",
        "order.level == order.amount and {}",
        "order.level != 7 or {}",
        "order.level in (1, 2) and {}",
        "order.level not in (1, 2) or {}",
        "1 == order.level < 7 and {}",
        "order.level is not None and caller.has_role('a') and {}",
        "order.level is not None and order.amount < 7 and {}",
        "order.level is not None and order.paid is True and {}",
        "order.level is not None and True and {}",
        "order.level is not None and order.note is None and {}",
        "order.level is not None and order.note is not None and {}",
        "order.level is not None and order.note == 'a' and {}",
        "order.level is not None and 'a' in order.tags and {}",
        "not (order.level is not None and order.note == 'a') or {}",
        "not (order.level is not None and order.note is None) or {}",
        "order.level is not None and (order.note is None or {})",
        "order.level is not None and (order.note != 'a' or {})",
        "order.level is None or order.note is None or {}",
        "order.level is not None and (order.amount < 7 or {})",
        "order.level is not None and ({} if caller.has_role('a') else False)",
        "order.level is not None and (order.paid or {})",
        "order.level is not None and (False or {})",
    ],
)
def test_what_may_be_none_is_read_where_it_is_surely_there(before: str) -> None:
    assert "resource.level < 3" in _text(before.format("order.level < 3"))


@pytest.mark.parametrize(
    "before",
    [
        "{}",
        "order.level is None and {}",
        "order.level is not None or {}",
        "order.paid and {}",
        "(order.level is not None or order.paid) and {}",
        "(order.paid or order.level is not None) and {}",
        "(order.level is None and order.paid) or {}",
        "(order.paid and order.level is None) or {}",
        "not (order.level is not None or order.paid) or {}",
        "not (order.level is None and order.paid) and {}",
        "{} if order.level is None else False",
        "False if order.level is not None else {}",
        "(order.level is not None if order.paid else True) and {}",
        "(True if order.paid else order.level is not None) and {}",
        "(order.level is None if order.paid else False) or {}",
        "(False if order.paid else order.level is None) or {}",
        "order.level == 7 or {}",
        "order.level != 7 and {}",
        "order.level not in (1, 2) and {}",
        "order.amount == 7 and {}",
        "order.note is not None and {}",
        "(order.level is not None and order.paid) or {}",
    ],
)
def test_it_is_refused_where_it_may_be_none(before: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        _rule(before.format("order.level < 3"))
    assert caught.value.message.endswith(": `order.level < 3` fails where order.level is None")
    assert caught.value.hint == "write `order.level is not None and order.level < 3`"


@pytest.mark.parametrize(
    ("source", "cedar"),
    [
        ("order.urgent", "resource has urgent && resource.urgent"),
        ("order.urgent is True", "resource has urgent && resource.urgent == true"),
        ("order.urgent is False", "resource has urgent && resource.urgent == false"),
        ("order.urgent is not True", "!(resource has urgent && resource.urgent == true)"),
        ("order.urgent is True and order.urgent", "resource has urgent && resource.urgent == true && resource.urgent"),
        ("order.urgent and order.urgent", "resource has urgent && resource.urgent && resource.urgent"),
        ("not order.urgent or order.urgent", "!(resource has urgent && resource.urgent) || resource.urgent"),
        ("5 > order.amount", "5 > resource.amount"),
        ("order.amount <= 5", "resource.amount <= 5"),
        ("caller.level in (1, 2)", "principal has level && [1, 2].contains(principal.level)"),
        ('order.owner in ["a"]', '["a"].contains(resource.owner)'),
        ("order.paid in (True, False)", "[true, false].contains(resource.paid)"),
        ("order.paid == order.paid", "resource.paid == resource.paid"),
        ("caller.a is not None and caller.a == 1", "principal has a && principal.a == 1"),
        ("caller.kind == 'service'", 'principal.kind == "service"'),
        ("caller.proof == caller.issuer", "principal.proof == principal.issuer"),
        (
            "caller.level is not None and order.amount < caller.level",
            "principal has level && resource.amount < principal.level",
        ),
        (
            "caller.groups is not None and order.owner in caller.groups",
            "principal has groups && principal.groups.contains(resource.owner)",
        ),
        (
            "order.labels is not None and order.owner not in order.labels",
            "resource has labels && !resource.labels.contains(resource.owner)",
        ),
        ("order.customer.parent.id == 1", "resource.customer.parent.id == 1"),
        (
            "caller.boss is not None and caller.boss.id == 'x'",
            'principal has boss && principal.boss has id && principal.boss.id == "x"',
        ),
        ("caller.actor is not None and caller.actor.kind == 'a'", 'context has actor && context.actor.kind == "a"'),
        ("1 == order.amount == 2 != 3", "1 == resource.amount && resource.amount == 2 && 2 != 3"),
        ("order.amount == 9223372036854775807", "resource.amount == 9223372036854775807"),
        ("order.amount == -9223372036854775808", "resource.amount == -9223372036854775808"),
    ],
)
def test_becomes_cedar(source: str, cedar: str) -> None:
    assert _text(source) == cedar


@pytest.mark.parametrize(
    ("source", "requires"),
    [
        ("caller.id == order.owner", []),
        ("caller.region == order.owner", ["resource has owner"]),
        ("order.owner != caller.region", ["resource has owner"]),
        ("order.note == order.owner", ["resource has owner"]),
        ("order.owner == 'a'", []),
        ("order.note == 'a'", []),
        ("order.note is not None and order.note == caller.team", []),
        ("caller.n == order.customer.id", ["!(resource has customer) || resource.customer has id"]),
        (
            "caller.n == order.customer.parent.id",
            [
                "!(resource has customer) || !(resource.customer has parent) || resource.customer.parent has id",
            ],
        ),
    ],
)
def test_a_rule_requires_what_a_class_promises_where_none_would_match(source: str, requires: list[str]) -> None:
    assert [expression_text(one) for one in _rule(source).requires] == requires


@pytest.mark.parametrize(
    ("source", "said", "hint"),
    [
        (
            "0 <= order.level < 9",
            "`0 <= order.level` fails where order.level is None",
            "write `order.level is not None and 0 <= order.level`",
        ),
        (
            "9 > 5 > order.level",
            "`5 > order.level` fails where order.level is None",
            "write `order.level is not None and 5 > order.level`",
        ),
        (
            "caller.a < 3",
            "`caller.a < 3` fails where caller.a is None",
            "write `caller.a is not None and caller.a < 3`",
        ),
        (
            "order.amount < order.owner",
            "`order.amount < order.owner` orders what is not known to be a number",
            "only ints are ordered; annotate a side as int",
        ),
        (
            "caller.a is not None and caller.b is not None and caller.a < caller.b",
            "`caller.a < caller.b` orders what is not known to be a number",
            "only ints are ordered; annotate a side as int",
        ),
        (
            "order.amount is True",
            "`order.amount is True` asks for identity",
            "`is` goes with None, or a bool with True and False; else write ==",
        ),
        (
            "True is True",
            "`True is True` asks for identity",
            "`is` goes with None, or a bool with True and False; else write ==",
        ),
        ("caller.id is not None", "`caller.id is not None` never changes", "this is never None"),
        (
            "order.owner in ('a', caller.id)",
            "`('a', caller.id)` is not a set of constants of one type",
            'write for example ("open", "paid")',
        ),
        (
            "order.amount in ('a', 'b')",
            "`order.amount in ('a', 'b')` looks for a long among strings",
            "compare values of one type",
        ),
        (
            "caller.a in order.tags",
            "`caller.a in order.tags` depends on None in caller.a",
            "write `caller.a is not None and caller.a in order.tags`",
        ),
        (
            "'a' in order.labels",
            "`'a' in order.labels` depends on None in order.labels",
            "write `order.labels is not None and 'a' in order.labels`",
        ),
        (
            "'a' in 'abc'",
            "`'a' in 'abc'` does not look into a set",
            "the right side is a set of constants or a set attribute",
        ),
        (
            "caller.has_role(name)",
            "`caller.has_role(name)` does not name its roles",
            'write caller.has_role("support")',
        ),
        ("caller.has_role(1)", "`caller.has_role(1)` does not name its roles", 'write caller.has_role("support")'),
        (
            "caller.has_role('a', order.owner)",
            "`caller.has_role('a', order.owner)` does not name its roles",
            'write caller.has_role("support")',
        ),
        (
            "caller.has_roles('a')",
            "`caller.has_roles('a')` calls a function",
            "write the condition itself; only caller.has_role(…) is called",
        ),
        ("order.paid and 1", "`1` is not a condition", "compare it with something"),
        ("order.amount or order.paid", "`order.amount` is not a condition", "compare it with something"),
        ("order.customer", "`order.customer` is not a condition", "compare it with something"),
        ("caller.vip", "`caller.vip` is not known to be a bool", "write `caller.vip is True`"),
        (
            "order.note == caller.team",
            "`order.note == caller.team` matches or differs by both being None",
            "write `order.note is not None and order.note == caller.team`",
        ),
        ("order.paid != 'a'", "`order.paid != 'a'` compares a bool with a string", "compare values of one type"),
    ],
)
def test_refused(source: str, said: str, hint: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        _rule(source)
    assert (caught.value.message.partition(": ")[2], caught.value.hint) == (said, hint)


def test_a_rule_has_at_most_four_hundred_nodes() -> None:
    most = " or ".join(["order.paid"] * 99 + ["True", "False"])
    assert _text(most)
    with pytest.raises(Misconfigured) as caught:
        _rule(f"{most} or False")
    assert caught.value.message.endswith("… is too large for one rule") or "` is too large" in caught.value.message
    assert caught.value.hint == "split it: each permit is a rule of its own"
