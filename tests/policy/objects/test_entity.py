"""Any object as an entity."""

from __future__ import annotations

import pytest
from sqlalchemy import orm
from sqlalchemy.orm import Mapped, mapped_column

from ringwall.policy.entity_uid import quoted
from ringwall.policy.objects.attribute_type import attribute_type
from ringwall.policy.objects.entity import SealedRead, entity_text, read, sealed_names
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
