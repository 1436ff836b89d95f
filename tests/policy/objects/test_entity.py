"""Any object as an entity."""

from __future__ import annotations

import pytest
from sqlalchemy import orm
from sqlalchemy.orm import Mapped, mapped_column

from ringwall.caller import Caller
from ringwall.policy.entity_uid import EntityUid, quoted
from ringwall.policy.objects.attribute_type import attribute_type
from ringwall.policy.objects.entity import (
    SealedRead,
    entity_text,
    entity_uid,
    key_names,
    key_of,
    key_text,
    read,
    sealed_names,
)
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.secret import Secret


class Base(orm.DeclarativeBase): ...


class Line(Base):
    __tablename__ = "lines"
    order: Mapped[str] = mapped_column("order_no", primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)


class Order(Base):
    __tablename__ = "orders"
    key: Mapped[str] = mapped_column(primary_key=True)


class Card:
    number: Secret[str]
    spare: Secret[str] | None
    holder: str
    unknown: NotDefinedAnywhere  # noqa: F821


def test_type_and_key() -> None:
    assert entity_text(Order(key='a"b')) == 'Order::"a\\"b"'
    assert entity_text(Order()) == "Order"
    assert entity_text(Line(order="a,b", number=2)) == 'Line::"a\\\\,b,2"'
    assert entity_text(Card()) == "Card"


def test_two_composite_keys_never_read_the_same() -> None:
    assert entity_text(Line(order="a,1", number=1)) != entity_text(Line(order="a", number=11))


def test_quote_is_a_cedar_string() -> None:
    assert quoted("plain") == '"plain"'
    assert quoted("\n\u202e") == '"\\u{a}\\u{202e}"'


def test_sealed_names_and_reads() -> None:
    assert sealed_names(Card) == {"number", "spare"}
    card = Card()
    card.number, card.holder = Secret("4111"), "ann"
    assert read(card, "holder") == "ann"
    with pytest.raises(SealedRead, match=r"Card\.number"):
        read(card, "number")


def test_one_unknown_name_does_not_hide_the_others() -> None:
    found = attribute_type(Card, "unknown")
    assert found is not None
    assert (found.kind, found.optional) == ("unknown", True)
    holder = attribute_type(Card, "holder")
    assert holder is not None
    assert (holder.kind, holder.optional) == ("string", False)


class Broken:
    @property
    def id(self) -> int:
        raise ValueError("the row is gone")


class Bare:
    def __init__(self, id_: object = None) -> None:
        self.id = id_


@pytest.mark.parametrize(
    ("entity", "key", "id_", "text"),
    [
        (Bare(17), 17, "17", 'Bare::"17"'),
        (Bare(0), 0, "0", 'Bare::"0"'),
        (Bare(""), "", "", 'Bare::""'),
        (Order(key="k"), "k", "k", 'Order::"k"'),
        (Line(order="a", number=2), ("a", 2), "a,2", 'Line::"a,2"'),
        (Line(order="a\\,", number=2), ("a\\,", 2), "a\\\\\\,,2", 'Line::"a\\\\\\\\\\\\,,2"'),
        (Line(order="", number=0), ("", 0), ",0", 'Line::",0"'),
    ],
)
def test_a_key_tells_which_entity_it_is(entity: object, key: object, id_: str, text: str) -> None:
    assert key_of(entity) == key
    assert key_of(entity) == key, "the second time it is asked of what was learned about the class"
    assert entity_uid(entity) == EntityUid(type(entity).__name__, id_)
    assert entity_text(entity) == text
    assert key_text(type(entity), key) == text


@pytest.mark.parametrize(
    ("entity", "key"),
    [(Bare(), None), (Card(), None), (Broken(), None), (Order(), None), (Line(order="a"), ("a", None))],
)
def test_without_a_key_nothing_tells(entity: object, key: object) -> None:
    name = type(entity).__name__
    assert (key_of(entity), entity_text(entity)) == (key, name)
    with pytest.raises(EvaluationError, match=f"^the {name} has no key, so nothing tells which it is$"):
        entity_uid(entity)


def test_the_attributes_that_hold_the_key() -> None:
    for _ in range(2):
        assert [key_names(owner) for owner in (Bare, Order, Line)] == ["id", "key", ("order", "number")]


def test_a_caller_and_a_name_are_entities_too() -> None:
    assert entity_uid(Caller("ann")) == EntityUid("Person", "ann")
    assert entity_uid(EntityUid("Role", "a")) == EntityUid("Role", "a")


def test_what_is_private_or_sealed_is_not_read() -> None:
    with pytest.raises(AttributeError, match=r"^Card\._x is private$"):
        read(Card(), "_x")
    with pytest.raises(SealedRead, match=r"^Card\.spare is sealed or secret$"):
        read(Card(), "spare")
    assert sealed_names(Bare) == frozenset()
