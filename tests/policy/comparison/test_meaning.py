"""What the solver is told of a condition is what Cedar means by it: errors, scopes, actions, and each function."""

from __future__ import annotations

import pytest
from tests.policy.comparison.random_policies import SCHEMA

from ringwall.policy.comparison.difference import difference
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.schema.parse import parse_schema

KNOWN = parse_schema(SCHEMA)


def same(before: str, after: str) -> bool:
    return difference(parse_policies(before), parse_policies(after), KNOWN).same


def permit(condition: str, kind: str = "when") -> str:
    return f"permit (principal, action, resource) {kind} {{ {condition} }};"


@pytest.mark.parametrize(
    "condition",
    [
        *("[principal.level]", "{a: 1}", "resource.meta", "resource.labels", "principal", "1", "principal.name"),
        *('1 < "a"', "principal.level < principal.name", "principal.name < principal.name", "true < false"),
        *("context.time < 1", "[1] < [2]", "principal.level <= principal", 'resource.price < decimal("1.0")'),
        *("principal.level is User", "[principal] is User", "resource.meta is User", "principal.home is User"),
        *("principal.level.containsAny([1])", "[1].containsAny(principal.level)", "[1].containsAll(resource.meta)"),
        *("principal.level.contains(1)", "resource.meta.contains(1)", "principal.contains(principal)"),
        *("principal.level.isEmpty()", "resource.meta.isEmpty()", "principal.name.isEmpty()"),
        *("principal in 1", "principal in [1]", "principal in [principal, 1]", "principal in resource.meta"),
        *("1 in principal", "resource.meta in principal", "[principal] in principal", "principal in principal.name"),
        *("principal.level has x", "[1] has x", "principal.level.x == 1", "[1].x == 1", "resource.nothing == 1"),
        *("principal.hasTag(1)", 'principal.level.hasTag("x")', '[1].hasTag("x")', "principal.getTag(1) == 1"),
        *('resource.getTag("x") == "x"', 'principal.level.getTag("x") == 1', '{a: 1}.getTag("a") == 1'),
        *('principal.level like "*"', 'resource.meta like "*"', '["a"] like "*"'),
        *("principal.name + 1 == 1", "1 - principal.name == 1", "-principal.name == 1", "[1] * 2 == 2"),
        *("principal.level.isIpv4()", "principal.home.isInRange(1)", "ip(1).isIpv4()", 'ip("x").isIpv4()'),
        *("[principal.home].isIpv4()", "principal.name.toDays() == 1", "context.time.toDays() == 1"),
        *("(if 1 then true else true)", "!1", "1 || true", "true && 1", "false || principal.name"),
        *("[1, -principal.name].contains(1)", "{a: -principal.name}.a == 1", "{a: 1, b: -principal.name}.a == 1"),
        *("(-9223372036854775808) - 1 < 0", "9223372036854775807 + 1 > 0", "4611686018427387904 * 2 > 0"),
        *('decimal("1.23456") == principal.level', 'datetime("2026") == 1', 'duration("1") == 1'),
    ],
)
def test_an_error_is_neither_true_nor_false(condition: str) -> None:
    """``when`` and ``unless`` alike: neither permits anybody."""
    assert same(f"{permit(condition)} {permit(condition, 'unless')}", permit("false"))


@pytest.mark.parametrize(
    "condition",
    [
        *("principal.level == principal.name", "principal.name == principal", "principal.level == true"),
        *("principal == resource", "resource.labels == resource.readers && !resource.labels.isEmpty()"),
        *("resource.labels == 1", "resource.meta == 1", "resource.meta == {}", "{a: 1} == {a: 1, b: 1}"),
        *("{a: 1} == {b: 1}", "[1] == [true]", "[1, 2] == [1]", "[1].contains(true)", "[[1]].contains(1)"),
        *("resource.labels.contains(1)", 'resource.labels.containsAll(["x", 1])', "resource.labels.containsAny([1])"),
        *("resource.labels.containsAny(resource.readers)", "[1] == resource.labels", "[{a: 1}].contains({a: 2})"),
        *("principal in resource", 'principal in Doc::"1"', 'Team::"a" in principal', "principal in []"),
        *('action in Team::"a"', 'Action::"all" in Action::"read"', 'action == Action::"other"'),
        *("principal in action", 'action in [Action::"other"]', "resource has nothing", "{a: 1} has b"),
        *(
            'resource.hasTag("x")',
            "action has x",
            'action.hasTag("x")',
            "principal is Team",
            "action is User",
            "resource.owner is Doc",
        ),
        *('principal.name like "a" && principal.name != "a"', "[principal.level].isEmpty()"),
        *('principal.home.isIpv4() && principal.home.isInRange(ip("::/0"))',),
        *("principal.home.isLoopback() && principal.home.isMulticast()",),
        *('principal.home.isInRange(ip("10.0.0.0/9")) && !principal.home.isInRange(ip("10.0.0.0/8"))',),
        *("context.time.toTime() != context.time.durationSince(context.time.toDate())",),
    ],
)
def test_what_can_never_be_true_is_no_error(condition: str) -> None:
    """``toDate`` alone may overflow, at the very beginning of time: there, nothing is said of it."""
    assert same(permit(condition), permit("false"))
    if "toDate" not in condition:
        assert same(permit(condition, "unless"), permit("true"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('action in [Action::"all"]', "true"),
        ('Action::"read" in Action::"all"', "true"),
        ('Action::"read" in [Action::"write", Action::"all"]', "true"),
        ('action in [Action::"write", Action::"read"]', "true"),
        (
            'action in (if resource.open then Action::"all" else Action::"read")',
            'resource.open || action == Action::"read"',
        ),
        (
            'action in [if resource.open then Action::"all" else Action::"read"]',
            'resource.open || action == Action::"read"',
        ),
        ("principal in principal", "true"),
        ("principal in [principal, resource]", "true"),
        (
            "principal in resource.readers || principal in resource.teams",
            "principal in resource.teams || resource.readers.contains(principal)",
        ),
        (
            '[Team::"a", Team::"b"].containsAll(resource.teams) && resource.teams.contains(Team::"a")',
            'resource.teams == [Team::"a"] || resource.teams == [Team::"b", Team::"a"]',
        ),
        ('resource.labels.containsAny(["x", "y"])', 'resource.labels.contains("y") || resource.labels.contains("x")'),
        ("resource.labels.containsAll(resource.labels)", "true"),
        ("resource.labels.containsAny(resource.labels)", "!resource.labels.isEmpty()"),
        ("[principal.name].containsAny(resource.labels)", "resource.labels.contains(principal.name)"),
        ('[principal.name] == [principal.name, "x"]', 'principal.name == "x"'),
        ("{a: principal.level, b: 1} == {b: 1, a: 2}", "principal.level == 2"),
        ("{a: principal.level}.a == 2", "principal.level == 2"),
        ("{a: principal.level} has a", "true"),
        ("[].isEmpty()", "true"),
        ("(if principal.level == 1 then principal.level else 2) == 1", "principal.level == 1"),
        ('principal.name like "a"', 'principal.name == "a"'),
        ('principal.name like "*"', "true"),
        ('principal.name like "*a*" && principal.name like "b"', "false"),
        ('context.time.toTime() < duration("1ms")', 'context.time.toTime() == duration("0ms")'),
        (
            "context has wait && context.wait.toSeconds() == 1",
            'context has wait && context.wait >= duration("1s") && context.wait < duration("2s")',
        ),
        (
            "context has wait && context.wait.toSeconds() == -1",
            'context has wait && context.wait <= duration("-1s") && context.wait > duration("-2s")',
        ),
        (
            "context has wait && context.wait.toMinutes() == 1",
            'context has wait && context.wait >= duration("1m") && context.wait < duration("2m")',
        ),
        (
            "context has wait && context.wait.toHours() == 1",
            'context has wait && context.wait >= duration("1h") && context.wait < duration("2h")',
        ),
        (
            "context has wait && context.wait.toDays() == 1",
            'context has wait && context.wait >= duration("1d") && context.wait < duration("2d")',
        ),
        (
            'context.time.durationSince(datetime("1970-01-01")) == duration("1ms")',
            'context.time == datetime("1970-01-01T00:00:00.001Z")',
        ),
        (
            'resource has price && resource.price.greaterThan(decimal("1.0"))',
            'resource has price && !resource.price.lessThanOrEqual(decimal("1.0"))',
        ),
        (
            'resource has price && resource.price.greaterThanOrEqual(decimal("1.0"))',
            'resource has price && !resource.price.lessThan(decimal("1.0"))',
        ),
        ("principal.home.isIpv4()", "!principal.home.isIpv6()"),
        (
            "principal.home.isMulticast()",
            'principal.home.isInRange(ip("224.0.0.0/4")) || principal.home.isInRange(ip("ff00::/8"))',
        ),
        (
            "principal.home.isLoopback()",
            'principal.home.isInRange(ip("127.0.0.0/8")) || principal.home.isInRange(ip("::1"))',
        ),
    ],
)
def test_two_ways_to_say_one_thing(one: str, other: str) -> None:
    assert same(permit(one), permit(other))
    assert same(permit(one, "unless"), permit(other, "unless"))


@pytest.mark.parametrize(
    ("scope", "condition"),
    [
        ('principal == User::"a", action, resource', 'principal == User::"a"'),
        ('principal in Team::"a", action, resource', 'principal in Team::"a"'),
        ("principal is User, action, resource", "true"),
        ("principal is Team, action, resource", "false"),
        ('principal is User in Team::"a", action, resource', 'principal in Team::"a"'),
        ('principal, action == Action::"read", resource', 'action == Action::"read"'),
        ('principal, action in Action::"all", resource', "true"),
        ('principal, action in [Action::"read", Action::"other"], resource', 'action == Action::"read"'),
        ('principal, action, resource == Doc::"1"', 'resource == Doc::"1"'),
        ('principal, action, resource is Doc in Team::"a"', 'resource in Team::"a"'),
        ('principal, action, resource in Doc::"1"', 'resource == Doc::"1"'),
    ],
)
def test_a_scope_is_the_condition_that_it_stands_for(scope: str, condition: str) -> None:
    assert same(f"permit ({scope});", permit(condition))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("-principal.level == 3", "principal.level == -3"),
        ("principal.level - 1 == 2", "principal.level == 3"),
        ("principal.level * 3 == 6", "principal.level == 2"),
        ("2 * context.n > 3", "context.n >= 2 && context.n < 4611686018427387904"),
        (
            'context.time.toDate() == datetime("2026-11-24")',
            'context.time >= datetime("2026-11-24") && context.time < datetime("2026-11-25")',
        ),
    ],
)
def test_where_a_sum_overflows_neither_holds(one: str, other: str) -> None:
    assert same(permit(one), permit(other))
    assert not same(permit(one, "unless"), permit(other, "unless"))
