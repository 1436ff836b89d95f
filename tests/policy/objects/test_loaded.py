"""What is in memory of an object. Fields of Django: tests/on/django/test_attributes.py."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import create_engine, literal, orm
from sqlalchemy.orm import Mapped, column_property, mapped_column

from ringwall.policy.objects.loaded import UNKNOWN, is_here, loaded


class Descriptor:
    """Gives something else than what is held under its name."""

    def __get__(self, one: Any, owner: type) -> Any:
        return "computed"


class Stored(Descriptor):
    def __set__(self, one: Any, value: Any) -> None: ...


class Above:
    inherited = "from above"
    kind = "above"


class Order(Above):
    kind = "order"
    empty = None
    computed = Descriptor()
    stored = Stored()

    def __init__(self) -> None:
        self.id, self.owner = 1, "ann"
        vars(self)["stored"] = "held"
        vars(self)["danger"] = "held"

    @property
    def danger(self) -> str:
        return "code"

    def method(self) -> str:
        return "code"


class WithGetattr(Above):
    def __getattr__(self, name: str) -> str:
        return "code"


class WithGetattribute(Order):
    def __getattribute__(self, name: str) -> Any:
        return object.__getattribute__(self, name)


class Slim:
    __slots__ = ("id", "owner")


@pytest.mark.parametrize(
    ("made", "name", "value"),
    [
        (Order, "owner", "ann"),
        (Order, "kind", "order"),
        (Order, "inherited", "from above"),
        (Order, "empty", None),
        (Order, "weather", None),
        (Order, "pk", None),
        (Order, "danger", UNKNOWN),
        (Order, "computed", UNKNOWN),
        (Order, "stored", UNKNOWN),
        (Order, "method", UNKNOWN),
        (WithGetattr, "inherited", "from above"),
        (WithGetattr, "weather", UNKNOWN),
        (WithGetattribute, "owner", UNKNOWN),
        (WithGetattribute, "kind", UNKNOWN),
        (Slim, "owner", None),
        (Slim, "weather", None),
    ],
)
def test_a_value_is_told_where_no_code_is_needed(made: Any, name: str, value: object) -> None:
    assert loaded(made(), name) is value
    assert loaded(made(), name) is value, "the second time it is asked of what was learned about the class"


class Base(orm.DeclarativeBase): ...


class Bill(Base):
    __tablename__ = "bills"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    twice: Mapped[int] = column_property(literal(2))
    kind = "bill"


class Line(Base):
    __tablename__ = "lines"
    order: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)


def test_of_a_mapped_object_what_was_loaded_is_told() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all([Bill(id=1, owner="ann"), Line(order=1, number=2)])
        session.commit()
        bill = session.scalars(orm.Query(Bill).options(orm.defer(Bill.owner)).statement).one()
        assert [loaded(bill, name) for name in ("id", "owner", "kind", "twice")] == [1, UNKNOWN, "bill", 2]
        line = session.get_one(Line, (1, 2))
        assert is_here(bill)
        assert is_here(line)
        session.expire(bill)
        session.expire(line, ["number"])
        assert loaded(bill, "id") is UNKNOWN
        assert not is_here(bill)
        assert not is_here(line)


def test_what_is_no_mapped_object_is_here() -> None:
    assert is_here(Order())
    assert is_here("text")
    assert is_here(WithGetattribute())
