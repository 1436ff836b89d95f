"""Keys and their ring."""

from __future__ import annotations

import pytest

from ringwall.errors import Misconfigured
from ringwall.sealing.keyring import DataKey, KeyRing
from ringwall.sealing.place import Place

CARD = Place("orders", "", "orders", "card", "str", ("id",))
IBAN = Place("orders", "", "orders", "iban", "str", ("id",))


def test_the_id_of_a_key_comes_from_the_key() -> None:
    key = DataKey(bytes(range(32)), "active", 1)
    assert key.id.hex() == "d120077684e55f1badb6d9470f83b912"
    assert key.id != DataKey(bytes(32), "active", 1).id


def test_every_column_has_a_key_of_its_own() -> None:
    key = DataKey(bytes(range(32)), "active", 1)
    assert key.subkey(CARD).hex() == "a92576ce36a6587be6c607972fc936e3d2ee2161de88e7dfa3930f7e909c97c2"
    assert key.subkey(CARD) != key.subkey(IBAN)


def test_repr_never_shows_the_material() -> None:
    ring = KeyRing.new("orders", now=1)
    assert repr(ring.active.material) not in repr(ring)


def test_renewing_keeps_the_old_keys_for_opening() -> None:
    ring = KeyRing.new("orders", now=1)
    renewed = ring.renewed(now=2)
    assert [key.state for key in renewed.keys] == ["active", "retired"]
    assert renewed.keys[1].id == ring.active.id
    assert renewed.active.id != ring.active.id


def test_a_retired_key_can_be_forgotten_and_the_active_one_cannot() -> None:
    ring = KeyRing.new("orders", now=1)
    renewed = ring.renewed(now=2)
    assert renewed.without(ring.active.id).keys == (renewed.active,)
    with pytest.raises(Misconfigured, match="active key cannot be forgotten"):
        renewed.without(renewed.active.id)
    with pytest.raises(Misconfigured, match="holds no key"):
        ring.without(bytes(16))


@pytest.mark.parametrize("states", [(), ("retired",), ("active", "active")])
def test_a_ring_has_exactly_one_active_key(states: tuple) -> None:
    keys = tuple(DataKey(bytes([n]) * 32, state, 1) for n, state in enumerate(states))
    with pytest.raises(Misconfigured, match="exactly one active key"):
        KeyRing("orders", keys)


def test_a_ring_holds_no_key_twice() -> None:
    with pytest.raises(Misconfigured, match="twice"):
        KeyRing("orders", (DataKey(bytes(32), "active", 1), DataKey(bytes(32), "retired", 1)))


def test_a_key_has_32_bytes() -> None:
    with pytest.raises(Misconfigured, match="16 bytes"):
        DataKey(bytes(16), "active", 1)
