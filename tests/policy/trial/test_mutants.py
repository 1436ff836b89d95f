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
        ("a.b * 2 < a.c", {"a.b * 2 <= a.c", "a.c < a.b * 2", "a.b + 2 < a.c", "a.b * 1 < a.c", "a.b * 3 < a.c"}),
        ("a.b - 1 in a.c", {"!(a.b - 1 in a.c)", "a.b + 1 in a.c", "a.b - 0 in a.c", "a.b - 2 in a.c"}),
        ("a.b in 9223372036854775807", {"!(a.b in 9223372036854775807)", "a.b in 9223372036854775806"}),
        ("a.b in -9223372036854775807",
         {"!(a.b in -9223372036854775807)", "a.b in -9223372036854775808", "a.b in -9223372036854775806"}),
        ("a.b in -9223372036854775808", {"!(a.b in -9223372036854775808)", "a.b in -9223372036854775807"}),
        ("a.b == true", {"a.b != true", "a.b == false"}),
        ('a.b like "b"', {'a.b like "*"'}),
        ('a.b like "*"', {'a.b like ""'}),
        ('a.b like "*b*c"', {'a.b like "bc"', 'a.b like "*"'}),
        ("a.b.lessThanOrEqual(a.c)", {"a.b.lessThan(a.c)"}),
        ("a.b.greaterThan(a.c)", {"a.b.greaterThanOrEqual(a.c)"}),
        ("a.b.greaterThanOrEqual(a.c)", {"a.b.greaterThan(a.c)"}),
        ("a.b.isIpv6()", {"a.b.isIpv4()"}),
        ("a.b.isLoopback()", {"a.b.isMulticast()"}),
        ("a.b.isMulticast()", {"a.b.isLoopback()"}),
        ("a.b.toDate()", set()),
        ("a.b.isEmpty()", set()),
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
when { resource.open }
unless { principal.age < 18 };
"""


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        (SCOPES, [
            ("permit dropped", 2), ("permit → forbid", 2),
            ("principal: any", 2), ('principal: == User::"ann" → in User::"ann"', 2),
            ("action: any", 2), ('action: Action::"read" dropped', 2), ('action: Action::"write" dropped', 2),
            ("resource: any", 2), ('resource: in Team::"a" dropped', 2),
            ("when dropped", 3), ("when → unless", 3), ("unless dropped", 4), ("unless → when", 4),
            ("principal.age < 18 → principal.age <= 18", 4), ("principal.age < 18 → 18 < principal.age", 4),
            ("18 → 17", 4), ("18 → 19", 4),
        ]),
        ('forbid (principal in T::"a", action == Action::"read", resource is Doc);', [
            ("forbid dropped", 1), ("forbid → permit", 1),
            ("principal: any", 1), ('principal: in T::"a" → == T::"a"', 1),
            ("action: any", 1), ('action: == Action::"read" → in Action::"read"', 1),
            ("resource: any", 1),
        ]),
        ("permit (principal, action, resource);", [("permit dropped", 1), ("permit → forbid", 1)]),
    ],
)  # fmt: skip
def test_the_mistakes_of_a_policy(text: str, changes: list[tuple[str, int]]) -> None:
    (policy,) = parse_policies(text, file="some.cedar")
    assert [(mutant.change, mutant.span.line) for mutant in mutants(policy)] == changes


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("permit → forbid", SCOPES.replace("permit", "forbid")),
        ("principal: any", SCOPES.replace('principal == User::"ann"', "principal")),
        ('principal: == User::"ann" → in User::"ann"', SCOPES.replace("principal ==", "principal in")),
        ("action: any", SCOPES.replace('action in [Action::"read", Action::"write"]', "action")),
        ('action: Action::"read" dropped', SCOPES.replace('Action::"read", ', "")),
        ('action: Action::"write" dropped', SCOPES.replace(', Action::"write"', "")),
        ('resource: in Team::"a" dropped', SCOPES.replace(' in Team::"a"', "")),
        ("when dropped", SCOPES.replace("when { resource.open }", "")),
        ("when → unless", SCOPES.replace("when", "unless")),
        ("unless dropped", SCOPES.replace("unless { principal.age < 18 }", "")),
        ("unless → when", SCOPES.replace("unless", "when")),
        ("18 → 17", SCOPES.replace("18", "17")),
    ],
)
def test_a_mutant_is_the_policy_with_its_one_mistake(change: str, text: str) -> None:
    (policy,) = parse_policies(SCOPES)
    (mutant,) = (mutant for mutant in mutants(policy) if mutant.change == change)
    assert mutant.policy is not None
    assert cedar_text([mutant.policy]) == cedar_text(parse_policies(text))
    other = parse_policies("forbid (principal, action, resource);")[0]
    assert mutant.among((other, policy)) == [other, mutant.policy]


def test_a_policy_that_is_dropped_leaves_the_others() -> None:
    one, two = policies()
    dropped = next(mutants(one))
    assert dropped.policy is None
    assert dropped.among((one, two)) == [two]


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
    assert found.killed + len(found.survivors) == sum(len(list(mutants(policy))) for policy in policies())
    assert found.share == found.killed / (found.killed + len(found.survivors))
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


def test_without_any_policy_nothing_is_missed() -> None:
    rows, entities = table()
    assert score([], rows, entities, is_same=never).share == 1.0


def test_the_mutants_that_progress_lets_through_are_asked() -> None:
    rows, entities = table()
    found = score(policies(), rows, entities, is_same=never, progress=lambda all_: all_[:1])
    assert (found.killed, found.survivors, found.equal) == (1, (), ())
