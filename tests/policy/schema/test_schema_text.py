"""Printing a schema: what is read back is the same, and what text cannot say is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from tests.policy.schema.written_schemas import schemas

from ringwall.errors import Misconfigured
from ringwall.policy.schema.parse import parse_schema
from ringwall.policy.schema.resolve import resolved
from ringwall.policy.schema.schema_json import schema_from_json, schema_to_json
from ringwall.policy.schema.schema_text import schema_text
from ringwall.policy.schema.written import Namespace


@settings(max_examples=40)
@given(schemas())
def test_text_and_json_say_the_same(written: tuple[Namespace, ...]) -> None:
    schema = resolved(written)
    assert parse_schema(schema_text(schema)) == schema
    again = schema_from_json(schema_to_json(schema))
    assert again == schema
    assert again.written == written


@settings(max_examples=20)
@given(schemas())
def test_printing_twice_prints_the_same(written: tuple[Namespace, ...]) -> None:
    text = schema_text(resolved(written))
    assert schema_text(parse_schema(text)) == text


def test_it_is_laid_out_as_cedar_lays_it_out() -> None:
    text = """@doc("people")
entity User in [Team] = {
  name: String,
  "post code"?: String,
  home: {
    city: String
  }
} tags Set<String>;

entity Team;

entity State enum ["open", "paid"];

action "read" in [Action::"all"] appliesTo {
  principal: [User],
  resource: [User, Team],
  context: {}
};

action "all";
"""
    assert schema_text(parse_schema(text)) == text


def test_a_namespace_is_indented_and_a_builtin_name_that_is_taken_is_written_whole() -> None:
    text = """entity User;

entity Long;

@doc("goods")
namespace Shop {
  type Money = __cedar::Long;

  @doc("what is bought")
  entity Order in [User] = {
    total: __cedar::Long,
    own: Long,
    ok: Bool,
    paid: Money
  };

  action "pay" in [Shop::Action::"all"] appliesTo {
    principal: [User],
    resource: [Order],
    context: {
      at: datetime
    }
  };

  action "all";
}
"""
    assert schema_text(parse_schema(text)) == text


def test_a_builtin_of_json_is_written_whole_only_where_its_name_is_taken() -> None:
    attributes = {"x": {"type": "Long"}, "y": {"type": "String"}, "z": {"type": "Entity", "name": "Long"}}
    entities = {"Long": {}, "A": {"shape": {"type": "Record", "attributes": attributes}}}
    schema = schema_from_json({"": {"entityTypes": entities, "actions": {}}})
    assert schema_text(schema) == ("entity Long;\n\nentity A = {\n  x: __cedar::Long,\n  y: String,\n  z: Long\n};\n")


def test_an_action_that_applies_to_nothing_has_no_scope() -> None:
    nobody, nothing = ({"principalTypes": p, "resourceTypes": r} for p, r in (([], ["A"]), (["A"], [])))
    actions = {"a": {}, "b": {"appliesTo": nobody}, "c": {"appliesTo": nothing}}
    schema = schema_from_json({"": {"entityTypes": {"A": {}}, "actions": actions}})
    assert schema_text(schema) == 'entity A;\n\naction "a";\n\naction "b";\n\naction "c";\n'


@pytest.mark.parametrize(
    "value",
    [
        {"commonTypes": {"T": {"type": "Record", "attributes": {}}}, "entityTypes": {"A": {"shape": {"type": "T"}}}},
        {
            "commonTypes": {"A": {"type": "Long"}},
            "entityTypes": {"A": {"shape": {"type": "Record", "attributes": {"x": {"type": "Entity", "name": "A"}}}}},
        },
    ],
)
def test_what_only_json_can_say_is_refused(value: dict[str, object]) -> None:
    schema = schema_from_json({"": {**value, "actions": {}}})
    with pytest.raises(Misconfigured):
        schema_text(schema)
