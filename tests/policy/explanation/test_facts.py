"""The facts around a request, one of them changed, and how a change is told."""

from __future__ import annotations

import pytest

from ringwall.errors import Misconfigured
from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.request import Request
from ringwall.policy.explanation.facts import Change, Facts, Field, Parent
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.record import Record


def _uid(id_: str) -> EntityUid:
    return EntityUid("E", id_)


ANN, PLAN, READ = _uid("ann"), _uid("plan"), _uid("read")
REQUEST = Request(ANN, READ, PLAN, Record({"at": _uid("hut"), "n": 1}))


def _around(*entities: Entity) -> Facts:
    return Facts.around(REQUEST, Entities(entities), parse_policies("permit (principal, action, resource);"))


def test_around_a_request_are_all_that_it_and_the_policies_lead_to_and_no_more() -> None:
    entities = Entities(
        [
            Entity(ANN, {"boss": _uid("sue"), "n": 1}, [_uid("team")]),
            Entity(_uid("team"), parents=[_uid("firm")]),
            Entity(_uid("sue"), {"all": CedarSet([_uid("kim"), 1]), "in": Record({"a": _uid("max")})}),
            Entity(PLAN, tags={"t": _uid("tag")}),
            Entity(_uid("named"), {"more": _uid("far")}),
            Entity(_uid("elsewhere")),
        ]
    )
    policies = parse_policies(
        'permit (principal, action, resource) when { principal == E::"named" && 1 == 2 };'
        'permit (principal == E::"scope", action, resource);'
    )
    facts = Facts.around(REQUEST, entities, policies)
    found = {"ann", "read", "plan", "hut", "team", "firm", "sue", "kim", "max", "tag", "named", "far"}
    assert set(facts.entities) == set(map(_uid, found))
    assert facts.entities[ANN] == entities.find(ANN)


@pytest.mark.parametrize(
    ("field", "after", "attributes"),
    [
        (Field(ANN, "n"), 2, {"n": 2, "info": Record({"a": 1})}),
        (Field(ANN, "n"), None, {"info": Record({"a": 1})}),
        (Field(ANN, "none"), 2, {"n": 1, "info": Record({"a": 1}), "none": 2}),
        (Field(ANN, "none"), None, {"n": 1, "info": Record({"a": 1})}),
        (Field(ANN, "info", ("a",)), 2, {"n": 1, "info": Record({"a": 2})}),
        (Field(ANN, "info", ("b",)), 2, {"n": 1, "info": Record({"a": 1, "b": 2})}),
        (Field(ANN, "info", ("a",)), None, {"n": 1, "info": Record()}),
        (Field(ANN, "n", ("b", "c")), 2, {"n": Record({"b": Record({"c": 2})}), "info": Record({"a": 1})}),
    ],
)
def test_one_attribute_is_changed_and_nothing_else(
    field: Field, after: int | None, attributes: dict[str, object]
) -> None:
    ann = Entity(ANN, {"n": 1, "info": Record({"a": 1})}, [_uid("team")], {"t": 1})
    changed = _around(ann).changed([Change(field, None, after)])
    assert (changed.request, set(changed.entities)) == (REQUEST, set(_around(ann).entities))
    new = changed.world()[ANN]
    assert dict(new.attributes) == attributes
    assert (new.parents, dict(new.tags)) == (ann.parents, {"t": 1})


def test_a_tag_is_changed_and_nothing_else() -> None:
    ann = Entity(ANN, {"t": 1}, [_uid("team")], {"t": 1})
    new = _around(ann).changed([Change(Field(ANN, "t", tag=True), 1, 2)]).entities[ANN]
    assert (dict(new.attributes), new.parents, dict(new.tags)) == ({"t": 1}, ann.parents, {"t": 2})


def test_the_context_is_changed_and_no_entity() -> None:
    facts = _around(Entity(ANN, {"n": 1}))
    changed = facts.changed([Change(Field(None, "n"), 1, 2), Change(Field(None, "in", ("a",)), None, True)])
    assert changed.request == REQUEST._replace(context=Record({"at": _uid("hut"), "n": 2, "in": Record({"a": True})}))
    assert changed.entities == facts.entities


def test_a_parent_is_added_or_taken_away_and_nothing_else() -> None:
    ann = Entity(ANN, {"n": 1}, [_uid("team")], {"t": 1})
    facts = _around(ann)
    more = facts.changed([Change(Parent(ANN, _uid("club")), False, True)]).entities[ANN]
    assert more == Entity(ANN, {"n": 1}, [_uid("team"), _uid("club")], {"t": 1})
    fewer = facts.changed([Change(Parent(ANN, _uid("team")), True, False)]).entities[ANN]
    assert fewer == Entity(ANN, {"n": 1}, tags={"t": 1})


def test_an_entity_that_nobody_described_can_be_changed() -> None:
    changes = [
        Change(Parent(_uid("x"), ANN), False, True),
        Change(Field(_uid("y"), "n"), None, 1),
        Change(Field(_uid("z"), "t", tag=True), None, 1),
    ]
    entities = _around().changed(changes).entities
    assert entities[_uid("x")] == Entity(_uid("x"), parents=[ANN])
    assert entities[_uid("y")] == Entity(_uid("y"), {"n": 1})
    assert entities[_uid("z")] == Entity(_uid("z"), tags={"t": 1})


def test_an_entity_above_itself_is_no_world() -> None:
    changes = [Change(Parent(ANN, PLAN), False, True), Change(Parent(PLAN, ANN), False, True)]
    with pytest.raises(Misconfigured):
        _around().changed(changes).world()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (Change(Field(ANN, "info", ("a",)), 1, None), 'E::"ann".info.a: 1 → (absent)'),
        (Change(Field(None, "n"), None, "x"), 'context.n: (absent) → "x"'),
        (Change(Field(ANN, "t", tag=True), None, True), 'E::"ann" tag t: (absent) → true'),
        (Change(Parent(ANN, PLAN), False, True), 'E::"ann" in E::"plan": false → true'),
    ],
)
def test_a_change_is_told_as_fact_before_and_after(change: Change, told: str) -> None:
    assert str(change) == told
