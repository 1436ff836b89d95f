"""The JSON form says what the text says, to us and to Cedar's own engine."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import cedarpy
import pytest
from hypothesis import given, settings
from tests.policy.strategies import as_cedar, canonical, policies

from ringwall.errors import Misconfigured
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.language.cedar_text import cedar_text
from ringwall.policy.language.parse import parse_policies, parse_policy_set
from ringwall.policy.language.policy_json import policies_from_json, policies_to_json, policy_from_json
from ringwall.policy.policy import Policy
from ringwall.policy.policy_set import Link, PolicySet

ALL = {"op": "All"}
PLAIN: dict[str, Any] = {"effect": "permit", "principal": ALL, "action": ALL, "resource": ALL, "conditions": []}


@given(policies(slots=True))
def test_both_ways(policy: Policy) -> None:
    whole = PolicySet.of([policy])
    assert canonical(policies_from_json(json.loads(json.dumps(policies_to_json(whole))))) == canonical(whole)


@settings(max_examples=60)
@given(policies(slots=True))
def test_cedar_writes_what_we_read(policy: Policy) -> None:
    theirs = json.loads(cedarpy.policies_to_json_str(cedar_text([policy])))
    ours = policies_from_json(theirs)
    (found,) = (*ours.static, *ours.templates)
    assert canonical(found) == canonical(replace(policy, action=as_cedar(policy.action)))


@settings(max_examples=60)
@given(policies())
def test_cedar_reads_what_we_write(policy: Policy) -> None:
    theirs = cedarpy.policies_from_json_str(json.dumps(policies_to_json(PolicySet.of([policy]))))
    (found,) = parse_policies(theirs)
    assert canonical(found) == canonical(policy)


def test_the_corpus_is_read_as_cedar_writes_it(cedar_cases: list[dict[str, Any]]) -> None:
    for case in cedar_cases[::3]:
        theirs = policies_from_json(json.loads(cedarpy.policies_to_json_str(case["policies"])))
        ours = [replace(policy, action=as_cedar(policy.action)) for policy in parse_policies(case["policies"])]
        assert list(map(canonical, theirs.policies)) == list(map(canonical, ours)), case["name"]


def test_templates_and_links() -> None:
    templates = parse_policies("permit(principal == ?principal, action, resource in ?resource);")
    link = Link("policy0", "ann", {"principal": EntityUid("User", "ann"), "resource": EntityUid("Shop", "1")})
    written = policies_to_json(PolicySet.of(templates, [link]))
    assert written["templateLinks"] == [
        {
            "templateId": "policy0",
            "newId": "ann",
            "values": {"?principal": {"type": "User", "id": "ann"}, "?resource": {"type": "Shop", "id": "1"}},
        }
    ]
    (linked,) = policies_from_json(written).policies
    (theirs,) = parse_policies(cedarpy.policies_from_json_str(json.dumps(written)))
    assert (linked.id, linked.principal, linked.resource) == ("ann", theirs.principal, theirs.resource)


def test_a_long_chain_nested_to_the_left_is_one_level() -> None:
    body: Any = {"Value": True}
    for _ in range(5000):
        body = {"&&": {"left": body, "right": {"Value": True}}}
    policy = policy_from_json(PLAIN | {"conditions": [{"kind": "when", "body": body}]})
    (clause,) = policy.clauses
    assert (
        canonical(clause.body)[1:]
        == (canonical(parse_policies(f"{_HEAD} when {{ true }};")[0].clauses[0].body),) * 5001
    )


_HEAD = "permit(principal, action, resource)"


def _when(body: Any) -> dict[str, Any]:
    return PLAIN | {"conditions": [{"kind": "when", "body": body}]}


def test_constants_are_expressions() -> None:
    value = {"a": [1, True, "x", {"__entity": {"type": "U", "id": "1"}}, {"__extn": {"fn": "ip", "arg": "::"}}]}
    (clause,) = policy_from_json(_when({"Value": value})).clauses
    assert clause.body == parse_policies(_HEAD + ' when { {a: [1, true, "x", U::"1", ip("::")]} };')[0].clauses[0].body


def _nested(levels: int) -> Any:
    body: Any = {"Value": True}
    for _ in range(levels):
        body = {"!": {"arg": body}}
    return body


BAD: list[tuple[dict[str, Any], str]] = [
    (PLAIN | {"effect": "Permit"}, "policy.effect: the effect is permit or forbid"),
    (PLAIN | {"x": 1}, "policy: `x` is not known here"),
    ({name: PLAIN[name] for name in PLAIN if name != "conditions"}, "policy: `conditions` is missing"),
    (PLAIN | {"annotations": {"a b": "c"}}, "policy.annotations: `a b` is no name of an annotation"),
    (PLAIN | {"conditions": [{"kind": "if", "body": {}}]}, r"policy.conditions\[0\].kind: "),
    (PLAIN | {"principal": {"op": "all"}}, "policy.principal.op: `all` constrains no principal"),
    (PLAIN | {"principal": {"op": "=="}}, "policy.principal: either `entity` or `slot`"),
    (PLAIN | {"principal": {"op": "==", "slot": "?resource"}}, "policy.principal.slot: this slot cannot stand here"),
    (PLAIN | {"action": {"op": "==", "slot": "?action"}}, "policy.action.slot: this slot cannot stand here"),
    (PLAIN | {"action": {"op": "is", "entity_type": "Action"}}, "policy.action.op: `is` constrains no action"),
    (PLAIN | {"action": {"op": "==", "entity": {"type": "User", "id": "1"}}}, '`User::"1"` is no action'),
    (PLAIN | {"resource": {"op": "is", "entity_type": "a b"}}, "`a b` is no name of a type"),
    (PLAIN | {"resource": {"op": "is", "entity_type": "A", "in": {}}}, "policy.resource.in: either"),
    (_when({}), r"policy.conditions\[0\].body: an expression is an object with one name"),
    (_when({"Value": 1, "Var": "principal"}), "an expression is an object with one name"),
    (_when({"contain": {}}), "there is no operator `contain`"),
    (_when({"/": {}}), "there is no operator `/`"),
    (_when({"unknown": []}), "there is no operator `unknown`"),
    (_when({"==": {"left": {"Value": 1}}}), r"body.==: `right` is missing"),
    (_when({"!": {"arg": {"Value": 1}, "z": 1}}), "body.!: `z` is not known here"),
    (_when({"Value": 2**63}), "body.Value: this is no value of Cedar"),
    (_when({"Value": 1.5}), "this is no value of Cedar"),
    (_when({"Value": [None]}), r"body.Value\[0\]: this is no value of Cedar"),
    (_when({"Value": {"__expr": "1"}}), "this is no value of Cedar"),
    (_when({"Value": {"__entity": {"type": "U", "id": "1"}, "a": 1}}), "`a` is not known here"),
    (_when({"Value": {"__extn": {"fn": "foo", "arg": "1"}}}), "there is no function `foo`"),
    (_when({"Value": {"__extn": {"fn": "ip"}}}), "either `arg` or `args`"),
    (_when({"Var": "princpal"}), "`princpal` is no variable"),
    (_when({"Slot": "?principal"}), "a slot stands in a condition"),
    (_when({"lessThan": []}), "`lessThan` is a method, and asked of nothing"),
    (_when({"has": {"left": {"Var": "context"}, "attr": []}}), "the path has no attribute"),
    (_when({"like": {"left": {"Value": ""}, "pattern": "a*"}}), "a string stands where an array belongs"),
    (_when(_nested(100)), "more than 100 levels deep"),
]


@pytest.mark.parametrize(("value", "message"), BAD)
def test_what_is_not_understood_is_refused_with_its_path(value: dict[str, Any], message: str) -> None:
    with pytest.raises(Misconfigured, match=message):
        policy_from_json(value)


def test_a_hundred_levels_are_read() -> None:
    assert policy_from_json(_when(_nested(99))).clauses


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "policies: an array stands where an object belongs"),
        ({"staticPolicies": {}, "templates": {}}, "`templateLinks` is missing"),
        ({"staticPolicies": {}, "templates": {"a": PLAIN}, "templateLinks": []}, "template a has no slot"),
        (
            {
                "staticPolicies": {"a": PLAIN | {"principal": {"op": "==", "slot": "?principal"}}},
                "templates": {},
                "templateLinks": [],
            },
            "policy a has a slot",
        ),
        (
            {
                "staticPolicies": {},
                "templates": {},
                "templateLinks": [{"templateId": "a", "newId": "b", "values": {"?action": {}}}],
            },
            r"templateLinks\[0\].values: `\?action` is not known here",
        ),
        (
            {"staticPolicies": {}, "templates": {}, "templateLinks": [{"templateId": "a", "newId": "b", "values": {}}]},
            "link b names the template a",
        ),
    ],
)
def test_a_set_that_is_none(value: Any, message: str) -> None:
    with pytest.raises(Misconfigured, match=message):
        policies_from_json(value)


def test_the_text_and_the_json_of_a_set_are_one() -> None:
    whole = parse_policy_set(
        '@id("a") @public permit(principal, action, resource); forbid(principal, action, resource);'
    )
    written = policies_to_json(whole)
    assert written["staticPolicies"]["policy0"]["annotations"] == {"id": "a", "public": None}
    assert policies_from_json(written) == whole
