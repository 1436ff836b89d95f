"""Values in JSON: what is read, with and without a type; what is refused; and that what we write, Cedar reads."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.outcomes import REQUEST, cedar_response

from ringwall.errors import Misconfigured
from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entities.value_json import value_from_json, value_to_json
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation.engine import CedarEngine
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.schema.types import LONG, EntityType, ExtensionType, Field, RecordType, SetType, Type
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.ip_address import IpAddress
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value

ANN = EntityUid("User", "ann")
_LONGS = st.integers(-(2**63), 2**63 - 1)
VALUES: st.SearchStrategy[Value] = st.recursive(
    st.one_of(
        st.booleans(),
        _LONGS,
        st.text(max_size=5),
        st.builds(EntityUid, st.sampled_from(["User", "A::B"]), st.text(max_size=5)),
        _LONGS.map(Decimal),
        _LONGS.map(Datetime),
        st.integers(-(10**14), 10**14).map(Datetime),
        _LONGS.map(Duration),
        st.tuples(st.ip_addresses(), st.integers(0, 32)).map(lambda both: IpAddress(*both)),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(CedarSet), st.dictionaries(st.text(max_size=3), inner, max_size=4).map(Record)
    ),
    max_leaves=10,
)


@given(VALUES)
def test_what_is_written_is_read_again(value: Value) -> None:
    assert value_from_json(json.loads(json.dumps(value_to_json(value)))) == value


@given(VALUES)
def test_cedar_reads_what_is_written(value: Value) -> None:
    entities = Entities([Entity(REQUEST.principal, {"a": value}), Entity(REQUEST.resource, {"a": CedarSet([value])})])
    policy = "permit(principal, action, resource) when { resource.a.contains(principal.a) };"
    assert CedarEngine(parse_policies(policy)).respond(REQUEST, entities).allowed
    assert cedar_response(policy, REQUEST, entities).allowed


@pytest.mark.parametrize(
    ("written", "type_", "value"),
    [
        (True, None, True),
        (1, LONG, 1),
        ({"__entity": {"type": "User", "id": "ann"}}, None, ANN),
        ({"__entity": {"type": "User", "id": "ann"}}, EntityType("User"), ANN),
        ({"type": "User", "id": "ann"}, EntityType("User"), ANN),
        ({"type": "User", "id": "ann"}, None, Record({"type": "User", "id": "ann"})),
        ({"__extn": {"fn": "decimal", "arg": "1.5"}}, None, Decimal(15_000)),
        ({"__extn": {"fn": "decimal", "args": ["1.5"]}}, None, Decimal(15_000)),
        ({"fn": "decimal", "arg": "1.5"}, ExtensionType("decimal"), Decimal(15_000)),
        ({"fn": "decimal", "arg": "1.5"}, None, Record({"fn": "decimal", "arg": "1.5"})),
        ("1.5", ExtensionType("decimal"), Decimal(15_000)),
        ("1.5", None, "1.5"),
        ("10.0.0.1", ExtensionType("ipaddr"), IpAddress.parse("10.0.0.1")),
        ("1970-01-01", ExtensionType("datetime"), Datetime(0)),
        ("1s", ExtensionType("duration"), Duration(1_000)),
        (["1s", "2s"], SetType(ExtensionType("duration")), CedarSet([Duration(1_000), Duration(2_000)])),
        (["1s", 1], SetType(LONG), CedarSet(["1s", 1])),
        ([[], []], None, CedarSet([CedarSet()])),
        (
            {"who": {"type": "User", "id": "ann"}, "else": {"type": "User", "id": "ann"}},
            RecordType({"who": Field(EntityType("User"), required=False)}),
            Record({"who": ANN, "else": Record({"type": "User", "id": "ann"})}),
        ),
        ({"a": 1}, SetType(LONG), Record({"a": 1})),
    ],
)
def test_what_is_read(written: Any, type_: Type | None, value: Value) -> None:
    found = value_from_json(written, type_)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("written", "type_", "message"),
    [
        (None, None, "v is null, which Cedar does not have"),
        (1.0, None, "v is a number with a point, which Cedar does not have"),
        (b"x", None, "v is bytes, which Cedar does not have"),
        (2**63, None, "v does not fit into 64 bits"),
        (-(2**63) - 1, None, "v does not fit into 64 bits"),
        ({"a": {"b": [1, None]}}, None, "v.a.b is null, which Cedar does not have"),
        ("\ud800", None, "v has half a character in it"),
        ({"\udfff": 1}, None, "a name in v has half a character in it"),
        ({"__entity": {"type": "User", "id": "\ud800"}}, None, "v has half a character in it"),
        ({"__entity": 5}, None, "v is no entity"),
        ({"__entity": {"type": "User"}}, None, "v is no entity"),
        ({"__entity": {"type": "User", "id": 5}}, None, "v is no string"),
        ({"__entity": {"type": "User", "id": "a", "x": 1}}, None, "v is no entity"),
        ({"__entity": {"type": "User", "id": "a"}, "x": 1}, None, "v has an escape that is not whole"),
        ({"__entity": {"type": "in", "id": "a"}}, None, "v has 'in' as an entity type"),
        ({"__entity": {"type": "", "id": "a"}}, None, "v has '' as an entity type"),
        ({"__entity": {"type": "A :: B", "id": "a"}}, None, "v has 'A :: B' as an entity type"),
        ({"__entity": {"type": "A::__cedar", "id": "a"}}, None, "v has 'A::__cedar' as an entity type"),
        ({"type": "User"}, EntityType("User"), "v is no entity"),
        ({"__extn": 5}, None, "v has an escape that is not whole"),
        ({"__extn": {"fn": "decimal"}}, None, "v has an escape that is not whole"),
        ({"__extn": {"fn": "decimal", "arg": "1.0", "args": []}}, None, "v has an escape that is not whole"),
        ({"__extn": {"fn": "decimal", "arg": "1.0"}, "x": 1}, None, "v has an escape that is not whole"),
        ({"__extn": {"fn": "nope", "arg": "1.0"}}, None, "v calls 'nope', which is no function of Cedar"),
        ({"__extn": {"fn": "decimal", "arg": 1}}, None, "v: a string is needed, and a long came"),
        ({"__extn": {"fn": "decimal", "args": []}}, None, "v: decimal takes 1 argument, and 0 came"),
        ("1.x", ExtensionType("decimal"), "v: '1.x' is no decimal, which looks like 1.25"),
        ({"__expr": "1"}, None, "v has the escape __expr, which Cedar gave up"),
    ],
)
def test_what_is_refused(written: Any, type_: Type | None, message: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        value_from_json(written, type_, where="v")
    assert refused.value.message == message


def test_what_stands_nowhere_is_called_the_value() -> None:
    with pytest.raises(Misconfigured, match="^the value is null, which Cedar does not have$"):
        value_from_json(None)


def test_nesting_has_an_end() -> None:
    nested: Any = 1
    for n in range(100):
        nested = {"a": nested} if n % 2 else [nested]
    assert value_to_json(value_from_json(nested)) == nested
    with pytest.raises(Misconfigured, match="is nested more than 100 deep"):
        value_from_json([nested])


def test_calls_nest_as_deep() -> None:
    calls: Any = {"__extn": {"fn": "datetime", "arg": "1970-01-01"}}
    for _ in range(99):
        calls = {"__extn": {"fn": "offset", "args": [calls, {"__extn": {"fn": "duration", "arg": "1ms"}}]}}
    assert value_from_json(calls) == Datetime(99)
    with pytest.raises(Misconfigured, match="is nested more than 100 deep"):
        value_from_json([[calls]])


def test_a_record_that_would_be_read_as_an_escape_is_not_written() -> None:
    with pytest.raises(Misconfigured, match="^a record with the name __entity cannot be written in JSON$"):
        value_to_json(CedarSet([Record({"__entity": 1})]))
