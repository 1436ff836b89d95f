"""Entities and requests against a schema: what is refused, in which words, and what Cedar's own corpus sends."""

from __future__ import annotations

from typing import Any

import pytest

from ringwall.policy.entities.context_json import context_from_json
from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entities_json import entities_from_json
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.request import Request
from ringwall.policy.schema.parse import parse_schema
from ringwall.policy.validation.conform import Nonconforming, check_entities, check_request
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value

SCHEMA = parse_schema("""
entity Role in [Org]; entity Org;
entity User in [Role] {
  name: String, age?: Long, admin?: Bool, boss?: User, home?: { city: String }, marks?: Set<Long>, rate?: decimal,
  state?: State, may?: Action, "odd name"?: Long,
} tags Long;
entity State enum ["open", "paid"];
action all; action read in all appliesTo { principal: User, resource: [Role, State], context: { mfa: Bool, n?: Long } };
""")
ANN, STAFF, READ = EntityUid("User", "ann"), EntityUid("Role", "staff"), EntityUid("Action", "read")


def faults(*entities: Entity) -> tuple[str, ...]:
    try:
        check_entities(Entities(entities), SCHEMA)
    except Nonconforming as found:
        return found.problems
    return ()


def request_faults(request: Request) -> tuple[str, ...]:
    try:
        check_request(request, SCHEMA)
    except Nonconforming as found:
        return found.problems
    return ()


def test_what_is_declared_conforms() -> None:
    full: dict[str, Value] = {
        "name": "Ann",
        "age": 1,
        "admin": True,
        "boss": ANN,
        "home": Record({"city": "x"}),
        "marks": CedarSet([1, 2]),
        "rate": Decimal.parse("1.5"),
        "state": EntityUid("State", "open"),
        "odd name": 1,
    }
    staff = Entity(STAFF, parents=[EntityUid("Org", "o")])
    assert faults(Entity(ANN, full, [STAFF], {"a": 1}), staff, Entity(READ, parents=[EntityUid("Action", "all")])) == ()


@pytest.mark.parametrize(
    ("attributes", "fault"),
    [
        ({}, 'User::"ann".name is missing; it must be String'),
        ({"name": 1}, 'User::"ann".name: expected String, found a long'),
        ({"name": "", "age": True}, 'User::"ann".age: expected Long, found a bool'),
        ({"name": "", "admin": 1}, 'User::"ann".admin: expected Bool, found a long'),
        ({"name": "", "nmae": ""}, 'User::"ann".nmae is not declared; did you mean name'),
        ({"name": "", "boss": STAFF}, 'User::"ann".boss: expected User, found an entity Role'),
        ({"name": "", "boss": "x"}, 'User::"ann".boss: expected User, found a string'),
        ({"name": "", "home": Record()}, 'User::"ann".home.city is missing; it must be String'),
        ({"name": "", "home": "x"}, 'User::"ann".home: expected {city: String}, found a string'),
        ({"name": "", "marks": CedarSet([1, True])}, 'a member of User::"ann".marks: expected Long, found a bool'),
        ({"name": "", "marks": 1}, 'User::"ann".marks: expected Set<Long>, found a long'),
        ({"name": "", "rate": "1.5"}, 'User::"ann".rate: expected decimal, found a string'),
        ({"name": "", "odd name": ""}, 'User::"ann"["odd name"]: expected Long, found a string'),
        (
            {"name": "", "state": EntityUid("State", "gone")},
            'User::"ann".state: there is no State::"gone"; the ids of State are "open", "paid"',
        ),
    ],
)
def test_an_attribute_is_what_is_declared(attributes: dict[str, Value], fault: str) -> None:
    assert faults(Entity(ANN, attributes)) == (fault,)


def test_an_action_in_an_attribute_is_declared() -> None:
    assert faults(Entity(ANN, {"name": "", "may": READ})) == ()
    gone = Entity(ANN, {"name": "", "may": EntityUid("Action", "x")})
    assert faults(gone) == ('User::"ann".may: there is no action Action::"x"',)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(Nonconforming) as caught:
        check_entities(Entities([Entity(ANN, {"age": ""}), Entity(EntityUid("Usr", "x"))]), SCHEMA)
    assert caught.value.problems == (
        'User::"ann".name is missing; it must be String',
        'User::"ann".age: expected Long, found a string',
        "there is no entity type Usr; did you mean User",
    )
    assert str(caught.value) == 'User::"ann".name is missing; it must be String (and 2 more)'
    with pytest.raises(Nonconforming) as alone:
        check_entities(Entities([Entity(ANN)]), SCHEMA)
    assert str(alone.value) == 'User::"ann".name is missing; it must be String'


def test_tags_and_ancestors_are_what_is_declared() -> None:
    named: dict[str, Value] = {"name": ""}
    assert faults(Entity(ANN, named, tags={"a": "x"})) == ('the tag a of User::"ann": expected Long, found a string',)
    assert faults(Entity(STAFF, tags={"a": 1})) == ('Role::"staff" has tags, and the schema has none for Role',)
    below = 'User::"ann" stands below State::"open", and the schema has no User below State'
    assert faults(Entity(ANN, named, [EntityUid("State", "open")])) == (below,)
    over = Entity(STAFF, parents=[EntityUid("User", "x")])
    assert 'User::"ann" stands below User::"x", and the schema has no User below User' in faults(
        Entity(ANN, named, [STAFF]), over
    )


def test_an_id_of_an_enum_is_declared_above_too() -> None:
    schema = parse_schema('entity Shop in [Region]; entity Region enum ["eu", "us"];')
    check_entities(Entities([Entity(EntityUid("Shop", "1"), parents=[EntityUid("Region", "eu")])]), schema)
    with pytest.raises(Nonconforming, match='above Shop::"1": there is no Region::"mars"'):
        check_entities(Entities([Entity(EntityUid("Shop", "1"), parents=[EntityUid("Region", "mars")])]), schema)


def test_an_id_of_an_enum_and_an_action_are_declared() -> None:
    assert faults(Entity(EntityUid("State", "gone")))[0].startswith('State::"gone": there is no State::"gone"')
    assert faults(Entity(EntityUid("Action", "x"))) == ('there is no action Action::"x"',)
    other = ('Action::"read" is not the action that the schema declares',)
    groups = [EntityUid("Action", "all")]
    assert faults(Entity(READ)) == other
    assert faults(Entity(READ, {"name": ""}, groups)) == other
    assert faults(Entity(READ, {}, groups, {"a": 1})) == other
    assert faults(Entity(READ, {}, groups)) == ()


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        (Request(ANN, READ, STAFF), "context.mfa is missing; it must be Bool"),
        (Request(ANN, READ, STAFF, Record({"mfa": 1})), "context.mfa: expected Bool, found a long"),
        (Request(ANN, READ, STAFF, Record({"mfa": True, "x": 1})), "context.x is not declared"),
        (
            Request(STAFF, READ, STAFF, Record({"mfa": True})),
            'Action::"read" applies to no principal Role, only to User',
        ),
        (
            Request(ANN, READ, ANN, Record({"mfa": True})),
            'Action::"read" applies to no resource User, only to Role, State',
        ),
        (
            Request(ANN, EntityUid("Action", "all"), STAFF),
            'Action::"all" applies to no principal User, only to nothing',
        ),
        (
            Request(ANN, EntityUid("Action", "raed"), STAFF),
            'there is no action Action::"raed"; did you mean Action::"read"',
        ),
        (Request(EntityUid("Usr", "x"), READ, STAFF), "there is no entity type Usr; did you mean User"),
        (Request(EntityUid("Zebra", "x"), READ, STAFF), "there is no entity type Zebra"),
        (Request(ANN, EntityUid("Zebra", "x"), STAFF), 'there is no action Zebra::"x"'),
        (
            Request(ANN, READ, EntityUid("State", "x"), Record({"mfa": True})),
            'the resource: there is no State::"x"; the ids of State are "open", "paid"',
        ),
    ],
)
def test_a_request_is_one_that_the_schema_allows(request_: Request, fault: str) -> None:
    assert request_faults(request_)[0] == fault
    assert request_faults(Request(ANN, READ, STAFF, Record({"mfa": True}))) == ()


def test_what_the_corpus_sends_conforms(cedar_cases: list[dict[str, Any]]) -> None:
    checked = 0
    for case in cedar_cases[::4]:
        schema = parse_schema(case["schema"])
        check_entities(entities_from_json(case["entities"], schema), schema)
        for each in case["requests"]:
            if each.get("validateRequest", True):
                principal, action, resource = (EntityUid(**each[part]) for part in ("principal", "action", "resource"))
                context = context_from_json(each["context"], schema, action)
                check_request(Request(principal, action, resource, context), schema)
                checked += 1
    assert checked > 1_000
