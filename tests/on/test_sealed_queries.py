"""Queries: objects open however they were loaded; below the ORM nothing opens, and nothing plain is bound."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import (
    Engine,
    ForeignKey,
    bindparam,
    create_engine,
    false,
    insert,
    literal,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    defer,
    joinedload,
    load_only,
    mapped_column,
    relationship,
)

from ringwall.on.sealed_ring import use_keyring
from ringwall.on.sqlalchemy import Sealed
from ringwall.on.sqlalchemy.sealed import SealedColumnRefused
from ringwall.sealing import sealed
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


WAYS = {
    "subquery": lambda: select(aliased(Order, select(Order).subquery())),
    "common table expression": lambda: select(aliased(Order, select(Order).cte())),
    "text": lambda: select(Order).from_statement(text("select * from orders")),
    "core statement": lambda: select(Order).from_statement(select(Order.__table__)),
    "union": lambda: select(aliased(Order, union_all(select(Order), select(Order).where(false())).subquery())),
    "distinct": lambda: select(Order).distinct(),
    "deferred": lambda: select(Order).options(defer(Order.card)),
    "only this": lambda: select(Order).options(load_only(Order.card)),
    "joined": lambda: select(Order).options(joinedload(Order.lines)),
    "returned by an update": lambda: update(Order).values(owner="sue").returning(Order),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_object_opens_however_it_was_loaded(session: Session, order: Order, way: str) -> None:
    session.expunge_all()
    found = session.scalars(WAYS[way]()).unique().one()
    assert (found.card, found.limit) == (CARD, -5)


def test_an_object_beside_its_bare_column(session: Session, order: Order) -> None:
    session.expunge_all()
    found, bare = session.execute(select(Order, Order.card)).one()
    assert found.card == CARD
    assert type(bare) is sealed.Sealed


def test_a_column_select_gives_an_unopened_value(session: Session, order: Order) -> None:
    for statement in (select(Order.card), select(Order.__table__.c.card), select(aliased(Order).card)):
        value = session.execute(statement).scalar_one()
        assert type(value) is sealed.Sealed
        assert str(value) == "•••"


@pytest.mark.parametrize(
    "statement",
    [
        insert(Order).values(owner="x", card=CARD),
        insert(Order.__table__).values(owner="x", card=CARD),
        update(Order).values(card=CARD),
        update(Order.__table__).values(card=CARD.encode()),
        update(Order).values({Order.limit: 5}),
    ],
    ids=["ORM insert", "Core insert", "ORM update", "Core update", "number"],
)
def test_a_statement_that_binds_a_plain_value_is_refused(session: Session, order: Order, statement: object) -> None:
    with pytest.raises(SealedColumnRefused, match="binds a plain") as refusal:
        session.execute(statement)
    assert CARD not in refusal.value.render()


def test_bulk_operations_are_refused(session: Session, order: Order) -> None:
    number = order.id
    plain = {"owner": "x", "card": CARD}
    for bulk in (
        lambda: session.bulk_save_objects([Order(**plain)]),
        lambda: session.bulk_insert_mappings(Order, [plain]),
        lambda: session.bulk_update_mappings(Order, [{"id": number, "card": CARD}]),
        lambda: session.execute(insert(Order), [plain, plain | {"owner": "y"}]),
        lambda: session.execute(update(Order), [{"id": number, "card": CARD}]),
    ):
        with pytest.raises(SealedColumnRefused, match="binds a plain") as refusal:
            bulk()
        assert "bulk and Core statements cannot seal" in refusal.value.hint
        assert CARD not in str(refusal.value)
        session.rollback()


def test_comparing_and_sorting_are_refused() -> None:
    for use in (
        lambda: Order.card == CARD,
        lambda: Order.card != CARD,
        lambda: Order.card < CARD,
        lambda: Order.card.in_([CARD]),
        lambda: Order.card.like("4%"),
        lambda: Order.card.desc(),
        lambda: Order.card + "x",
        lambda: "x" + Order.card,
        lambda: Order.card == Order.photo,
        lambda: aliased(Order).card == CARD,
        lambda: Order.__table__.c.card == CARD,
        lambda: select(Order).filter_by(card=CARD),
        lambda: Order.card.is_(bindparam("x")),
    ):
        with pytest.raises(SealedColumnRefused, match="cannot be used with") as refusal:
            use()
        assert CARD not in refusal.value.render()


def test_a_literal_is_refused(engine: Engine) -> None:
    statement = update(Order).values(card=CARD)
    with pytest.raises(SealedColumnRefused, match="no literal value") as refusal:
        statement.compile(engine, compile_kwargs={"literal_binds": True})
    assert CARD not in str(refusal.value)


def test_a_plain_value_on_the_left_finds_nothing(session: Session, order: Order) -> None:
    assert session.scalars(select(Order).where(literal(CARD) == Order.card)).all() == []
