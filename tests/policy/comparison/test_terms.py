"""What is built for the solver: trivial parts folded away, 64 bits, texts there and back, and ``like``."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from ringwall.policy.comparison.symbolic.limit import Inexpressible
from ringwall.policy.comparison.symbolic.logic import FALSE, TRUE, every, no, same, some, truth
from ringwall.policy.comparison.symbolic.plain_value import default
from ringwall.policy.comparison.symbolic.terms import apply, in_64_bits, sort_of
from ringwall.policy.comparison.symbolic.texts import matches, plain_text, text_term
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.schema.types import BOOL, LONG, STRING, EntityType, ExtensionType, Field, RecordType, SetType, Type
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.datetime import Datetime
from ringwall.policy.values.decimal import Decimal
from ringwall.policy.values.duration import Duration
from ringwall.policy.values.ip_address import IpAddress
from ringwall.policy.values.like import like
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value

A, B = z3.Bools("a b")


def test_only_what_is_open_is_left() -> None:
    assert every(()) is every((TRUE, TRUE)) is no(FALSE) is truth(True) is TRUE
    assert some(()) is some((FALSE, FALSE)) is no(TRUE) is truth(False) is FALSE
    assert every((A, FALSE, B)) is FALSE
    assert some((A, TRUE, B)) is TRUE
    assert every((TRUE, A)) is some((FALSE, A)) is A
    assert every((A, TRUE, B)).eq(z3.And(A, B))
    assert some((A, FALSE, B)).eq(z3.Or(A, B))
    assert no(A).eq(z3.Not(A))


def test_what_is_written_out_is_compared_at_once() -> None:
    constants = [[TRUE, FALSE], [z3.IntVal(1), z3.IntVal(2)], [z3.StringVal("a"), z3.StringVal("b")]]
    constants += [[z3.BitVecVal(1, 8), z3.BitVecVal(2, 8)]]
    for one, other in constants:
        assert same(one, one) is TRUE
        assert same(one, other) is same(other, one) is FALSE
        unknown = z3.Const("x", one.sort())
        assert same(unknown, unknown) is TRUE
        assert same(unknown, one).eq(unknown == one)
        assert same(one, unknown).eq(one == unknown)


def test_64_bits_have_their_edges() -> None:
    for number, holds in ((-(2**63) - 1, FALSE), (-(2**63), TRUE), (2**63 - 1, TRUE), (2**63, FALSE)):
        assert in_64_bits(z3.IntVal(number)) is holds
        unknown = z3.Int("n")
        solver = z3.Solver()
        solver.add(in_64_bits(unknown), unknown == number)
        assert (solver.check() == z3.sat) is (holds is TRUE)


def test_a_record_and_an_address_take_more_than_one_term() -> None:
    for type_ in (RecordType(), ExtensionType("ipaddr"), SetType(SetType(LONG)), SetType(ExtensionType("ipaddr"))):
        with pytest.raises(Inexpressible, match="values of the type "):
            sort_of(type_)
    assert sort_of(SetType(EntityType("U"))) == z3.SetSort(z3.IntSort())


def test_a_function_of_nothing_is_a_constant() -> None:
    assert apply("f", (), z3.IntSort()).eq(z3.Int("f"))
    assert apply("f", (z3.IntVal(1),), z3.IntSort()).num_args() == 1


@given(st.text(st.characters(max_codepoint=0x2FFFF, codec="utf-8"), max_size=6))
def test_a_text_comes_back(text: str) -> None:
    assert plain_text(text_term(text)) == text
    with pytest.raises(Inexpressible, match=r"a character beyond U\+2FFFF"):
        text_term(f"{text}\U00030000")


@settings(max_examples=60)
@given(
    st.text(alphabet="ab", max_size=5), st.lists(st.text(alphabet="ab", max_size=2), min_size=1, max_size=4).map(tuple)
)
def test_like_is_what_the_engine_says(text: str, parts: tuple[str, ...]) -> None:
    solver = z3.Solver()
    solver.add(matches(z3.StringVal(text), parts))
    assert (solver.check() == z3.sat) is like(text, parts)


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (BOOL, False),
        (LONG, 0),
        (STRING, ""),
        (EntityType("U"), EntityUid("U", "some")),
        (SetType(LONG), CedarSet()),
        (RecordType({"a": Field(LONG), "b": Field(LONG, required=False)}), Record({"a": 0})),
        (ExtensionType("decimal"), Decimal(0)),
        (ExtensionType("datetime"), Datetime(0)),
        (ExtensionType("duration"), Duration(0)),
        (ExtensionType("ipaddr"), IpAddress(IPv4Address("0.0.0.0"), 32)),
    ],
)
def test_what_nobody_asked_for_has_the_plainest_value(type_: Type, value: Value) -> None:
    found = default(type_, lambda name: EntityUid(name, "some"))
    assert (found, type(found)) == (value, type(value))
