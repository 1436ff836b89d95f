"""What is said of an object to a decision point elsewhere."""

from __future__ import annotations

import datetime
import decimal
import uuid
from enum import Enum, StrEnum
from typing import Any

import pytest
from sqlalchemy import ForeignKey, create_engine, event, orm
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ringwall.on.sqlalchemy import Sealed
from ringwall.policy.objects.properties import described, plain
from ringwall.secret import Secret

EAST = datetime.timezone(datetime.timedelta(hours=2))
MOMENT = datetime.datetime(2026, 3, 1, 1, 30, 0, 1999, EAST)


class Colour(StrEnum):
    RED = "red"


class Level(Enum):
    HIGH = 3
    NONE = None


class Text(str):
    pass


SAID: list[tuple[Any, Any]] = [
    ("a", "a"),
    ("", ""),
    (False, False),
    (0, 0),
    (2**63 - 1, 2**63 - 1),
    (-(2**63), -(2**63)),
    (Colour.RED, "red"),
    (Level.HIGH, 3),
    (MOMENT, "2026-02-28T23:30:00.001Z"),
    (datetime.date(2026, 3, 1), "2026-03-01"),
    (datetime.datetime(2026, 3, 1, 1, 30), "2026-03-01T01:30:00"),  # noqa: DTZ001
    (decimal.Decimal("1.50"), "1.50"),
    (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (["a", 1], ["a", 1]),
    (("a",), ["a"]),
    ({"a"}, ["a"]),
    (frozenset({1}), [1]),
    ([], []),
    ([[MOMENT]], [["2026-02-28T23:30:00.001Z"]]),
]
UNSAID = [
    None,
    2**63,
    -(2**63) - 1,
    1.5,
    b"a",
    Text("a"),
    Level.NONE,
    {"a": 1},
    object(),
    Secret("a"),
    ["a", None],
    [1.5],
]


@pytest.mark.parametrize(("value", "said"), SAID)
def test_a_value_is_said_as_json_and_cedar_have_it(value: object, said: object) -> None:
    found = plain({"it": value})
    assert found == {"it": said}
    assert found["it"].__class__ is said.__class__


@pytest.mark.parametrize("value", UNSAID)
def test_what_they_do_not_have_is_left_out(value: object) -> None:
    assert plain({"it": value, "other": 1}) == {"other": 1}


class Base(orm.DeclarativeBase): ...


class Client(Base):
    __tablename__ = "clients"
    id: Mapped[int] = mapped_column(primary_key=True)


class Bill(Base):
    __tablename__ = "bills"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    card: Mapped[str | None] = mapped_column(Sealed)
    client: Mapped[Client] = relationship()


def test_of_a_mapped_object_its_columns_are_said_and_nothing_is_loaded() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add(Bill(id=1, owner="ann", client=Client(id=3)))
        session.commit()
        session.expunge_all()
        bill = session.get_one(Bill, 1)
        statements: list[str] = []
        event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        said = {"type": "Bill", "id": "1", "properties": {"id": 1, "owner": "ann", "client_id": 3}}
        assert (described(bill), statements) == (said, [])


class Order:
    id: int | None
    owner: str
    card: Secret[str]
    client: Client
    missing: str

    def __init__(self, id_: int | None) -> None:
        self.id, self.owner, self.card, self.client = id_, "ann", Secret("4111"), Client(id=3)
        self.undeclared = 1


@pytest.mark.parametrize(("id_", "said"), [(17, "17"), (None, "")])
def test_of_any_other_what_its_class_declares_but_secrets_and_references(id_: int | None, said: str) -> None:
    told = described(Order(id_))
    assert told.pop("properties") == {"owner": "ann"} | ({"id": id_} if id_ else {})
    assert told == {"type": "Order", "id": said}
