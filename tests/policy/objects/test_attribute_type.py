"""What is known of an attribute before any request. Fields of Django: tests/on/django/test_attributes.py."""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
import pathlib
import uuid
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Generic, Literal, Optional, TypeVar, Union

import pytest
from sqlalchemy import ARRAY, ForeignKey, String, orm
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import UserDefinedType

from ringwall.on.sqlalchemy import Sealed
from ringwall.policy.objects.attribute_type import (
    UNKNOWN,
    AttributeType,
    attribute_type,
    column_of,
    known_names,
    resolve,
)
from ringwall.secret import Secret

T = TypeVar("T")


class Colour(enum.Enum):
    RED = 1


class Text(str):
    pass


class Customer:
    pass


class Box(Generic[T]):
    pass


class Ancestor:
    inherited: int


class Plain(Ancestor):
    text: str
    number: int
    truth: bool
    perhaps: str | None
    older: Optional[bool]  # noqa: UP045
    either: Union[int, str]  # noqa: UP007
    either_or_none: int | str | None
    some: set[str]
    several: tuple[int, ...]
    listed: list[str]
    frozen: frozenset[str] | None
    made: datetime.datetime
    price: decimal.Decimal
    key: uuid.UUID
    ratio: fractions.Fraction
    path: pathlib.Path
    weight: float
    by_name: dict[str, str]
    colour: Colour
    own_text: Text
    secret: Secret[str]
    perhaps_secret: Secret[str] | None
    customer: Customer
    perhaps_customer: Customer | None
    box: Box[int]
    shared: ClassVar[int]
    fixed: Final[str]  # type: ignore[misc]
    word: Literal["a", "b"]
    one: Literal[1]
    mixed: Literal["a", 1]
    colours: Literal[Colour.RED]
    anything: Any
    later: Nowhere  # type: ignore[name-defined]  # noqa: F821

    bare = 1
    write_only = property(None, lambda one, value: None)

    @property
    def heavy(self) -> bool:
        return True

    @property
    def light(self):  # type: ignore[no-untyped-def]
        return True

    @property
    def late(self) -> Nowhere:  # type: ignore[name-defined]  # noqa: F821
        return True


KNOWN: dict[str, AttributeType | None] = {
    "inherited": AttributeType("long", False, python="int"),
    "text": AttributeType("string", False, python="str"),
    "number": AttributeType("long", False, python="int"),
    "truth": AttributeType("bool", False, python="bool"),
    "perhaps": AttributeType("string", True, python="str"),
    "older": AttributeType("bool", True, python="bool"),
    "either": UNKNOWN,
    "either_or_none": UNKNOWN,
    "some": AttributeType("set", False, python="set"),
    "several": AttributeType("set", False, python="tuple"),
    "listed": AttributeType("set", False, python="list"),
    "frozen": AttributeType("set", True, python="frozenset"),
    "made": AttributeType("other", False, python="datetime"),
    "price": AttributeType("other", False, python="Decimal"),
    "key": AttributeType("other", False, python="UUID"),
    "ratio": AttributeType("other", False, python="Fraction"),
    "path": AttributeType("other", False, python="Path"),
    "weight": AttributeType("other", False, python="float"),
    "by_name": AttributeType("other", False, python="dict"),
    "colour": AttributeType("other", False, python="Colour"),
    "own_text": AttributeType("other", False, python="Text"),
    "secret": AttributeType("other", False, sealed=True, python="Secret"),
    "perhaps_secret": AttributeType("other", True, sealed=True, python="Secret"),
    "customer": AttributeType("entity", False, Customer, python="Customer"),
    "perhaps_customer": AttributeType("entity", True, Customer, python="Customer"),
    "box": AttributeType("entity", False, Box, python="Box"),
    "shared": AttributeType("long", False, python="int"),
    "fixed": AttributeType("string", False, python="str"),
    "word": AttributeType("string", False),
    "one": AttributeType("long", False),
    "mixed": UNKNOWN,
    "colours": AttributeType("other", False),
    "anything": UNKNOWN,
    "later": UNKNOWN,
    "bare": UNKNOWN,
    "write_only": UNKNOWN,
    "heavy": AttributeType("bool", False, python="bool"),
    "light": UNKNOWN,
    "late": UNKNOWN,
    "weather": UNKNOWN,
}


@pytest.mark.parametrize("name", KNOWN)
def test_an_annotation_says_it(name: str) -> None:
    assert attribute_type(Plain, name) == KNOWN[name]


def test_of_a_class_that_is_not_known_nothing_is() -> None:
    assert attribute_type(None, "text") == AttributeType("unknown", True, None, False, "")


def test_what_a_dataclass_does_not_declare_does_not_exist() -> None:
    @dataclass
    class Order:
        id: int

        def total(self) -> int:
            return 0

    assert attribute_type(Order, "weather") is None
    assert attribute_type(Order, "total") == UNKNOWN
    assert known_names(Order) == ["id"]


class Base(orm.DeclarativeBase): ...


class Opaque(UserDefinedType[Any]):
    """A type of the database's own, as SQLAlchemy 2.0 has it: its ``=`` need not be Python's."""

    cache_ok = True

    @property
    def python_type(self) -> type[Any]:
        raise NotImplementedError


class Row(Base):
    __tablename__ = "rows"
    id: Mapped[int] = mapped_column(primary_key=True)
    perhaps: Mapped[str | None]
    card: Mapped[str] = mapped_column(Sealed)
    wrapped: Mapped[Secret[str]] = mapped_column(String)
    tags: Mapped[list[str]] = mapped_column(ARRAY(String))
    made: Mapped[datetime.datetime]
    other_name: Mapped[bool] = mapped_column("stored_as")
    opaque: Mapped[str] = mapped_column(Opaque)
    address: Mapped[str | None] = mapped_column(INET)
    bare = mapped_column(String, nullable=False)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("rows.id"))
    parent: Mapped[Row | None] = relationship(remote_side="Row.id")
    child: Mapped["Child"] = relationship()  # noqa: UP037


class Child(Base):
    __tablename__ = "children"
    id: Mapped[int] = mapped_column(ForeignKey("rows.id"), primary_key=True)


COLUMNS: dict[str, AttributeType | None] = {
    "id": AttributeType("long", False, python="int"),
    "perhaps": AttributeType("string", True, python="str"),
    "card": AttributeType("other", True, sealed=True, python="Sealed"),
    "wrapped": AttributeType("other", True, sealed=True, python="Sealed"),
    "tags": AttributeType("set", False, python="list"),
    "made": AttributeType("other", False, python="datetime"),
    "other_name": AttributeType("bool", False, python="bool"),
    "opaque": AttributeType("other", False, python="object"),
    "bare": AttributeType("string", False, python="str"),
    "address": AttributeType("other", True, python="object"),
    "parent": AttributeType("entity", True, Row, python="Row"),
    "child": AttributeType("entity", False, Child, python="Child"),
    "stored_as": None,
    "metadata": UNKNOWN,
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_says_it(name: str) -> None:
    assert attribute_type(Row, name) == COLUMNS[name]


def test_columns_are_found_by_their_attribute() -> None:
    assert column_of(Row, "other_name").name == "stored_as"
    assert column_of(Row, "parent") is None
    assert column_of(Plain, "text") is None
    assert {"id", "other_name", "bare", "parent"} <= set(known_names(Row))


@pytest.mark.parametrize(
    ("annotation", "found"),
    [
        ("int", int),
        ("Customer", Customer),
        ("Nowhere", "Nowhere"),
        ("a b", "a b"),
        ("Customer.x", "Customer.x"),
        (5, 5),
    ],
)
def test_a_name_that_means_nothing_stands_as_it_is(annotation: object, found: object) -> None:
    assert resolve(annotation, globals()) == found
