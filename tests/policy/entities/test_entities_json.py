"""Entities and contexts in JSON: what a schema adds, and one clear error for each thing that is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from ringwall.errors import Misconfigured
from ringwall.policy.entities.context_json import context_from_json
from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entities_json import entities_from_json, entities_to_json
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.schema.parse import parse_schema
from ringwall.policy.schema.schema import ActionDeclaration, EntityDeclaration, Schema
from ringwall.policy.schema.types import EntityType, ExtensionType, Field, RecordType
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.record import Record

ANN, TEAM = EntityUid("User", "ann"), EntityUid("Team", "a")
READ, ALL = EntityUid("Action", "read"), EntityUid("Action", "all")
SCHEMA = Schema(
    {
        "User": EntityDeclaration(
            "User", RecordType({"limit": Field(ExtensionType("decimal"))}), tags=EntityType("Team")
        )
    },
    {
        READ: ActionDeclaration(READ, (ALL,), context=RecordType({"since": Field(ExtensionType("duration"))})),
        ALL: ActionDeclaration(ALL),
    },
)


def _ann(**changed: Any) -> dict[str, Any]:
    return {"uid": {"type": "User", "id": "ann"}, "attrs": {}, "parents": [], **changed}


def _uids(*types: str) -> list[dict[str, str]]:
    return [{"type": type_, "id": "a"} for type_ in types]


def test_entities_are_read_and_written() -> None:
    written = [
        _ann(
            attrs={"limit": {"__extn": {"fn": "decimal", "arg": "1.5"}}},
            parents=[{"type": "Team", "id": "a"}, {"type": "Team", "id": "b"}],
            tags={"t": {"__entity": {"type": "Team", "id": "a"}}},
        ),
        {"uid": {"type": "Team", "id": "a"}, "attrs": {"n": 1}, "parents": []},
    ]
    entities = entities_from_json(written)
    assert entities[ANN] == Entity(ANN, {"limit": Decimal(15_000)}, [TEAM, EntityUid("Team", "b")], {"t": TEAM})
    assert entities[TEAM] == Entity(TEAM, {"n": 1})
    assert entities_to_json(entities) == written


def test_the_uid_may_stand_in_an_escape() -> None:
    escaped = {"__entity": {"type": "User", "id": "ann"}}
    entities = entities_from_json([_ann(uid=escaped, parents=[{"__entity": {"type": "Team", "id": "a"}}])])
    assert entities[ANN].parents == {TEAM}


def test_a_schema_tells_what_is_meant_and_brings_its_actions() -> None:
    written = [_ann(attrs={"limit": "1.5", "other": "1.5"}, tags={"t": {"type": "Team", "id": "a"}})]
    entities = entities_from_json(written, SCHEMA)
    assert entities[ANN] == Entity(ANN, {"limit": Decimal(15_000), "other": "1.5"}, tags={"t": TEAM})
    assert entities.ancestors(READ) == {ALL}
    assert ALL in entities
    assert entities_from_json(entities_to_json(entities), SCHEMA) == entities
    assert entities_from_json(written)[ANN].attributes == Record({"limit": "1.5", "other": "1.5"})


def test_a_context_is_read_by_its_action() -> None:
    written = {"since": "1s"}
    assert context_from_json(written) == Record(written)
    assert context_from_json(written, SCHEMA, READ) == Record({"since": Duration(1_000)})
    assert context_from_json(written, SCHEMA, EntityUid("Action", "other")) == Record(written)
    assert context_from_json(written, SCHEMA) == context_from_json(written, None, READ) == Record(written)
    with pytest.raises(Misconfigured, match="^the context is no object$"):
        context_from_json([1])
    with pytest.raises(Misconfigured, match=r"^context\.since: 'soon' is no duration"):
        context_from_json({"since": "soon"}, SCHEMA, READ)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({}, "entities are a JSON list"),
        ([5], "entity 1 of the list has no uid"),
        ([_ann(), {"attrs": {}}], "entity 2 of the list has no uid"),
        ([_ann(uid='User::"ann"')], "the uid of entity 1 of the list is no entity"),
        ([_ann(uid={"__expr": 'User::"ann"'})], "the uid of entity 1 of the list is no entity"),
        ([{"uid": {"type": "User", "id": "ann"}, "parents": []}], 'User::"ann" has no attrs'),
        ([{"uid": {"type": "User", "id": "ann"}}], 'User::"ann" has no attrs, parents'),
        ([_ann(atrs={})], "User::\"ann\" has 'atrs', which is not known here"),
        ([_ann(**{"x" * 70: 1})], f'User::"ann" has \'{"x" * 59}, which is not known here'),
        ([_ann(attrs=[])], 'the attrs of User::"ann" are no object'),
        ([_ann(attrs={"a": {"b": None}})], 'User::"ann".a.b is null, which Cedar does not have'),
        ([_ann(attrs={"\ud800": 1})], 'a name in the attrs of User::"ann" has half a character in it'),
        ([_ann(parents={})], 'the parents of User::"ann" are no list'),
        ([_ann(parents=["Team::a"])], 'a parent of User::"ann" is no entity'),
        (
            [
                _ann(
                    uid={"type": "A::Action", "id": "r"},
                    parents=[{"type": "Action", "id": "w"}, {"type": "Team", "id": "a"}],
                )
            ],
            'A::Action::"r" has the parent Team::"a"',
        ),
        ([_ann(tags=[])], 'the tags of User::"ann" are no object'),
        ([_ann(tags={"t": 1.5})], 'the tags of User::"ann".t is a number with a point, which Cedar does not have'),
        ([_ann(), _ann()], 'the entity User::"ann" stands twice'),
        (
            [_ann(parents=[{"type": "User", "id": "ann"}])],
            'the entity User::"ann" is above itself: User::"ann" in User::"ann"',
        ),
    ],
)
def test_what_is_refused(written: Any, message: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        entities_from_json(written)
    assert refused.value.message == message


def test_a_path_of_long_names_costs_nothing_until_it_is_told() -> None:
    """A megabyte for a name, above a hundred thousand values, would be a hundred gigabytes of paths."""
    name = "n" * 1_000_000
    written = _ann(uid={"type": "User", "id": name}, attrs={name: {name: {str(n): n for n in range(100_000)}}})
    assert len(entities_from_json([written])) == 1
    written["attrs"][name][name]["bad"] = None
    with pytest.raises(Misconfigured, match=r"^User::.*…\.n+…\.n+…\.bad is null") as refused:
        entities_from_json([written])
    assert len(refused.value.message) < 300


def test_escapes_may_be_left_out_wherever_a_schema_declares_what_is_meant(cedar_cases: list[dict[str, Any]]) -> None:
    left_out = 0
    for case in cedar_cases[::4]:
        bare = _without_escapes(case["entities"])
        left_out += bare != case["entities"]
        schema = parse_schema(case["schema"])
        assert entities_from_json(bare, schema) == entities_from_json(case["entities"], schema), case["name"]
    assert left_out > 100


def _without_escapes(json: Any) -> Any:
    match json:
        case {"__entity": uid}:
            return uid
        case {"__extn": inner}:
            return inner.get("arg", inner)  # of several arguments none can be told by its place
        case dict():
            return {name: _without_escapes(inner) for name, inner in json.items()}
        case list():
            return [_without_escapes(inner) for inner in json]
    return json


def test_no_entities() -> None:
    assert entities_from_json([]) == Entities()
