"""Values together: types are exact, and nothing of two types is ever equal, alone or inside another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.outcomes import differing, outcomes

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.ip_address import IpAddress
from ringwall.policy.values.member import member_key
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value, equal, expect, kind_of

LEAVES = [
    "true",
    "false",
    "0",
    "1",
    '""',
    '"1"',
    'User::"1"',
    'decimal("1.0")',
    'ip("0.0.0.1")',
    'datetime("1970-01-01")',
]
_WRITTEN = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(st.sampled_from("ab"), inner, max_size=2).map(
            lambda fields: "{" + ", ".join(f"{name}: {value}" for name, value in fields.items()) + "}"
        ),
    ),
    max_leaves=4,
)


@given(st.lists(st.tuples(_WRITTEN, _WRITTEN), min_size=25, max_size=25))
def test_cedar_finds_the_same_equal(pairs: list[tuple[str, str]]) -> None:
    asked = [f"{left} == {right}" for left, right in pairs]
    asked += [f"[{left}, 5].contains({right}) || [{left}] == [{right}, {left}]" for left, right in pairs]
    assert differing(asked) == []


@pytest.mark.parametrize(
    ("expression", "outcome"),
    [
        ("true == 1", "false"),
        ("false == 0", "false"),
        ("1 != true", "true"),
        ("principal.yes == principal.one", "false"),
        ("[true] == [1]", "false"),
        ("[true, 1] == [1, true, 1]", "true"),
        ("[true, 1] == [1]", "false"),
        ("[1].contains(true)", "false"),
        ("[true].contains(1)", "false"),
        ("[1, 2].contains(2)", "true"),
        ("[1, 2].containsAny([2, 3])", "true"),
        ("[1, 2].containsAll([2])", "true"),
        ("[1, 2].containsAll([2, 1])", "true"),
        ("[1, 2].containsAll([2, 3])", "false"),
        ("[0, 1].containsAny([true, false])", "false"),
        ("[0, 1].containsAll([true])", "false"),
        ("{a: true} == {a: 1}", "false"),
        ("[{a: true}].contains({a: 1})", "false"),
        ("[[true]].contains([1])", "false"),
        ("{a: [1]} == {a: [true]}", "false"),
        ("{a: 1, b: 2} == {b: 2, a: 1}", "true"),
        ("{a: 1} == {a: 1, b: 2}", "false"),
        ("[principal.yes].contains(principal.one)", "false"),
        ("[] == {}", "false"),
        ('User::"ann" == principal', "true"),
        ('User::"ann" == "ann"', "false"),
        ('Team::"ann" == principal', "false"),
        ("true < false", "error"),
        ("true < 1", "error"),
        ("1 < true", "error"),
        ('"a" < "b"', "error"),
    ],
)
def test_equality(expression: str, outcome: str) -> None:
    assert outcomes(expression) == {outcome}


_VALUES: st.SearchStrategy[Value] = st.recursive(
    st.one_of(st.booleans(), st.integers(0, 1), st.sampled_from(["", "a"]), st.just(EntityUid("U", "a"))),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(CedarSet), st.dictionaries(st.sampled_from("ab"), inner, max_size=2).map(Record)
    ),
    max_leaves=5,
)


@given(_VALUES, _VALUES)
def test_equal_values_have_equal_keys_and_hashes(left: Value, right: Value) -> None:
    same = equal(left, right)
    assert same is equal(right, left)
    assert same is (member_key(left) == member_key(right))
    assert same is (CedarSet([left]) == CedarSet([right]))
    assert same is (Record({"a": left}) == Record({"a": right}))
    if same:
        assert hash(member_key(left)) == hash(member_key(right))
        assert hash(Record({"a": left})) == hash(Record({"a": right}))


@pytest.mark.parametrize(("kind", "value"), [(int, True), (bool, 1), (str, 1), (int, "1"), (EntityUid, ("U", "a"))])
def test_a_type_is_exact(kind: type, value: object) -> None:
    with pytest.raises(EvaluationError, match="is needed, and"):
        expect(kind, value)


def test_what_is_of_another_type_is_called_by_its_name() -> None:
    with pytest.raises(EvaluationError, match="^a long is needed, and a bool came$"):
        expect(int, True)


def test_what_a_value_is_called() -> None:
    plain = (True, 1, "", EntityUid("U", "a"), CedarSet(), Record())
    extended = (Decimal(1), Datetime(1), Duration(1), IpAddress.parse("::1"))
    assert [kind_of(value) for value in (*plain, *extended, 1.5)] == [
        *("a bool", "a long", "a string", "an entity", "a set", "a record"),
        *("a decimal", "a datetime", "a duration", "an ipaddr", "float"),
    ]


def test_a_set_keeps_each_member_once_in_the_order_it_came() -> None:
    found = CedarSet([2, True, 1, 2, 1, False])
    assert found.members == (2, True, 1, False)
    assert [type(member) for member in found] == [int, bool, int, bool]
    assert len(found) == 4
    assert repr(found) == "CedarSet([2, True, 1, False])"


def test_a_record_is_a_copy_that_nobody_changes() -> None:
    fields = {"a": 1}
    record = Record(fields)
    fields["a"] = 2
    assert record["a"] == 1
    assert dict(record) == {"a": 1}
    assert "a" in record
    assert "b" not in record
    assert record != {"a": 1}
    assert repr(record) == "Record({'a': 1})"
    with pytest.raises(TypeError):
        record["a"] = 2  # type: ignore[index]
