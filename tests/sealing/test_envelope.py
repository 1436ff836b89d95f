"""The envelope: what goes in comes out, and nothing else does."""

from __future__ import annotations

import datetime
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.errors import Tampered
from ringwall.sealing.envelope import HEADER_BYTES, OVERHEAD_BYTES, CellCipher, UnknownKey
from ringwall.sealing.keyring import DataKey, KeyRing
from ringwall.sealing.place import Place

RING = KeyRing("orders", (DataKey(bytes(range(32)), "active", 1),))
PLACE = Place("orders", "", "orders", "card", "str", ("id",))
CIPHER = CellCipher(RING, PLACE)
ROW = bytes(range(16))

keys = st.one_of(st.integers(), st.text(), st.binary(), st.uuids(), st.dates())
identities = st.lists(keys, min_size=1, max_size=3).map(tuple)
row_keys = st.binary(min_size=16, max_size=16)


@given(st.binary(), row_keys, identities)
def test_every_value_comes_back(value: bytes, row_key: bytes, identity: tuple) -> None:
    envelope = CIPHER.seal(value, row_key, identity)
    assert len(envelope) == len(value) + OVERHEAD_BYTES
    assert CIPHER.open(envelope, row_key, identity) == value


def test_the_documented_vector_opens() -> None:
    # docs/sealing.md prints this envelope; another implementation can check itself against it.
    envelope = bytes.fromhex(VECTOR)
    assert CIPHER.open(envelope, ROW, (7,)) == b"4111111111111111"


VECTOR = (
    "01d120077684e55f1badb6d9470f83b912a0a1a2a3a4a5a6a7a8a9aaab80b8b61e14c050d888e7bf4286da52e8cf1e21d1af"
    "5bb2c25aefa5fff17aff82"
)


def test_two_seals_of_one_value_differ() -> None:
    assert CIPHER.seal(b"same", ROW, (1,)) != CIPHER.seal(b"same", ROW, (1,))


@given(st.data())
def test_any_changed_byte_is_refused(data: st.DataObject) -> None:
    envelope = bytearray(CIPHER.seal(data.draw(st.binary(max_size=40)), ROW, (1,)))
    at = data.draw(st.integers(0, len(envelope) - 1))
    envelope[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Tampered):
        CIPHER.open(bytes(envelope), ROW, (1,))


@given(st.data())
def test_any_truncation_is_refused(data: st.DataObject) -> None:
    envelope = CIPHER.seal(b"4111111111111111", ROW, (1,))
    with pytest.raises(Tampered):
        CIPHER.open(envelope[: data.draw(st.integers(0, len(envelope) - 1))], ROW, (1,))


@given(
    st.one_of(st.binary(max_size=80), st.text(), st.integers(), st.none()), st.one_of(st.none(), st.binary(max_size=20))
)
def test_the_parser_only_ever_says_tampered(envelope: object, row_key: object) -> None:
    with pytest.raises(Tampered):
        CIPHER.open(envelope, row_key, (1,))


@given(st.binary(max_size=80))
def test_garbage_behind_a_true_header_says_tampered(body: bytes) -> None:
    with pytest.raises(Tampered):
        CIPHER.open(CIPHER.header + body, ROW, (1,))


@given(row_keys, identities, row_keys, identities)
def test_a_value_opens_only_in_its_own_row(one: bytes, id_one: tuple, other: bytes, id_other: tuple) -> None:
    envelope = CIPHER.seal(b"value", one, id_one)
    if (one, id_one) == (other, id_other) and list(map(type, id_one)) == list(map(type, id_other)):
        assert CIPHER.open(envelope, other, id_other) == b"value"
    else:
        with pytest.raises(Tampered):
            CIPHER.open(envelope, other, id_other)


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("billing", "", "orders", "card", "str", ("id",)),
        Place("orders", "archive", "orders", "card", "str", ("id",)),
        Place("orders", "", "refunds", "card", "str", ("id",)),
        Place("orders", "", "orders", "iban", "str", ("id",)),
        Place("orders", "", "orders", "card", "bytes", ("id",)),
        Place("orders", "", "orders", "card", "str", ("number",)),
    ],
    ids=["application", "schema", "table", "column", "type", "key column"],
)
def test_a_value_opens_only_in_its_own_place(elsewhere: Place) -> None:
    envelope = CIPHER.seal(b"value", ROW, (1,))
    with pytest.raises(Tampered):
        CellCipher(RING, elsewhere).open(envelope, ROW, (1,))


def test_an_envelope_whose_key_id_was_swapped_never_opens() -> None:
    ring = RING.renewed(now=2)
    old = CIPHER.seal(b"value", ROW, (1,))
    swapped = old[:1] + ring.active.id + old[HEADER_BYTES:]
    with pytest.raises(Tampered, match=ring.active.id.hex()):
        CellCipher(ring, PLACE).open(swapped, ROW, (1,))


def test_a_key_that_the_ring_does_not_hold_is_named() -> None:
    stranger = KeyRing.new("orders", now=0)
    with pytest.raises(UnknownKey, match=stranger.active.id.hex()) as refusal:
        CIPHER.open(CellCipher(stranger, PLACE).seal(b"value", ROW, (1,)), ROW, (1,))
    assert "orders.card, row id=1" in str(refusal.value)
    assert refusal.value.hint


def test_no_error_shows_the_value() -> None:
    envelope = CIPHER.seal(b"4111111111111111", ROW, (1,))
    for wrong in (envelope[:-1], b"4111111111111111", "4111111111111111", envelope[:1] + bytes(40)):
        with pytest.raises(Tampered) as refusal:
            CIPHER.open(wrong, ROW, (1,))
        assert "4111" not in refusal.value.render()
        assert refusal.value.__cause__ is None


def test_a_retired_key_opens_and_the_active_one_seals() -> None:
    cipher = CellCipher(RING.renewed(now=2), PLACE)
    old = CIPHER.seal(b"value", ROW, (1,))
    assert cipher.open(old, ROW, (1,)) == b"value"
    assert not old.startswith(cipher.header)
    assert cipher.seal(b"value", ROW, (1,)).startswith(cipher.header)


@pytest.mark.parametrize("value", [True, 1.5, None, datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)])
def test_a_key_without_an_exact_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        CIPHER.seal(b"value", ROW, (value,))


def test_keys_of_different_types_are_different_rows() -> None:
    one = uuid.UUID(int=1)
    envelope = CIPHER.seal(b"value", ROW, (one,))
    for other in (1, "1", one.bytes, str(one)):
        with pytest.raises(Tampered):
            CIPHER.open(envelope, ROW, (other,))
