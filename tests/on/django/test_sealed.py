"""Sealed fields of Django: encrypted at rest, bound to their cell, and never written or compared in the clear."""

from __future__ import annotations

import copy
import pickle
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import serializers
from django.db import IntegrityError, connections, models, transaction
from django.db.migrations.state import ModelState
from hypothesis import given, settings
from hypothesis import strategies as st

from ringwall.errors import Misconfigured, Tampered
from ringwall.on.django import Sealed
from ringwall.on.sealed_ring import use_keyring
from ringwall.sealing import sealed
from ringwall.sealing.keyring import KeyRing

CARD = "4111111111111111"


class Purse(models.Model):
    owner = models.CharField(max_length=20, unique=True)
    card = Sealed()
    pin = Sealed(int, null=True)

    class Meta:
        app_label = "purses"


class Token(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    blob = Sealed(bytes)

    class Meta:
        app_label = "purses"


@pytest.fixture(scope="module")
def database(alias: str) -> Iterator[str]:
    with connections[alias].schema_editor() as editor:
        editor.create_model(Purse)
        editor.create_model(Token)
    yield alias
    with connections[alias].schema_editor() as editor:
        editor.delete_model(Purse)
        editor.delete_model(Token)


@pytest.fixture(autouse=True)
def ring() -> Iterator[KeyRing]:
    made = KeyRing.new("orders", now=time.time())
    with use_keyring(made):
        yield made


@pytest.fixture
def purses(database: str) -> Iterator[Any]:
    rows = Purse.objects.using(database)
    yield rows
    rows.delete()


def _stored(database: str, column: str = "card", table: str = "purses_purse") -> list[bytes]:
    with connections[database].cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} ORDER BY id")
        return [bytes(value) for (value,) in cursor.fetchall()]


def _put(database: str, value: bytes, key: int, column: str = "card") -> None:
    with connections[database].cursor() as cursor:
        cursor.execute(f"UPDATE purses_purse SET {column} = %s WHERE id = %s", [value, key])


def test_round_trip(database: str, purses: Any) -> None:
    made = purses.create(owner="ann", card=CARD, pin=1234)
    assert (made.card, made.pin) == (CARD, 1234)
    (stored,) = _stored(database)
    assert CARD.encode() not in stored
    found = purses.get()
    assert (found.card, found.pin) == (CARD, 1234)
    assert CARD not in repr(vars(found))
    found.card, found.pin = "5", None
    found.save()
    again = purses.get()
    assert (again.card, again.pin) == ("5", None)
    again.pin = 7
    again.save(update_fields=["pin"])
    assert purses.get().pin == 7
    again.refresh_from_db()
    assert again.card == "5"
    assert purses.defer("card", "ringwall_row_key").get().card == "5"
    assert purses.only("pin").get().pin == 7


@settings(max_examples=20)
@given(number=st.integers(-(2**126), 2**126), text=st.text(st.characters(exclude_categories=["Cs"])))
def test_every_value_comes_back(database: str, number: int, text: str) -> None:
    with transaction.atomic(using=database):
        made = Purse.objects.using(database).create(owner="x", card=text, pin=number)
        found = Purse.objects.using(database).get(pk=made.pk)
        assert (found.card, found.pin) == (text, number)
        transaction.set_rollback(True, using=database)


def test_a_key_of_ones_own_may_be_inserted_in_bulk(database: str) -> None:
    rows = Token.objects.using(database)
    rows.bulk_create([Token(blob=b"a"), Token(blob=b"b")])
    assert {row.blob for row in rows.all()} == {b"a", b"b"}


def test_moved_cell_attack(database: str, purses: Any) -> None:
    one, two = (purses.create(owner=name, card=name) for name in ("ann", "sue"))
    _, second = _stored(database)
    _put(database, second, one.pk)
    with pytest.raises(Tampered, match="purses_purse.card"):
        purses.get(pk=one.pk).card  # noqa: B018
    keys = _stored(database, "ringwall_row_key")
    _put(database, keys[1], one.pk, "ringwall_row_key")
    with pytest.raises(Tampered):
        purses.get(pk=one.pk).card  # noqa: B018
    assert purses.get(pk=two.pk).card == "sue"


@pytest.mark.parametrize(
    "change", [lambda b: b"\x00", lambda b: b[:-1], lambda b: b[:-1] + bytes([b[-1] ^ 1]), lambda b: b""]
)
def test_changed_cell_attack(database: str, purses: Any, change: Any) -> None:
    row = purses.create(owner="ann", card=CARD)
    _put(database, change(_stored(database)[0]), row.pk)
    with pytest.raises(Tampered) as caught:
        purses.get().card  # noqa: B018
    assert CARD not in str(caught.value)


def test_another_ring_opens_nothing(purses: Any) -> None:
    purses.create(owner="ann", card=CARD)
    with use_keyring(KeyRing.new("orders", now=time.time())), pytest.raises(Tampered, match="does not hold"):
        purses.get().card  # noqa: B018


def test_a_renewed_ring_opens_what_was_sealed_before(purses: Any, ring: KeyRing) -> None:
    purses.create(owner="ann", card=CARD)
    found = purses.get()
    with use_keyring(ring.renewed(now=time.time())):
        assert found.card == CARD
        purses.create(owner="sue", card=CARD)
        assert [row.card for row in purses.all()] == [CARD, CARD]


def test_nothing_is_written_in_the_clear(database: str, purses: Any) -> None:
    row = purses.create(owner="ann", card=CARD)
    row.card = "5"
    for write in (
        lambda: purses.update(card=CARD),
        lambda: purses.bulk_update([row], ["card"]),
        lambda: purses.bulk_create([Purse(owner="sue", card=CARD)]),
        lambda: serializers.serialize("json", [row]),
    ):
        with pytest.raises(Misconfigured):
            write()
    assert purses.count() == 1


def test_nothing_is_compared(purses: Any) -> None:
    purses.create(owner="ann", card=CARD)
    for lookup in ("card", "card__contains", "card__gt", "card__in"):
        with pytest.raises(Misconfigured, match="cannot be compared"):
            purses.filter(**{lookup: CARD})
    assert purses.filter(pin__isnull=True).count() == 1


def test_below_objects_nothing_opens(purses: Any) -> None:
    purses.create(owner="ann", card=CARD)
    (given,) = purses.values_list("card", flat=True)
    assert isinstance(given, sealed.Sealed)
    assert str(given) == "•••"


def test_a_copied_row_is_refused_until_its_value_is_set_again(purses: Any) -> None:
    purses.create(owner="ann", card=CARD)
    row = purses.get()
    card, row.pk, row.owner = row.card, None, "sue"
    row._state.adding = True
    with pytest.raises(Misconfigured, match="was copied"):
        row.save()
    row.card = card
    row.save()
    assert [row.card for row in purses.all()] == [CARD, CARD]


def test_a_failed_save_leaves_nothing_and_can_be_made_good(purses: Any) -> None:
    purses.create(owner="ann", card=CARD)
    row = Purse(owner="ann", card="5")
    with pytest.raises(IntegrityError):
        row.save(using=purses.db)
    row.owner = "sue"
    row.save(using=purses.db)
    assert purses.get(owner="sue").card == "5"


def test_what_is_not_saved_is_neither_shown_nor_pickled() -> None:
    row = Purse(owner="ann", card=CARD)
    assert CARD not in repr(vars(row))
    for leak in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(vars(row)["card"])


@pytest.mark.parametrize(("name", "value"), [("card", 7), ("card", b"x"), ("pin", "7"), ("pin", True), ("pin", 2**200)])
def test_values_of_another_type_are_refused(name: str, value: Any) -> None:
    with pytest.raises(Misconfigured, match=f"purses.Purse.{name}"):
        Purse(**{name: value})


def test_wrong_declarations_are_refused() -> None:
    for declare in (lambda: Sealed(float), lambda: Sealed(unique=True), lambda: Sealed(db_index=True)):
        with pytest.raises(Misconfigured):
            declare()


def test_migrations_see_plain_binary_columns() -> None:
    fields = ModelState.from_model(Purse).fields
    seen = {name: field.deconstruct()[1] for name, field in fields.items() if name not in ("id", "owner")}
    assert seen == dict.fromkeys(("card", "pin", "ringwall_row_key"), "django.db.models.BinaryField")


def test_the_key_must_have_an_exact_form() -> None:
    class Priced(models.Model):
        price = models.DecimalField(primary_key=True, max_digits=5, decimal_places=2)
        card = Sealed()

        class Meta:
            app_label = "purses"

    with pytest.raises(Misconfigured, match="cannot be bound to its key price"):
        Priced(price="1.10", card=CARD).save()
