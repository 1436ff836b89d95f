"""Two sets compared: what is found replays, in Cedar's own engine too; what is not found does not exist."""

from __future__ import annotations

import json
from random import Random

import cedarpy
import pytest
from tests.policy.comparison.random_policies import SCHEMA, random_policies, random_question

from ringwall.policy.comparison.difference import Difference, difference
from ringwall.policy.comparison.search import Counterexample
from ringwall.policy.entities.entities_json import entities_to_json
from ringwall.policy.entities.value_json import value_to_json
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.engine import CedarEngine
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.policy_set import Link, PolicySet
from ringwall.policy.schema.parse import parse_schema

KNOWN = parse_schema(SCHEMA)


def compare(before: str, after: str, **options: float) -> Difference:
    return difference(parse_policies(before), parse_policies(after), KNOWN, seconds=options.get("seconds", 20.0))


def permit(condition: str) -> str:
    return f"permit (principal, action, resource) when {{ {condition} }};"


def forbid(condition: str) -> str:
    return f"forbid (principal, action, resource) when {{ {condition} }};"


ALL = "permit (principal, action, resource);"

WIDENED = [
    ("principal.level < 3", "principal.level <= 3"),
    ("principal.level == 3", "principal.level == 3 || principal.level == 4"),
    ("principal.level + 1 > principal.level", "true"),  # an overflow is an error, and an error permits nothing
    ("context.n * 2 != 7 && context.n < 5", "context.n < 5"),
    ("-principal.level <= 0", "principal.level >= 0 || principal.level < -9223372036854775807"),
    ("principal has boss && principal.boss == resource.owner", "principal has boss"),
    ('principal.name like "a*b"', 'principal.name like "a*"'),
    ('principal.name like "a*b*c"', 'principal.name like "a*c"'),
    ('principal.name == "\\u{e9}\\\\"', 'principal.name == "\\u{e9}\\\\" || principal.name == "a\\nb"'),
    ('resource.labels.contains("x")', "!resource.labels.isEmpty()"),
    ('resource.labels.containsAll(["x", "xy"])', 'resource.labels.containsAny(["x", "xy"])'),
    ('resource.labels == ["x"]', 'resource.labels.contains("x")'),
    ('["x", "xy"].containsAll(resource.labels)', 'resource.labels != ["x"]'),
    ("resource.readers.contains(principal)", "principal in resource.readers || principal == resource.owner"),
    ('principal in Team::"a" && Team::"a" in Team::"b"', 'principal in Team::"b"'),
    ('resource.teams.contains(Team::"a") && principal in Team::"a"', "principal in resource.teams"),
    ('principal.hasTag("x") && principal.getTag("x") == "1"', 'principal.hasTag("x")'),
    ("principal.hasTag(principal.name) && principal.getTag(principal.name) == principal.name",
     "principal.hasTag(principal.name)"),
    ('resource.meta == {kind: "x"}', 'resource.meta.kind == "x"'),
    ("resource has meta.size && resource.meta.size > 1", "resource has meta.size"),
    ('context.time.toTime() < duration("9h")', 'context.time.toTime() <= duration("9h")'),
    ('context.time.toDate() == datetime("2026-11-24")', 'context.time >= datetime("2026-11-24")'),
    ('context.time < datetime("1969-12-31").offset(duration("1d"))', 'context.time < datetime("1970-01-02")'),
    ("context has wait && context.wait.toHours() == 0", "context has wait && context.wait.toMinutes() < 61"),
    ('context has wait && context.time.offset(context.wait).durationSince(context.time) == context.wait',
     "context has wait"),
    ('resource has price && resource.price.lessThan(decimal("1.5"))',
     'resource has price && resource.price.lessThanOrEqual(decimal("1.5"))'),
    ('principal.home.isInRange(ip("10.8.0.0/16"))', 'principal.home.isInRange(ip("10.8.0.0/15"))'),
    ('principal.home == ip("10.8.0.1/24")', 'principal.home.isInRange(ip("10.8.0.0/24"))'),
    ("principal.home.isLoopback()", 'principal.home.isInRange(ip("127.0.0.0/8")) || principal.home.isIpv6()'),
    ("if resource.open then principal.level > 1 else false", "if resource.open then principal.level > 0 else false"),
    ('(if resource.open then "x" else principal.name) == "x"', 'resource.open || principal.name like "x*"'),
    ('action == Action::"read" && resource.open', 'action in Action::"all" && resource.open'),
    ('action == Action::"read"', 'action in (if resource.open then Action::"all" else Action::"read")'),
    ("principal is User && resource.open", "resource is Doc"),
]  # fmt: skip


@pytest.mark.parametrize(("narrow", "wide"), WIDENED)
def test_a_widened_condition_is_found_and_nothing_is_lost(narrow: str, wide: str) -> None:
    before, after = permit(narrow), f"{permit(narrow)}\n{permit(wide)}"
    found = compare(before, after)
    check(found, before, after)
    assert found.newly_allowed.found
    assert not found.newly_denied.found
    assert not found.newly_denied.undecided
    assert not found.limits


@pytest.mark.parametrize(("narrow", "wide"), WIDENED)
def test_a_forbid_that_went_is_found(narrow: str, wide: str) -> None:
    before, after = f"{ALL}\n{forbid(wide)}", f"{ALL}\n{forbid(f'({wide}) && ({narrow})')}"
    found = compare(before, after)
    check(found, before, after)
    assert not found.newly_denied.found
    assert not found.newly_denied.undecided


SAME = [
    ("principal.level < 3", "principal.level <= 2"),
    ("!(principal.level < 3)", "principal.level >= 3"),
    ("principal.level + 1 == 3", "principal.level == 2"),
    ("principal.level * 2 > principal.level * 3 - principal.level",
     "principal.level > 9223372036854775806 && context.n < context.n"),
    ("context.n - 1 < 5 || context.n == -9223372036854775808", "context.n < 6 && context.n - 1 < 5"),
    ("principal has boss && principal.boss == principal.boss", "principal has boss"),
    ('principal.name like "a*" && principal.name like "*b" && principal.name != "ab" && principal.name like "ab"',
     "false"),
    ('resource.labels.containsAll(["x", "xy"])', 'resource.labels.contains("xy") && resource.labels.contains("x")'),
    ('resource.labels.containsAny(["x"])', 'resource.labels.contains("x")'),
    ('resource.labels.isEmpty()', '["x"].containsAll(resource.labels) && !resource.labels.contains("x")'),
    ('principal in Team::"a" && Team::"a" in Team::"b"',
     'principal in Team::"a" && Team::"a" in Team::"b" && principal in Team::"b"'),
    ('Team::"a" in Team::"b" && Team::"b" in Team::"a"', "false"),
    ('Team::"a" in Team::"b" && Team::"b" in Team::"c" && Team::"c" in Team::"a"', "false"),
    ('principal in [Team::"a", Team::"b"]', 'principal in Team::"b" || principal in Team::"a"'),
    ("principal in resource.readers", "resource.readers.contains(principal)"),
    ('context.time.toTime() >= duration("24h")', "false"),
    ('context.time.toTime() < duration("0h")', "false"),
    ("context has wait && context.wait.toMilliseconds() == 1500",
     'context has wait && context.wait == duration("1s500ms")'),
    ("context has wait && context.wait.toDays() == 0",
     'context has wait && context.wait > duration("-1d") && context.wait < duration("1d")'),
    ('principal.home.isInRange(ip("10.8.0.0/16"))', 'principal.home.isInRange(ip("10.8.255.255/16"))'),
    ('principal.home == ip("10.8.0.1")', 'principal.home.isInRange(ip("10.8.0.1"))'),
    ("principal.home.isIpv4() && principal.home.isIpv6()", "false"),
    ('action == Action::"all"', "false"),
    ('action in Action::"all"', "true"),
    ('action == Action::"read" || action == Action::"write"', "true"),
    ("principal is Doc", "false"),
    ("resource has owner", "true"),
    ("resource.owner.level == 1", "!(resource.owner.level != 1)"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_to_say_one_thing_are_proven_to_be_the_same(one: str, other: str) -> None:
    found = compare(permit(one), permit(other))
    assert found.same, [example.request for example in found.newly_allowed.found + found.newly_denied.found]
    assert compare(f"{ALL}{forbid(one)}", f"{ALL}{forbid(other)}").same


def test_order_names_annotations_and_repetition_change_nothing() -> None:
    one, other = permit("resource.open"), forbid("principal.level < 3")
    assert compare(f"{one}\n{other}", f'@id("x") {other}\n@y {one}\n{one}').same


def test_an_erring_forbid_forbids_nothing_in_cedar_and_the_proof_knows_it() -> None:
    found = compare(f"{ALL}{forbid('principal.level + 1 > 0')}", f"{ALL}{forbid('principal.level >= 0')}")
    assert not found.newly_allowed.found
    (example,) = found.newly_denied.found
    assert example.allowing.errors
    owner = example.entities[example.request.principal]
    assert owner.attributes["level"] == 2**63 - 1


def test_a_forbid_that_stays_hides_what_a_new_permit_would_allow() -> None:
    before = f"{permit('resource.open')}{forbid('principal.level < 3')}"
    assert compare(before, f"{before}{permit('principal.level < 3')}").same


def test_a_permit_that_stays_hides_that_another_went() -> None:
    stays = permit("principal.level > 1")
    assert compare(f"{stays}{permit('principal.level > 5')}", stays).same


def test_policies_that_templates_become_are_compared() -> None:
    template = parse_policies("permit (principal == ?principal, action, resource);")
    ann, sue = (
        PolicySet.of(template, [Link("policy0", "link", {"principal": EntityUid("User", id_)})])
        for id_ in ("ann", "sue")
    )
    found = difference(ann.policies, sue.policies, KNOWN)
    assert [example.request.principal.id for example in found.newly_allowed.found] == ["sue"]
    assert [example.request.principal.id for example in found.newly_denied.found] == ["ann"]


def test_enumerated_entities_are_all_there_are() -> None:
    schema = parse_schema(
        'entity User; entity Level enum ["low", "high"]; entity Doc { level: Level };'
        "action read appliesTo { principal: User, resource: Doc };"
    )
    both = parse_policies(permit('resource.level == Level::"low" || resource.level == Level::"high"'))
    assert difference(both, parse_policies(ALL), schema).same


def test_contexts_of_two_types_keep_apart() -> None:
    schema = parse_schema(
        "entity User; entity Doc; action a appliesTo { principal: User, resource: Doc, context: { n: Long } };"
        "action b appliesTo { principal: User, resource: Doc, context: { n: String } };"
    )
    found = difference(parse_policies(permit("context.n == 1")), parse_policies(permit('context.n == "1"')), schema)
    assert [example.request.action.id for example in found.newly_allowed.found] == ["b"]
    assert [example.request.action.id for example in found.newly_denied.found] == ["a"]


def test_what_no_formula_says_is_said_and_never_guessed() -> None:
    before, after = permit("false"), permit("ip(principal.name).isLoopback()")
    found = compare(before, after)
    assert not found.same
    assert not found.newly_allowed.found
    assert found.newly_allowed.undecided == ("policy0 cannot be told: ip(…) of a text that is not written out",)
    (limit,) = found.limits
    assert limit.span.text == "ip(principal.name).isLoopback()"
    # Where the answer does not hang on it, the proof goes through all the same.
    assert compare(forbid("resource.open"), forbid("ip(principal.name).isLoopback()")).same


def test_the_same_clause_without_a_formula_is_one_clause() -> None:
    odd = "ip(principal.name).isLoopback()"
    apart = [
        f'permit (principal, action == Action::"{name}", resource) when {{ {odd} }};' for name in ("read", "write")
    ]
    assert compare(permit(odd), "".join(apart)).same


def test_when_the_time_is_up_nothing_is_claimed() -> None:
    found = compare(permit("resource.open"), ALL, seconds=0.0)
    assert found.newly_allowed.undecided == ("the time was up",)
    assert not found.same


def test_a_character_that_the_solver_has_not_is_said() -> None:
    found = compare(permit("false"), permit('principal.name == "\U0010ffff"'))
    assert [limit.reason for limit in found.limits] == ["a character beyond U+2FFFF"]


@pytest.mark.parametrize("seed", range(40))
def test_random_sets_against_random_requests(seed: int) -> None:
    random = Random(seed)
    count = random.randint(1, 3)
    before = random_policies(random, count)
    lines = before.split("\n")
    lines[random.randrange(count)] = random_policies(random, 1)
    after = "\n".join(lines)
    found = compare(before, after)
    check(found, before, after)
    one, other = CedarEngine(parse_policies(before)), CedarEngine(parse_policies(after))
    for _ in range(100):
        question = random_question(random)
        was, now = one.respond(*question).allowed, other.respond(*question).allowed
        if was is not now:
            direction = found.newly_allowed if now else found.newly_denied
            assert direction.found or direction.undecided


def check(found: Difference, before: str, after: str) -> None:
    """Every counterexample stands in Cedar's own engine, over entities that its own schema accepts."""
    for example in found.newly_allowed.found:
        assert (cedar(before, example), cedar(after, example)) == (False, True)
    for example in found.newly_denied.found:
        assert (cedar(before, example), cedar(after, example)) == (True, False)


def cedar(policies: str, example: Counterexample) -> bool:
    request = example.request
    asked = {
        "principal": str(request.principal),
        "action": str(request.action),
        "resource": str(request.resource),
        "context": value_to_json(request.context),
    }
    entities = [one for one in entities_to_json(example.entities) if one["uid"]["type"] != "Action"]
    answer = cedarpy.is_authorized(asked, policies, json.dumps(entities), schema=SCHEMA)
    assert answer.decision is not cedarpy.Decision.NoDecision, answer.diagnostics.errors
    return answer.allowed
