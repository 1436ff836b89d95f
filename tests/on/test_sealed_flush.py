"""Sealing in the flush: keys from everywhere, failures, merges and copies."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy.exc
from sqlalchemy import Engine, ForeignKey, create_engine, event, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    defer,
    joinedload,
    load_only,
    make_transient,
    mapped_column,
    relationship,
    validates,
)

from ringwall.errors import Misconfigured
from ringwall.on.sealed_ring import use_keyring
from ringwall.on.sqlalchemy import Sealed
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


def test_a_thousand_rows_with_keys_from_the_database(session: Session) -> None:
    statements: list[str] = []
    event.listen(session.bind, "before_cursor_execute", lambda *args: statements.append(args[2]))
    session.add_all([Order(owner=str(n), card=f"card {n}", limit=n) for n in range(1000)])
    session.commit()
    # One batched UPDATE for each of the two columns that were set.
    assert [statement.split()[0] for statement in statements].count("UPDATE") == 2
    for order in session.scalars(select(Order)):
        assert (order.card, order.limit) == (f"card {order.owner}", int(order.owner))


def test_a_known_key_needs_no_second_statement(session: Session) -> None:
    statements: list[str] = []
    event.listen(session.bind, "before_cursor_execute", lambda *args: statements.append(args[2]))
    session.add(Order(id=7, owner="sue", card=CARD))
    session.flush()
    assert [statement.split()[0] for statement in statements] == ["INSERT"]


def test_composite_and_client_made_keys(session: Session) -> None:
    made = uuid.uuid4()
    session.add_all(
        [Token(zone="eu", id=made, value="a a"), Token(zone="us", id=made, value="b"), Token(zone="eu", value="c")]
    )
    session.commit()
    session.expunge_all()
    assert session.get_one(Token, {"zone": "eu", "id": made}).value == "aa"
    assert session.get_one(Token, {"zone": "us", "id": made}).value == "b"
    assert sorted(token.value for token in session.scalars(select(Token))) == ["aa", "b", "c"]


def test_a_key_that_comes_from_the_parent(session: Session) -> None:
    session.add(Order(owner="sue", card=CARD, lines=[Line(number=1, gift="x"), Line(number=2, gift="y")]))
    session.commit()
    session.expunge_all()
    order = session.scalars(select(Order).options(joinedload(Order.lines))).unique().one()
    assert [line.gift for line in order.lines] == ["x", "y"]


def test_a_changed_primary_key_reseals_what_was_loaded_and_what_was_not(session: Session, order: Order) -> None:
    order.id = 99
    assert order.card == CARD
    order.limit = 6
    session.commit()
    session.expunge_all()
    found = session.get_one(Order, 99)
    assert (found.card, found.limit, found.photo) == (CARD, 6, b"\x00\xff")


def test_a_primary_key_of_another_type_than_its_column_is_refused(session: Session) -> None:
    session.add(Order(id="7", owner="sue", card=CARD))
    with pytest.raises(Misconfigured, match="the primary key id is str, and its column is int"):
        session.flush()


def test_expired_and_refreshed(session: Session, order: Order) -> None:
    session.expire(order)
    assert order.card == CARD
    session.expire(order, ["card"])
    assert order.card == CARD
    order.card = "other"
    session.refresh(order)
    assert order.card == CARD


def test_deferred_columns(session: Session, order: Order) -> None:
    for option in (defer(Order.card), load_only(Order.owner), load_only(Order.card)):
        session.expunge_all()
        assert session.scalars(select(Order).options(option)).one().card == CARD


def test_rolled_back(session: Session, order: Order) -> None:
    order.card = "other"
    session.flush()
    session.rollback()
    assert order.card == CARD


def test_a_failed_flush_loses_no_value(session: Session, order: Order) -> None:
    again = Order(owner="ann", card="4222", limit=3)
    session.add(again)
    with pytest.raises(sqlalchemy.exc.IntegrityError) as refusal:
        session.flush()
    assert "4222" not in str(refusal.value)
    session.rollback()
    again.owner = "sue"
    session.add(again)
    session.commit()
    session.expunge_all()
    assert [(o.card, o.limit) for o in session.scalars(select(Order).order_by(Order.id))] == [(CARD, -5), ("4222", 3)]


def test_rolled_back_after_the_flush_and_added_again(session: Session) -> None:
    order = Order(owner="sue", card=CARD)
    session.add(order)
    session.flush()
    session.rollback()
    session.add(order)
    session.commit()
    session.expunge_all()
    assert session.scalars(select(Order)).one().card == CARD


def test_a_savepoint(session: Session, order: Order) -> None:
    with session.begin_nested():
        session.add(Order(owner="sue", card="4222"))
    nested = session.begin_nested()
    session.add(Order(owner="max", card="4333"))
    session.flush()
    nested.rollback()
    session.commit()
    assert sorted(found.card for found in session.scalars(select(Order))) == [CARD, "4222"]


def test_deleted_and_inserted_with_the_same_key_in_one_flush(session: Session, order: Order) -> None:
    number = order.id
    session.delete(order)
    session.add(Order(id=number, owner="sue", card="4222"))
    session.commit()
    session.expunge_all()
    assert session.get_one(Order, number).card == "4222"


def test_merged(session: Session, order: Order, engine: Engine) -> None:
    number = order.id
    with Session(engine) as other:
        detached = other.get_one(Order, number)
    assert session.merge(detached).card == CARD
    session.merge(Order(id=number, card="4222"))
    session.merge(Order(id=50, owner="sue", card="4333"))
    session.commit()
    assert sorted(found.card for found in session.scalars(select(Order))) == ["4222", "4333"]


def test_a_whole_row_merged_into_another_database(session: Session, order: Order, tmp_path: Path) -> None:
    elsewhere = create_engine(f"sqlite:///{tmp_path}/copy.db")
    Base.metadata.create_all(elsewhere)
    session.refresh(order)
    with Session(elsewhere) as other:
        other.merge(order)
        other.commit()
        other.expunge_all()
        assert other.scalars(select(Order)).one().card == CARD
    elsewhere.dispose()


def test_copied_to_another_row(session: Session, order: Order) -> None:
    session.add(copy := Order(owner="sue", card=order.card))
    session.commit()
    assert copy.card == CARD


def test_a_sealed_value_of_another_row_is_not_taken(session: Session, order: Order) -> None:
    stolen = session.execute(select(Order.card)).scalar_one()
    session.add(other := Order(owner="sue", card=stolen))
    with pytest.raises(Misconfigured, match="does not belong to its row"):
        session.flush()
    session.rollback()
    other.card = "fine"
    session.add(other)
    session.commit()
    other.card = session.execute(select(Order.card).where(Order.owner == "ann")).scalar_one()
    with pytest.raises(Misconfigured, match="does not belong to its row"):
        session.flush()


def test_made_transient_under_a_new_key_is_refused_rather_than_lost(session: Session, order: Order) -> None:
    session.refresh(order)
    make_transient(order)
    order.id, order.owner = None, "sue"
    session.add(order)
    with pytest.raises(Misconfigured, match="does not belong to its row"):
        session.flush()
