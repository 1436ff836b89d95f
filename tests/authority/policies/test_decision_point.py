"""From a question in JSON to Cedar: what is believed, what is compared, and what is a no."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ringwall.authority.policies.decision_point import DecisionPoint
from ringwall.authority.policies.question import Doing, Question, Thing
from ringwall.policy.bundle import read_bundle
from ringwall.store.policy_sets import PolicySetRow

ADMIN = """
@id("admins") permit (principal, action == Action::"read", resource)
when { principal has role && principal.role == "admin" };
@id("archive") forbid (principal, action, resource) when { resource has status && resource.status == "archived" };
@id("night") forbid (principal, action, resource) when { context has night && context.night };
"""
STORED = [
    {"uid": {"type": "User", "id": "ann"}, "attrs": {"role": "admin"}, "parents": []},
    {"uid": {"type": "User", "id": "bob"}, "attrs": {"role": "clerk"}, "parents": []},
    {"uid": {"type": "User", "id": "eve"}, "attrs": {}, "parents": []},
    {"uid": {"type": "Case", "id": "old"}, "attrs": {"status": "archived", "tags": ["a", "b"]}, "parents": []},
    {"uid": {"type": "Case", "id": "new"}, "attrs": {"status": "open"}, "parents": []},
]
SCHEMA = """
entity Group;
entity User in [Group] { role?: String };
entity Case { status?: String, tags?: Set<String>, where?: ipaddr };
type Circumstances = { night?: Bool, at?: datetime, action?: { soft?: Bool } };
action read appliesTo { principal: User, resource: Case, context: Circumstances };
"""


def point(policies=ADMIN, stored=STORED, schema=None):
    files = {"a.cedar": policies, "e.json": json.dumps(stored)}
    if schema is not None:
        files["s.cedarschema"] = schema
    return DecisionPoint(PolicySetRow("orders", 1, 1, "", ""), read_bundle(files))


def ask(its, who, what="Case new", verb="read", *, context=None, **sent):
    """``sent``: the ``properties`` of ``subject``, ``resource`` or ``action``. Entities are short: ``"User ann"``."""
    subject, resource = Thing(*who.split(" ", 1)), Thing(*what.split(" ", 1))
    question = Question(
        replace(subject, properties=sent.get("subject", {})),
        Doing(verb, sent.get("action", {})),
        replace(resource, properties=sent.get("resource", {})),
        context or {},
    )
    verdict = its.decide(question)
    assert verdict.allowed == (verdict.reason == "permitted")
    return verdict.reason


def test_stored_entities_decide():
    its = point()
    assert ask(its, "User ann") == "permitted"
    assert ask(its, "User bob") == "no_permit"
    assert ask(its, "User ann", "Case old") == "forbidden"
    assert ask(its, "User ann", context={"night": True}) == "forbidden"


class TestPropertiesSpoofing:
    """Whoever asks for decisions sends properties; none of them makes somebody into somebody else."""

    def test_a_sent_property_never_overrides_a_stored_one(self):
        assert ask(point(), "User bob", subject={"role": "admin"}) == "properties_disagree"

    def test_a_sent_property_never_fills_what_a_stored_entity_lacks(self):
        assert ask(point(), "User eve", subject={"role": "admin"}) == "no_permit"

    def test_an_id_that_is_not_stored_is_no_way_around_a_type_that_is(self):
        assert ask(point(), "User mallory", subject={"role": "admin"}) == "no_permit"
        assert ask(point(), "User ann\u200b", subject={"role": "admin"}) == "no_permit"

    def test_a_resource_is_not_what_is_said_of_it(self):
        assert ask(point(), "User ann", "Case old", resource={"status": "open"}) == "properties_disagree"
        assert ask(point(), "User ann", "Case new", resource={"status": "archived"}) == "properties_disagree"

    def test_what_agrees_is_welcome(self):
        assert (
            ask(point(), "User ann", subject={"role": "admin", "more": 1}, resource={"status": "open"}) == "permitted"
        )

    def test_equal_in_python_is_not_equal(self):
        assert ask(point(), "User ann", "Case old", resource={"tags": ["a", True]}) == "properties_disagree"
        one = [{"uid": {"type": "User", "id": "ann"}, "attrs": {"level": 1}, "parents": []}]
        its = point("permit (principal, action, resource);", stored=one)
        assert ask(its, "User ann", subject={"level": True}) == "properties_disagree"
        assert ask(its, "User ann", subject={"level": 1}) == "permitted"
        assert ask(point(), "User ann", "Case old", resource={"tags": ["b", "a", "a"]}) == "forbidden"

    def test_nobody_gets_a_parent_by_being_sent_one(self):
        its = point('permit (principal in Group::"staff", action, resource);', stored=[])
        for sent in (
            {"parents": [{"type": "Group", "id": "staff"}]},
            {"__entity": {"type": "Group", "id": "staff"}},
            {"group": {"__entity": {"type": "Group", "id": "staff"}}},
        ):
            assert ask(its, "User eve", subject=sent) in ("no_permit", "unreadable")

    def test_a_stored_entity_that_a_property_names_stays_as_it_is_stored(self):
        its = point('permit (principal, action, resource) when { resource.boss.role == "admin" };', stored=STORED[:2])
        assert ask(its, "User bob", resource={"boss": {"__entity": {"type": "User", "id": "ann"}}}) == "permitted"
        assert ask(its, "User bob", resource={"boss": {"__entity": {"type": "User", "id": "bob"}}}) == "no_permit"
        assert ask(its, "User bob", resource={"boss": {"role": "admin"}}) == "permitted"  # a record of the caller's own

    def test_the_context_is_no_entity(self):
        assert ask(point(), "User bob", context={"principal": {"role": "admin"}, "role": "admin"}) == "no_permit"

    def test_one_entity_cannot_be_two(self):
        its = point("permit (principal, action, resource) when { principal.a };", stored=[])
        assert ask(its, "User ann", "User ann", subject={"a": True}) == "properties_disagree"
        assert ask(its, "User ann", "User ann", subject={"a": True}, resource={"a": True}) == "permitted"

    def test_action_properties_are_the_actions_own_place(self):
        its = point("permit (principal, action, resource) when { context.action.soft };", stored=[])
        assert ask(its, "User ann", verb="delete") == "no_permit"
        assert ask(its, "User ann", action={"soft": True}) == "permitted"


def test_both_a_context_action_and_action_properties_are_refused():
    its = point("permit (principal, action, resource) when { context.action.soft };", stored=[])
    question = Question(Thing("User", "a"), Doing("x", {"soft": False}), Thing("User", "a"), {"action": {"soft": True}})
    assert its.decide(question).reason == "unreadable"


def test_types_that_the_set_does_not_store_are_the_callers():
    its = point(stored=[])
    assert ask(its, "User ann", subject={"role": "admin"}) == "permitted"
    assert ask(its, "User ann", subject={"role": "admin"}, resource={"status": "archived"}) == "forbidden"


@pytest.mark.parametrize(
    "value", [1.5, None, 2**63, -(2**63) - 1, [None], {"a": 0.5}, {"__extn": {"fn": "ip", "arg": "x"}}]
)
@pytest.mark.parametrize("where", ["subject", "resource", "action"])
def test_values_that_cedar_does_not_have_are_a_no(value, where):
    its = point("permit (principal, action, resource);", stored=[])
    assert ask(its, "User ann", **{where: {"x": value}}) == "unreadable"
    assert ask(its, "User ann", context={"x": value}) == "unreadable"


def test_an_erring_forbid_is_a_no_although_cedar_would_skip_it():
    its = point(
        'permit (principal, action, resource); @id("mfa") forbid (principal, action, resource) unless { context.mfa };'
    )
    assert ask(its, "User ann") == "forbid_failed"
    assert ask(its, "User ann", context={"mfa": True}) == "permitted"
    assert ask(its, "User ann", context={"mfa": "yes"}) == "forbid_failed"
    verdict = its.decide(Question(Thing("User", "ann"), Doing("read"), Thing("Case", "new")))
    assert (verdict.policies, "a.cedar:1" in verdict.explanation) == (("mfa",), True)


def test_an_erring_permit_permits_nothing_and_hinders_nobody():
    its = point(
        "permit (principal, action, resource) when { context.x };"
        'permit (principal, action == Action::"read", resource);'
    )
    assert ask(its, "User ann") == "permitted"
    assert ask(its, "User ann", verb="write") == "no_permit"


@pytest.mark.parametrize("kind", ["User ", "1User", "User::", "a b", 'User::"ann"', "Ü"])
def test_a_type_that_is_no_name_is_a_no(kind):
    question = Question(Thing(kind, "ann"), Doing("read"), Thing("Case", "new"))
    assert point("permit (principal, action, resource);").decide(question).reason == "unknown_type"


@pytest.mark.parametrize("name", ['Action::"\\q"', 'Action::"a"b"', 'in::Action::"a"'])
def test_a_whole_action_that_cannot_be_read_is_a_no(name):
    assert ask(point("permit (principal, action, resource);"), "User ann", verb=name) == "unknown_action"


def test_capitals_are_kept():
    assert ask(point("permit (principal is User, action, resource);", stored=[]), "user ann") == "no_permit"


class TestWithASchema:
    def test_what_it_does_not_declare_is_left_out(self):
        its = point(schema=SCHEMA)
        assert ask(its, "User ann", context={"later": 0.5, "x": None}, subject={"shoe": 44.5}) == "permitted"

    def test_what_it_does_not_declare_is_left_out_at_any_depth(self):
        policies = "permit (principal, action, resource) when { context has action && context.action has soft };"
        its = point(policies, stored=[], schema=SCHEMA)
        assert ask(its, "User ann", action={"soft": True, "method": "GET", "weight": 0.5}) == "permitted"

    def test_unknown_types_and_actions_are_a_no(self):
        its = point(schema=SCHEMA)
        assert ask(its, "Robot r2") == "unknown_type"
        assert ask(its, "User ann", verb="wread") == "unknown_action"
        assert ask(its, "User ann", "User bob") == "not_applicable"
        assert ask(its, "User ann", verb='Shop::Action::"read"') == "unknown_action"
        assert ask(its, "User ann", verb='Action::"read"') == "permitted"

    def test_an_id_that_an_enumerated_type_does_not_have_is_a_no(self):
        schema = 'entity Desk enum ["front"]; entity Case; action read appliesTo { principal: Desk, resource: Case };'
        its = point("permit (principal, action, resource);", stored=[], schema=schema)
        assert ask(its, "Desk front") == "permitted"
        assert ask(its, "Desk back") == "unknown_type"

    def test_it_decides_the_type_of_plain_text(self):
        policies = """permit (principal, action, resource) when {
            resource.where.isInRange(ip("10.0.0.0/8")) && context.at < datetime("2026-01-01") };"""
        its = point(
            policies.replace("resource.where", "resource has where && resource.where").replace(
                "context.at <", "context has at && context.at <"
            ),
            stored=[],
            schema=SCHEMA,
        )
        asked = {"resource": {"where": "10.1.2.3"}}
        assert ask(its, "User ann", context={"at": "2025-06-01"}, **asked) == "permitted"
        assert ask(its, "User ann", context={"at": "2027-06-01"}, **asked) == "no_permit"
        assert ask(its, "User ann", context={"at": "soon"}, **asked) == "unreadable"
        assert ask(its, "User ann", context={"at": "2025-06-01"}, resource={"where": "nowhere"}) == "unreadable"

    def test_action_groups_of_the_schema_count(self):
        schema = SCHEMA + 'action "all"; action look in ["all"] appliesTo { principal: User, resource: Case };'
        its = point('permit (principal, action in Action::"all", resource);', schema=schema)
        assert ask(its, "User ann", verb="look") == "permitted"
        assert ask(its, "User ann", verb="read") == "no_permit"
        assert its.actions == ("look", "read")

    @pytest.mark.parametrize(
        ("context", "resource"),
        [
            ({"night": "no"}, {}),
            ({"night": 0}, {}),
            ({}, {"status": 7}),
            ({}, {"tags": [1]}),
            ({"action": {"soft": 1}}, {}),
        ],
    )
    def test_a_value_of_another_type_than_declared_is_a_no(self, context, resource):
        its = point("permit (principal, action, resource);", stored=[], schema=SCHEMA)
        assert ask(its, "User ann", context=context, resource=resource) == "unreadable"


def test_templates_decide_nothing_by_themselves():
    assert ask(point("permit (principal == ?principal, action, resource);"), "User ann") == "no_permit"


def test_ids_come_sorted():
    assert point().ids("User") == ("ann", "bob", "eve")
    assert point().ids("Robot") == ()
