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


def test_an_action_that_applies_to_nothing_has_no_scope() -> None:
    empty = {"principalTypes": [], "resourceTypes": ["A"]}
    value = {"": {"entityTypes": {"A": {}}, "actions": {"a": {}, "b": {"appliesTo": empty}}}}
    assert schema_text(schema_from_json(value)) == 'entity A;\n\naction "a";\n\naction "b";\n'


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
