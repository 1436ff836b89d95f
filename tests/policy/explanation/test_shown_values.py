"""Each operator shows the values that it was asked with, turned where the condition is negated."""

from __future__ import annotations

import pytest
from tests.policy.explanation.sample import ENTITIES, REQUEST

from ringwall.policy.explanation.explain import explain
from ringwall.policy.language.parse import parse_policies


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        ("principal.level == 2", "1 == 2"),
        ("principal.level != 1", "1 != 1"),
        ("principal.level < 1", "1 < 1"),
        ("principal.level <= 0", "1 <= 0"),
        ("principal.level > 1", "1 > 1"),
        ("principal.level >= 2", "1 >= 2"),
        ('principal.groups.contains("c")', '["a", "b"] contains "c"'),
        ('principal.groups.containsAll(["c"])', '["a", "b"] contains all of ["c"]'),
        ('principal.groups.containsAny(["c"])', '["a", "b"] contains any of ["c"]'),
        ('resource in T::"sky"', 'D::"plan" in T::"sky"'),
        ('principal in T::"sky"', 'P::"ann" is in T::"sea"'),
        ("resource has note", "(absent)"),
        ("resource has info.m", "(absent)"),
        ('resource.hasTag("blue")', "(absent)"),
        ('resource.getTag("team") == "blue"', '"red" == "blue"'),
        ('resource.getTag("none") == 1', "(absent) == 1"),
        ("resource.none == 1", "(absent) == 1"),
        ("resource.open", "false"),
        ('{ "a": false }["a"]', "false"),
        ("principal is D", 'P::"ann"'),
        ('resource.name like "b*"', '"x"'),
        ("principal.groups.isEmpty()", '["a", "b"]'),
        ("principal.ip.isLoopback()", 'ip("::2/128")'),
        ('principal.ip.isInRange(ip("10.0.0.0/8"))', 'ip("::2/128"), ip("10.0.0.0/8")'),
        ("principal.level + resource.name == 3", "(cannot be read) == 3"),
        ("false", ""),
    ],
)
def test_a_condition_shows_its_values(condition: str, shown: str) -> None:
    policies = parse_policies(f"permit (principal, action, resource) when {{ {condition} }};")
    nearest = explain(policies, REQUEST, ENTITIES).nearest
    assert nearest is not None
    assert nearest.condition is not None
    assert (nearest.condition.text, nearest.condition.held, nearest.condition.values) == (condition, False, shown)
