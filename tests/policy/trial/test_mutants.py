"""Mistakes in policies: each is another policy, all kinds are made, and a good table notices them."""

from __future__ import annotations

import re

import pytest
from tests.policy.trial.sample import TABLE, policies, table

from ringwall.policy.language.cedar_text import cedar_text
from ringwall.policy.language.expression_text import expression_text
from ringwall.policy.language.parse import parse_expression, parse_policies
from ringwall.policy.trial.mistakes import mistakes
from ringwall.policy.trial.mutants import mutants
from ringwall.policy.trial.mutation import score


@pytest.mark.parametrize(
    ("condition", "wrong"),
    [
        ("a.b && a.c", {"a.b || a.c", "a.b", "a.c"}),
        ("a.b || a.c", {"a.b && a.c", "a.b", "a.c"}),
        ("!a.b", {"a.b"}),
        ("a.b == a.c", {"a.b != a.c"}),
        ("a.b != a.c", {"a.b == a.c", "!(a.b != a.c)"}),
        ("a.b < 3", {"a.b <= 3", "3 < a.b", "a.b < 2", "a.b < 4"}),
        ("a.b <= a.c", {"a.b < a.c", "a.c <= a.b"}),
        ('a.b == "x"', {'a.b != "x"', 'a.b == "xx"'}),
        ("a has b", {"!(a has b)"}),
        ("a is User", {"!(a is User)"}),
        ("a in a.c", {"!(a in a.c)"}),
        ('a.b like "x*"', {'a.b like "x"', 'a.b like "*"'}),
        ("a.b.containsAll(a.c)", {"a.b.containsAny(a.c)", "a.c.containsAll(a.b)"}),
        ("a.b.containsAny(a.c)", {"a.b.containsAll(a.c)"}),
        ("if a.b then a.c else a.d", {"if a.b then a.d else a.c"}),
        ("a.b.contains(a.c + 1)", {"a.b.contains(a.c - 1)", "a.b.contains(a.c + 0)", "a.b.contains(a.c + 2)"}),
        ("[a.b, a.c].contains(a.d)", {"[a.c].contains(a.d)", "[a.b].contains(a.d)"}),
        ("a.b || true", {"a.b && true", "a.b", "true", "a.b || false"}),
        ('a.b < duration("9h")',
         {'a.b <= duration("9h")', 'duration("9h") < a.b',
          'a.b < duration("32399999ms")', 'a.b < duration("32400001ms")'}),
        ('a.b.lessThan(decimal("0.5"))',
         {'a.b.lessThanOrEqual(decimal("0.5"))', 'a.b.lessThan(decimal("0.4999"))',
          'a.b.lessThan(decimal("0.5001"))'}),
        ('a.b.isInRange(ip("10.0.0.0/32"))', {'a.b.isInRange(ip("10.0.0.0/31"))'}),
        ("a.b.isIpv4()", {"a.b.isIpv6()"}),
        ('a.b == {c: "x"}', {'a.b != {c: "x"}', 'a.b == {c: "xx"}'}),
    ],
)  # fmt: skip
def test_the_mistakes_of_a_condition(condition: str, wrong: set[str]) -> None:
    found = {expression_text(body) for _, _, body in mistakes(parse_expression(_spelled(condition)))}
    assert found == {expression_text(parse_expression(_spelled(text))) for text in wrong}


def _spelled(text: str) -> str:
    """``a`` is the principal."""
    return re.sub(r"\ba\b", "principal", text)


SCOPES = """
permit (principal == User::"ann", action in [Action::"read", Action::"write"], resource is Doc in Team::"a")
when { resource.open } unless { principal.age < 18 };
"""


def test_the_mistakes_of_a_policy() -> None:
    (policy,) = parse_policies(SCOPES)
    changes = [mutant.change for mutant in mutants(policy)]
    for change in (
        "permit dropped", "permit → forbid", "principal: any", 'principal: == User::"ann" → in User::"ann"',
        "action: any", 'action: Action::"read" dropped', "resource: any", 'resource: in Team::"a" dropped',
        "when dropped", "when → unless", "unless dropped", "unless → when",
        "principal.age < 18 → principal.age <= 18", "18 → 17",
    ):  # fmt: skip
        assert change in changes, changes


def test_every_mutant_is_another_policy_that_parses() -> None:
    (policy,) = parse_policies(SCOPES)
    texts = [cedar_text([mutant.policy]) for mutant in mutants(policy) if mutant.policy is not None]
    for text in texts:
        parse_policies(text)
    assert cedar_text([policy]) not in texts


def never(_: object) -> bool:
    return False


def test_survivors_are_named_with_their_line() -> None:
    rows, entities = table()
    found = score(policies(), rows, entities, is_same=never)
    assert found.killed > 10
    survivors = {(mutant.change, mutant.span.line) for mutant in found.survivors}
    assert ("principal.age < 18 → principal.age <= 18", 5) in survivors
    assert ("18 → 19", 5) in survivors
    assert 0.5 < found.share < 1


def test_a_better_table_kills_more() -> None:
    rows, entities = table()
    edge = TABLE.replace(
        "kim       | read   | toys ", "eva | read | evas | | allow | owner\nkim       | read   | toys "
    ).replace("[contexts]", "'Doc::\"evas\"' = '{ owner: User::\"eva\", open: false }'\n[contexts]")
    more, richer = table(edge)
    before = {mutant.change for mutant in score(policies(), rows, entities, is_same=never).survivors}
    after = {mutant.change for mutant in score(policies(), more, richer, is_same=never).survivors}
    assert before - after >= {"principal.age < 18 → principal.age <= 18", "18 → 19"}


def test_what_is_proven_the_same_is_no_survivor() -> None:
    rows, entities = table()
    found = score(policies(), rows, entities, is_same=lambda _: True)
    assert (found.survivors, found.share) == ((), 1.0)
    assert found.equal
