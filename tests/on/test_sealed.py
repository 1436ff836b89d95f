"""A sealed column on an object: reading, assigning, and what never shows."""

from __future__ import annotations

import logging
import pickle
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, ForeignKey, create_engine, select, text
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    relationship,
    validates,
)
from sqlalchemy.orm.attributes import set_attribute

from ringwall.errors import Misconfigured, Tampered
from ringwall.on.sealed_ring import use_keyring
from ringwall.on.sqlalchemy import Sealed
from ringwall.on.sqlalchemy.sealed_column import SealedColumn
from ringwall.sealing.keyring import KeyRing

CARD = "4111111111111111"


class Base(DeclarativeBase): ...


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(unique=True)
    card: Mapped[str] = mapped_column(Sealed)
    limit: Mapped[int | None] = mapped_column("spending_limit", Sealed)
    photo: Mapped[bytes | None] = mapped_column(Sealed)
    lines: Mapped[list[Line]] = relationship(back_populates="order")


class Line(Base):
    __tablename__ = "lines"
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    gift: Mapped[str] = mapped_column(Sealed)
    order: Mapped[Order] = relationship(back_populates="lines")


class Token(Base):
    __tablename__ = "tokens"
    zone: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    value: Mapped[str] = mapped_column(Sealed)

    @validates("value")
    def _no_spaces(self, key: str, value: str) -> str:
        return value.replace(" ", "")


@pytest.fixture(autouse=True)
def ring() -> Iterator[KeyRing]:
    ring = KeyRing.new("orders", now=1)
    with use_keyring(ring):
        yield ring


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path}/orders.db")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


@pytest.fixture
def order(session: Session) -> Order:
    session.add(order := Order(owner="ann", card=CARD, limit=-5, photo=b"\x00\xff"))
    session.commit()
    return order


def test_each_type_comes_back(session: Session, order: Order) -> None:
    session.expunge_all()
    found = session.scalars(select(Order)).one()
    assert (found.card, found.limit, found.photo) == (CARD, -5, b"\x00\xff")


def test_null_stays_null(session: Session) -> None:
    session.add(order := Order(owner="sue", card="1"))
    session.commit()
    assert order.limit is None
    assert session.scalars(select(Order).where(Order.limit.is_(None))).one() is order
    assert session.scalars(select(Order).where(Order.limit != None)).all() == []  # noqa: E711


def test_a_value_is_readable_before_and_after_the_flush(session: Session) -> None:
    order = Order(owner="sue", card=CARD)
    assert order.card == CARD
    session.add(order)
    session.flush()
    assert order.card == CARD
    assert CARD not in repr(vars(order))


def test_nothing_readable_stays_in_the_object(session: Session, order: Order) -> None:
    order.card = "4222"
    assert "4222" not in repr(vars(order))
    with pytest.raises(TypeError, match="flush it first"):
        pickle.dumps(order)
    session.flush()
    assert order.card == "4222"
    assert "4222" not in repr(vars(order))
    pickled = pickle.dumps(order)
    assert b"4222" not in pickled
    assert pickle.loads(pickled).card == "4222"


def test_loading_opens_nothing(session: Session, order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    session.expunge_all()
    opened = []
    real = SealedColumn.open
    monkeypatch.setattr(SealedColumn, "open", lambda *args: opened.append(1) or real(*args))
    found = session.scalars(select(Order)).one()
    assert opened == []
    assert found.card == CARD
    assert opened == [1]


def test_validators_see_the_value(session: Session) -> None:
    assert Token(zone="eu", value="a b").value == "ab"


@pytest.mark.parametrize("wrong", [5, b"x", True, 1.5, "\ud800"])
def test_a_value_of_another_type_is_refused_without_showing_it(wrong: object) -> None:
    with pytest.raises(Misconfigured) as refusal:
        Order(owner="ann", card=wrong)
    assert "Order.card takes" in str(refusal.value)


def test_a_number_that_is_too_long_is_refused() -> None:
    with pytest.raises(Misconfigured, match="at most 127 bits"):
        Order(owner="ann", card=CARD, limit=2**127)


def test_what_was_put_past_the_attribute_is_refused(session: Session, order: Order) -> None:
    session.refresh(order)
    vars(order)["card"] = "plain"
    with pytest.raises(Tampered, match="holds str, not a sealed value"):
        _ = order.card
    set_attribute(order, "photo", b"plain")
    with pytest.raises(Misconfigured, match="does not belong to its row"):
        session.flush()


def test_the_statement_log_shows_no_value(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/log.db", echo=True)
    with caplog.at_level(logging.DEBUG):
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            session.add(Order(owner="ann", card=CARD))
            session.commit()
            assert session.scalars(select(Order)).one().card == CARD
    engine.dispose()
    assert "INSERT INTO orders" in caplog.text
    assert CARD not in caplog.text


def test_the_row_key_is_random_and_16_bytes(session: Session, order: Order) -> None:
    session.add(Order(owner="sue", card="1"))
    session.commit()
    one, other = session.execute(text("select ringwall_row_key from orders")).scalars()
    assert len(one) == len(other) == 16
    assert one != other
