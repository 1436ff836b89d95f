"""Shapes of classes: inheritance, dataclasses, asynchronous sessions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, ForeignKey, create_engine, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    Session,
    mapped_column,
)

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


class Animal(Base):
    __tablename__ = "animals"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    chip: Mapped[str] = mapped_column(Sealed)
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal", "passive_updates": False}  # noqa: RUF012


class Dog(Animal):
    __tablename__ = "dogs"
    id: Mapped[int] = mapped_column(ForeignKey("animals.id"), primary_key=True)
    vet: Mapped[str | None] = mapped_column(Sealed)
    __mapper_args__ = {"polymorphic_identity": "dog"}  # noqa: RUF012


class Cat(Animal):
    __mapper_args__ = {"polymorphic_identity": "cat"}  # noqa: RUF012


class Note(MappedAsDataclass, Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    body: Mapped[str] = mapped_column(Sealed, repr=False)
    more: Mapped[str | None] = mapped_column(Sealed, default=None, repr=False)


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


def test_joined_and_single_table_inheritance(session: Session) -> None:
    session.add_all([Animal(chip="1"), Dog(chip="2", vet="v"), Cat(chip="3"), Dog(id=70, chip="4")])
    session.commit()
    session.expunge_all()
    found = session.scalars(select(Animal).order_by(Animal.chip.is_(None), Animal.id)).all()
    assert [animal.chip for animal in found] == ["1", "2", "3", "4"]
    dog = session.scalars(select(Dog).where(Dog.id != 70)).one()
    assert (dog.chip, dog.vet) == ("2", "v")
    dog.id = 71
    session.commit()
    session.expunge_all()
    assert (session.get_one(Dog, 71).chip, session.get_one(Dog, 71).vet) == ("2", "v")


def test_a_dataclass(session: Session) -> None:
    session.add(note := Note("private"))
    assert "private" not in repr(note)
    session.commit()
    session.expunge_all()
    found = session.scalars(select(Note)).one()
    assert (found.body, found.more) == ("private", None)


@pytest.mark.anyio
async def test_an_async_session(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/async.db")
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine) as session:
        session.add(order := Order(owner="ann", card=CARD))
        await session.flush()
        order.id = 77
        await session.commit()
    async with AsyncSession(engine) as session:
        assert (await session.scalars(select(Order))).one().card == CARD
    await engine.dispose()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
