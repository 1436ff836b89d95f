"""The JSON form says what the text says, to us and to Cedar's own engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cedarpy
import pytest
from hypothesis import given, settings
from tests.policy.strategies import as_cedar, canonical, policies

from ringwall.errors import Misconfigured
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import Literal
from ringwall.policy.language.cedar_text import cedar_text
from ringwall.policy.language.parse import parse_policies, parse_policy_set
from ringwall.policy.language.policy_json import policies_from_json, policies_to_json, policy_from_json, policy_to_json
from ringwall.policy.policy import Policy
from ringwall.policy.policy_set import Link, PolicySet
from ringwall.policy.scope import EqualTo

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


def test_a_function_may_be_called_with_nothing() -> None:
    (clause,) = policy_from_json(_when({"ip": []})).clauses
    assert clause == parse_policies(_HEAD + " when { ip() };")[0].clauses[0]


def test_the_json_of_a_whole_policy() -> None:
    text = (
        "permit (principal is User in ?principal, action in "
        '[Action::"a"], resource is Shop::Order) '
        'when { context.a like "a*b**" } unless { principal is A in resource };'
    )
    (policy,) = parse_policies(text)
    context: Any = {".": {"left": {"Var": "context"}, "attr": "a"}}
    pattern = [{"Literal": "a"}, "Wildcard", {"Literal": "b"}, "Wildcard", "Wildcard"]
    whole = {
        "effect": "permit",
        "principal": {"op": "is", "entity_type": "User", "in": {"slot": "?principal"}},
        "action": {"op": "in", "entities": [{"type": "Action", "id": "a"}]},
        "resource": {"op": "is", "entity_type": "Shop::Order"},
        "conditions": [
            {"kind": "when", "body": {"like": {"left": context, "pattern": pattern}}},
            {
                "kind": "unless",
                "body": {"is": {"left": {"Var": "principal"}, "entity_type": "A", "in": {"Var": "resource"}}},
            },
        ],
    }
    assert policy_to_json(policy) == whole
    assert policy_from_json(whole) == policy


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
    (
        _when({"&&": {"left": {"Value": True}, "right": ["&&"]}}),
        r"body.&&\[1\]: an array stands where an object belongs",
    ),
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


V: Any = {"Value": True}
ONE_LEVEL: list[Callable[[Any], Any]] = [
    lambda e: {"!": {"arg": e}},
    lambda e: {"isEmpty": {"arg": e}},
    lambda e: {"==": {"left": e, "right": V}},
    lambda e: {"contains": {"left": V, "right": e}},
    lambda e: {".": {"left": e, "attr": "a"}},
    lambda e: {"has": {"left": e, "attr": "a"}},
    lambda e: {"like": {"left": e, "pattern": ["Wildcard"]}},
    lambda e: {"is": {"left": e, "entity_type": "A"}},
    lambda e: {"is": {"left": V, "entity_type": "A", "in": e}},
    lambda e: {"if-then-else": {"if": e, "then": V, "else": V}},
    lambda e: {"if-then-else": {"if": V, "then": e, "else": V}},
    lambda e: {"if-then-else": {"if": V, "then": V, "else": e}},
    lambda e: {"Set": [V, e]},
    lambda e: {"Record": {"a": e}},
    lambda e: {"isInRange": [V, e]},
]


@pytest.mark.parametrize("around", ONE_LEVEL)
def test_a_hundred_levels_are_read(around: Callable[[Any], Any]) -> None:
    body = V
    for _ in range(99):
        body = around(body)
    assert policy_from_json(_when(body)).clauses
    with pytest.raises(Misconfigured, match="the expression is more than 100 levels deep") as caught:
        policy_from_json(_when(around(body)))
    assert caught.value.hint == "divide it into several policies"


@pytest.mark.parametrize("around", [lambda v: [v], lambda v: {"a": v}, lambda v: {"__extn": {"fn": "ip", "arg": v}}])
def test_a_hundred_levels_of_a_value_are_read(around: Callable[[Any], Any]) -> None:
    value: Any = 1
    for _ in range(99):
        value = around(value)
    assert policy_from_json(_when({"Value": value})).clauses
    with pytest.raises(Misconfigured, match="the value is more than 100 levels deep"):
        policy_from_json(_when({"Value": around(value)}))


def test_the_steps_of_a_path_are_levels() -> None:
    def asked(steps: int) -> Any:
        return _when({"has": {"left": {"Var": "context"}, "attr": ["a"] * steps}})

    assert policy_from_json(asked(99)).clauses
    with pytest.raises(Misconfigured, match="more than 100 levels deep"):
        policy_from_json(asked(100))
    path = policy_from_json(_when({"has": {"left": {"Var": "context"}, "attr": ["a", "b"]}})).clauses
    assert path == parse_policies(_HEAD + " when { context has a.b };")[0].clauses
    name = policy_from_json(_when({"has": {"left": {"Var": "context"}, "attr": "ab"}})).clauses
    assert name == parse_policies(_HEAD + " when { context has ab };")[0].clauses


def test_long_chains_of_two_kinds_inside_each_other_are_levels() -> None:
    body = V
    for level in range(99):
        body = {("&&", "||")[level % 2]: {"left": body, "right": V}}
    assert policy_from_json(_when(body)).clauses
    with pytest.raises(Misconfigured, match="more than 100 levels deep"):
        policy_from_json(_when({"||": {"left": body, "right": V}}))


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63)])
def test_the_largest_numbers_are_values(number: int) -> None:
    (clause,) = policy_from_json(_when({"Value": number})).clauses
    assert clause.body == Literal(value=number)


def test_the_arguments_of_an_extension_are_one_or_a_list() -> None:
    one, many, method = (
        policy_from_json(_when({"Value": {"__extn": value}})).clauses
        for value in (
            {"fn": "ip", "arg": "::1"},
            {"fn": "ip", "args": ["::1"]},
            {"fn": "isInRange", "args": [{"__extn": {"fn": "ip", "arg": "::1"}}, "::"]},
        )
    )
    assert one == many == parse_policies(_HEAD + ' when { ip("::1") };')[0].clauses
    assert method == parse_policies(_HEAD + ' when { ip("::1").isInRange("::") };')[0].clauses


WHERE: list[tuple[dict[str, Any], str, str]] = [  # value, the whole message with its path, hint
    (PLAIN | {"effect": "Permit"}, "policy.effect: the effect is permit or forbid", ""),
    (PLAIN | {"annotations": {"a": 1}}, "policy.annotations.a: a number stands where a string belongs", ""),
    (
        PLAIN | {"action": {"op": "in", "entities": [{"type": "Action", "id": "a"}, {"type": "U", "id": "b"}]}},
        'policy.action.entities[1]: `U::"b"` is no action',
        "its type is Action, or ends in ::Action",
    ),
    (
        PLAIN | {"principal": {"op": "in", "entities": []}},
        "policy.principal: `entities` is not known here",
        "",
    ),
    (PLAIN | {"action": {"op": "All", "entities": []}}, "policy.action: `entities` is not known here", ""),
    (
        PLAIN | {"action": {"op": "in", "entities": [], "slot": "?action"}},
        "policy.action: `slot` is not known here",
        "",
    ),
    (
        PLAIN | {"resource": {"op": "is", "entity_type": "A", "in": {"slot": "?principal"}}},
        "policy.resource.in.slot: this slot cannot stand here",
        "write ?resource",
    ),
    (
        PLAIN | {"action": {"op": "==", "slot": "?action"}},
        "policy.action.slot: this slot cannot stand here",
        "an action cannot be a slot",
    ),
    (PLAIN | {"action": {"op": "any"}}, "policy.action.op: `any` constrains no action", "an action has All, == or in"),
    (
        PLAIN | {"principal": {"op": "any"}},
        "policy.principal.op: `any` constrains no principal",
        "it is All, ==, in or is",
    ),
]


@pytest.mark.parametrize(("value", "message", "hint"), WHERE)
def test_the_whole_message_has_its_path_and_its_hint(value: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        policy_from_json(value)
    assert str(caught.value) == message
    assert (caught.value.hint or "") == hint or not hint


@pytest.mark.parametrize("type_", ["Action", "Shop::Action"])
def test_an_action_may_be_of_a_namespace(type_: str) -> None:
    action = {"op": "==", "entity": {"type": type_, "id": "a"}}
    assert policy_from_json(PLAIN | {"action": action}).action == EqualTo(EntityUid(type_, "a"))


def test_an_annotation_of_nothing_is_empty() -> None:
    assert policy_from_json(PLAIN | {"annotations": {"a": None, "b": "c"}}).annotations == {"a": "", "b": "c"}
    assert policy_from_json(PLAIN).annotations == {}
    assert "annotations" not in policy_to_json(policy_from_json(PLAIN))


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
