"""Which single changes are tried: of every fact that a condition reads, to what stands beside it or next to that."""

from __future__ import annotations

import pytest
from tests.policy.explanation.sample import WORLD

from ringwall.policy.explanation.candidates import candidates
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.values.long import LARGEST, SMALLEST


def _offered(condition: str, scope: str = "principal, action, resource") -> dict[str, str]:
    """What each fact is and could become: ``{"P::"ann".level": "1 → 3, 4"}``."""
    (policy,) = parse_policies(f"permit ({scope}) when {{ {condition} }};")
    found: dict[str, list[str]] = {}
    for change in candidates(policy, WORLD):
        before, after = str(change).removeprefix(f"{change.fact}: ").split(" → ")
        found.setdefault(str(change.fact), [f"{before} → {after}"]).append(after)
    return {fact: ", ".join([first, *others[1:]]) for fact, (first, *others) in found.items()}


@pytest.mark.parametrize(
    ("condition", "offered"),
    [
        ("principal.level == 3", {'P::"ann".level': "1 → 3, 4, 2, 0, (absent)"}),
        ("principal.level < 3 || !(principal.level < 3)", {'P::"ann".level': "1 → 3, 4, 2, 0, (absent)"}),
        ("principal.level + 1 == 3", {'P::"ann".level': "1 → 2, 3, 0, 4, (absent)"}),
        ("9223372036854775807 + 1 == principal.level",
         {'P::"ann".level': "1 → 9223372036854775807, 9223372036854775806, 2, 0, (absent)"}),
        ("resource.open", {'D::"plan".open': "false → true, (absent)"}),
        ("resource.open == false", {'D::"plan".open': "false → true, (absent)"}),
        ("context.vip", {"context.vip": "false → true, (absent)"}),
        ("if resource.open then context.vip else false",
         {'D::"plan".open': "false → true, (absent)", "context.vip": "false → true, (absent)"}),
        ("principal.none", {'P::"ann".none': "(absent) → true, false"}),
        ("principal.none == 1", {'P::"ann".none': "(absent) → 1, 2, 0, [1]"}),
        ('principal.none == ["b"]', {'P::"ann".none': '(absent) → ["b"], [], "b", "b~"'}),
        ('resource.name == "y"', {'D::"plan".name': '"x" → "y", "y~", "x~", (absent)'}),
        ('resource.name like "a*c"', {'D::"plan".name': '"x" → "ac", "ac~", "", "~", "x~", (absent)'}),
        ('resource.owner == P::"sue"',
         {'D::"plan".owner': 'P::"ann" → P::"sue", P::"sue~", P::"ann~", (absent)'}),
        ('principal.groups.contains("c")',
         {'P::"ann".groups': '["a", "b"] → "c", "c~", ["a", "b", "c"], [], (absent)'}),
        ('principal.groups.containsAll(["b", "c"])',
         {'P::"ann".groups':
          '["a", "b"] → ["b", "c"], [], ["a", "b", "c"], ["a"], "b", "c", "b~", "c~", (absent)'}),
        ("principal.ip.isLoopback()",
         {'P::"ann".ip': 'ip("::2/128") → ip("127.0.0.1/32"), ip("::1/128"), ip("224.0.0.1/32"), '
                         'ip("192.0.2.1/32"), (absent)'}),
    ],
)  # fmt: skip
def test_a_value_could_be_what_it_is_compared_with_or_next_to_that(condition: str, offered: dict[str, str]) -> None:
    assert _offered(condition) == offered


@pytest.mark.parametrize(
    ("condition", "fact", "offered"),
    [
        ("principal.big > 0", 'P::"ann".big', f"{LARGEST} → 0, 1, -1, {LARGEST - 1}, (absent)"),
        ("principal.small < 0", 'P::"ann".small', f"{SMALLEST} → 0, 1, -1, {SMALLEST + 1}, (absent)"),
        (f"principal.big == {LARGEST - 1}", 'P::"ann".big', f"{LARGEST} → {LARGEST - 1}, {LARGEST - 2}, (absent)"),
        (f"principal.small == {SMALLEST + 1}", 'P::"ann".small',
         f"{SMALLEST} → {SMALLEST + 1}, {SMALLEST + 2}, (absent)"),
        (f"principal.level == {LARGEST - 1}", 'P::"ann".level',
         f"1 → {LARGEST - 1}, {LARGEST}, {LARGEST - 2}, 2, 0, (absent)"),
        (f"principal.level == {SMALLEST + 1}", 'P::"ann".level',
         f"1 → {SMALLEST + 1}, {SMALLEST + 2}, {SMALLEST}, 2, 0, (absent)"),
        ('principal.last == duration("1ms")', 'P::"ann".last',
         'duration("106751991167d7h12m55s807ms") → duration("1ms"), duration("2ms"), duration("0ms"), "1ms", "1ms~", '
         'duration("106751991167d7h12m55s806ms"), (absent)'),
        ('principal.most.lessThan(decimal("1.0"))', 'P::"ann".most',
         'decimal("922337203685477.5807") → decimal("1.0"), decimal("1.0001"), decimal("0.9999"), "1.0", "1.0~", '
         'decimal("922337203685477.5806"), (absent)'),
        ('resource.least.lessThan(decimal("1.0"))', 'D::"plan".least',
         'decimal("-922337203685477.5808") → decimal("1.0"), decimal("1.0001"), decimal("0.9999"), "1.0", "1.0~", '
         'decimal("-922337203685477.5807"), (absent)'),
    ],
)  # fmt: skip
def test_nothing_is_next_to_the_edge_of_what_cedar_can_hold(condition: str, fact: str, offered: str) -> None:
    assert _offered(condition) == {fact: offered}


@pytest.mark.parametrize(
    ("condition", "offered"),
    [
        ("resource has note", {'D::"plan".note': '(absent) → true, "", 0'}),
        ("resource has name", {'D::"plan".name': '"x" → (absent)'}),
        ('resource.hasTag("blue")', {'D::"plan" tag blue': '(absent) → true, "", 0'}),
        ('resource.hasTag("team")', {'D::"plan" tag team': '"red" → (absent)'}),
        ('resource.getTag("team") == "y"', {'D::"plan" tag team': '"red" → "y", "y~", "red~", (absent)'}),
        ("context has x", {"context.x": '(absent) → true, "", 0'}),
        ("context.at has home", {"context.at.home": "true → (absent)", "context.at": "{ home: true } → (absent)"}),
        ("context.at.home", {"context.at.home": "true → false, (absent)", "context.at": "{ home: true } → (absent)"}),
        ("resource.info.n == 1",
         {'D::"plan".info.n': "1 → 2, 0, (absent)", 'D::"plan".info': "{ n: 1 } → 1, 2, 0, (absent)"}),
        ("resource.owner.level == 1",
         {'P::"ann".level': "1 → 2, 0, (absent)",
          'D::"plan".owner': 'P::"ann" → 1, 2, 0, P::"ann~", (absent)'}),
    ],
)  # fmt: skip
def test_a_fact_is_found_in_the_entity_the_record_or_the_tags_that_hold_it(
    condition: str, offered: dict[str, str]
) -> None:
    assert _offered(condition) == offered


@pytest.mark.parametrize(
    ("condition", "offered"),
    [
        ('principal in T::"sky"', {'P::"ann" in T::"sky"': "false → true", 'P::"ann" in T::"sea"': "true → false"}),
        ('principal in [T::"sky", P::"ann", D::"hut"]',
         {'P::"ann" in D::"hut"': "false → true", 'P::"ann" in T::"sky"': "false → true",
          'P::"ann" in T::"sea"': "true → false"}),
        ('principal in T::"sea"', {'P::"ann" in T::"sea"': "true → false"}),  # it is in it already
        ('principal in P::"ann"', {'P::"ann" in T::"sea"': "true → false"}),  # nothing can be in itself
        ("principal in 1", {'P::"ann" in T::"sea"': "true → false"}),
    ],
)  # fmt: skip
def test_an_entity_could_be_put_into_a_place_or_taken_out(condition: str, offered: dict[str, str]) -> None:
    assert _offered(condition) == offered


@pytest.mark.parametrize(
    "condition",
    ["true", '1 in T::"x"', "{a: 1}.a == 2", '1.hasTag("x")', "resource.hasTag(1)", "resource.getTag(1) == 1"],
)
def test_where_no_fact_is_read_nothing_could_change(condition: str) -> None:
    assert _offered(condition) == {}


def test_a_policy_that_does_not_speak_of_the_action_offers_nothing() -> None:
    assert _offered("context.vip", 'principal, action == Action::"write", resource') == {}
    assert _offered("context.vip", 'principal, action in [Action::"read"], resource') != {}


def test_the_scope_is_offered_before_the_condition() -> None:
    offered = _offered("context.vip", 'principal in T::"sky", action, resource in D::"hut"')
    assert list(offered) == ['P::"ann" in T::"sky"', 'P::"ann" in T::"sea"', 'D::"plan" in D::"hut"', "context.vip"]
