"""The JSON form of a schema: what it means, and one clear error with its path for what it cannot mean."""

from __future__ import annotations

from typing import Any

import pytest

from ringwall.errors import Misconfigured
from ringwall.policy.schema.parse import parse_schema
from ringwall.policy.schema.schema_json import schema_from_json, schema_to_json
from ringwall.policy.schema.types import BOOL, LONG, STRING, EntityType, ExtensionType, Field, SetType


def with_attribute(written: Any) -> dict[str, Any]:
    entities = {"A": {"shape": {"type": "Record", "attributes": {"x": written}}}, "B": {}}
    return {"": {"entityTypes": entities, "actions": {}, "commonTypes": {"T": {"type": "Long"}}}}


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ({"type": "Long"}, Field(LONG)),
        ({"type": "Boolean", "required": False}, Field(BOOL, required=False)),
        ({"type": "Bool"}, Field(BOOL)),
        ({"type": "T"}, Field(LONG)),
        ({"type": "__cedar::Long"}, Field(LONG)),
        ({"type": "ipaddr"}, Field(ExtensionType("ipaddr"))),
        ({"type": "Entity", "name": "B"}, Field(EntityType("B"))),
        ({"type": "EntityOrCommon", "name": "B"}, Field(EntityType("B"))),
        ({"type": "EntityOrCommon", "name": "T"}, Field(LONG)),
        ({"type": "Extension", "name": "decimal"}, Field(ExtensionType("decimal"))),
        ({"type": "Set", "element": {"type": "Long"}, "annotations": {"doc": "x"}}, Field(SetType(LONG))),
    ],
)
def test_a_type_means_what_it_says(written: dict[str, Any], known: Field) -> None:
    value = with_attribute(written)
    schema = schema_from_json(value)
    assert schema.entity_types["A"].shape.fields["x"] == known
    assert schema_from_json(schema_to_json(schema)) == schema
    assert schema_to_json(schema)[""]["entityTypes"] == value[""]["entityTypes"]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"type": "B"}, "no type `B` is declared"),
        ({"type": "Entity", "name": "T"}, "no type `T` is declared"),
        ({"type": "Set"}, "`element` is missing"),
        ({"type": "Record"}, "`attributes` is missing"),
        ({"type": "Record", "attributes": {}, "additionalAttributes": True}, "no attributes but its own"),
        ({"type": "Extension", "name": "foo"}, "no extension type `foo`"),
        ({"type": "Long", "foo": 1}, "`foo` is not known here"),
        ({"type": "Long", "annotations": {"a": []}}, "an array stands where a string belongs"),
        ({"type": "Long", "annotations": {"a b": ""}}, "`a b` is no name of an annotation"),
        ({"type": "Long", "annotations": {"ä": ""}}, "`ä` is no name of an annotation"),
        ({"type": "Long", "required": 1}, "a number stands where true or false belongs"),
        ({"type": 7}, "a number stands where a string belongs"),
        ({"type": "a b"}, "`a b` cannot stand in the name of a type"),
        ({"name": "Long"}, "`type` is missing"),
        ([], "an array stands where an object belongs"),
        (None, "null stands where an object belongs"),
    ],
)
def test_what_is_no_type_is_refused_with_its_path(written: object, message: str) -> None:
    with pytest.raises(Misconfigured, match=message):
        schema_from_json(with_attribute(written))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "schema: an array stands where an object belongs"),
        ({"": {}}, 'schema[""]: `entityTypes` is missing'),
        ({"": {"entityTypes": {}, "actions": {}, "annotations": {}}}, "`annotations` is not known here"),
        ({"": {"entityTypes": {}}}, 'schema[""]: `actions` is missing'),
        ({"a b": {"entityTypes": {}, "actions": {}}}, "`a b` cannot stand in the name of a type"),
        ({"": {"entityTypes": {"A::B": {}}, "actions": {}}}, "`A::B` is declared without its namespace before it"),
        ({"": {"entityTypes": {"A": {"enum": []}}, "actions": {}}}, "an enum has at least one id"),
        (
            {"": {"entityTypes": {"A": {"enum": ["a"], "tags": {"type": "Long"}}}, "actions": {}}},
            "`tags` is not known here",
        ),
        ({"": {"entityTypes": {"A": {"shape": {"type": "Long"}}}, "actions": {}}}, "the shape of `A` must be a record"),
        ({"": {"entityTypes": {}, "actions": {"a": {"attributes": {"x": 1}}}}}, "an action has no attributes"),
        ({"": {"entityTypes": {}, "actions": {"a": {"attributes": []}}}}, "an action has no attributes"),
        ({"": {"entityTypes": {}, "actions": {"a": {"memberOf": {}}}}}, "an object stands where an array belongs"),
        ({"": {"entityTypes": {}, "actions": {"a": {"appliesTo": {}}}}}, "`principalTypes` is missing"),
        ({"": {"entityTypes": {}, "actions": {"a": {"memberOf": [{}]}}}}, "`id` is missing"),
        (
            {"": {"entityTypes": {}, "actions": {"a": {"memberOf": [{"id": "b", "type": "a b"}]}}}},
            'schema[""].actions.a.memberOf.type: `a b` cannot stand in the name of a type',
        ),
        (
            {"": {"entityTypes": {}, "actions": {"a": {"memberOf": [{"id": "b", "type": 5}]}}}},
            "a number stands where a string belongs",
        ),
        ({"": {"entityTypes": {}, "actions": {"a": None}}}, "null stands where an object belongs"),
        (
            {"": {"entityTypes": {}, "actions": {}, "commonTypes": {"Set": {"type": "Long"}}}},
            "`Set` is a type of Cedar",
        ),
    ],
)
def test_what_is_no_schema_is_refused_with_its_path(value: object, message: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        schema_from_json(value)
    assert message in str(caught.value)


def test_a_type_may_be_nested_deep() -> None:
    deep: dict[str, Any] = {"type": "Long"}
    for place in range(98):
        deep = {"type": "Set", "element": deep} if place % 2 else {"type": "Record", "attributes": {"x": deep}}
    assert schema_from_json(with_attribute(deep)).entity_types["A"].shape.fields["x"].required


def test_a_type_that_is_nested_too_deep_is_one_error() -> None:
    sets: dict[str, Any] = {"type": "Long"}
    records: dict[str, Any] = {"type": "Long"}
    for _ in range(300):
        sets = {"type": "Set", "element": sets}
        records = {"type": "Record", "attributes": {"x": records}}
    for deep in (sets, records):
        with pytest.raises(Misconfigured, match="the type is nested more than 100 deep"):
            schema_from_json(with_attribute(deep))


def test_an_annotation_may_have_no_text() -> None:
    schema = schema_from_json(with_attribute({"type": "Long", "annotations": {"flag": None, "if": "x"}}))
    attributes = schema_to_json(schema)[""]["entityTypes"]["A"]["shape"]["attributes"]
    assert attributes["x"]["annotations"] == {"flag": "", "if": "x"}


def test_a_common_type_is_measured_as_in_text() -> None:
    def common(written: dict[str, Any]) -> dict[str, Any]:
        return {"": {"entityTypes": {}, "actions": {}, "commonTypes": {"T": written}}}

    deep: dict[str, Any] = {"type": "Long"}
    for _ in range(99):
        deep = {"type": "Set", "element": deep}
    schema_from_json(common(deep))
    with pytest.raises(Misconfigured, match="`T` is nested more than 100 deep"):
        schema_from_json(common({"type": "Set", "element": deep}))
    attributes = {f"a{number}": {"type": "Long"} for number in range(10_000)}
    with pytest.raises(Misconfigured, match="`T` has more than 10000 parts"):
        schema_from_json(common({"type": "Record", "attributes": attributes}))
    del attributes["a0"]
    schema_from_json(common({"type": "Record", "attributes": attributes}))


def test_a_common_type_may_hold_the_entity_of_its_own_name() -> None:
    held = {"type": "Set", "element": {"type": "Entity", "name": "T"}}
    entities = {"T": {}, "A": {"shape": {"type": "Record", "attributes": {"x": {"type": "T"}}}}}
    schema = schema_from_json({"": {"entityTypes": entities, "actions": {}, "commonTypes": {"T": held}}})
    assert schema.entity_types["A"].shape.fields["x"].type == SetType(EntityType("T"))


def test_what_text_says_of_entities_and_namespaces_json_says_too() -> None:
    entities = {
        "State": {"enum": ["open", "paid"], "annotations": {"doc": "states"}},
        "User": {"memberOfTypes": ["State"], "tags": {"type": "String"}, "annotations": {"doc": "people"}},
    }
    value = {"N": {"entityTypes": entities, "actions": {}, "annotations": {"doc": "all of it"}}}
    text = """
      @doc("all of it") namespace N {
        @doc("states") entity State enum ["open", "paid"];
        @doc("people") entity User in State tags String;
      }
    """
    assert schema_from_json(value) == parse_schema(text)
    assert schema_from_json(value).entity_types["N::User"].tags == STRING
    assert schema_to_json(schema_from_json(value)) == value
    assert list(schema_to_json(parse_schema(text))) == ["N"]


def test_every_part_is_written_as_it_was_read() -> None:
    record = {"type": "Record", "attributes": {"x": {"type": "EntityOrCommon", "name": "Long", "required": False}}}
    scope = {"principalTypes": ["A"], "resourceTypes": ["A"]}
    namespace: dict[str, Any] = {
        "commonTypes": {"T": {"type": "Set", "element": {"type": "Boolean"}, "annotations": {"doc": "t"}}},
        "entityTypes": {"A": {"memberOfTypes": ["A"], "shape": record, "tags": {"type": "T"}}},
        "actions": {
            "all": {},
            "read": {"memberOf": [{"id": "all"}], "appliesTo": scope, "annotations": {"doc": "r"}},
            "write": {
                "memberOf": [{"id": "all", "type": "N::Action"}],
                "appliesTo": {**scope, "context": {"type": "Record", "attributes": {}}},
            },
            "sign": {"appliesTo": {**scope, "context": record}},
        },
    }
    value = {"N": namespace, "": {"entityTypes": {}, "actions": {}}}
    written = schema_to_json(schema_from_json(value))
    del namespace["actions"]["write"]["appliesTo"]["context"]
    assert written == value


def test_an_action_without_a_scope_is_a_group() -> None:
    schema = schema_from_json({"": {"entityTypes": {}, "actions": {"a": {}, "b": {"memberOf": [{"id": "a"}]}}}})
    assert schema == parse_schema("action a; action b in a;")
