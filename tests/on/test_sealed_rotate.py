"""Rotation on a real database, in use."""

from __future__ import annotations

import threading
import types
import uuid
from collections.abc import Iterator
from pathlib import Path
from weakref import WeakKeyDictionary

import pytest
from sqlalchemy import Engine, create_engine, event, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from ringwall import config
from ringwall.on import sealed_ring
from ringwall.on.sealed_ring import locate, use_keyring
from ringwall.on.sqlalchemy import Sealed
from ringwall.on.sqlalchemy.sealed_rotate import rotate, sealed_models, status
from ringwall.sealing.keyring import KeyRing
from ringwall.sealing.keyring_file import KeyRingFile
from ringwall.sealing.rotate import needs_new_key


class Base(DeclarativeBase): ...


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    card: Mapped[str] = mapped_column(Sealed)
    limit: Mapped[int | None] = mapped_column(Sealed)


class Token(Base):
    __tablename__ = "tokens"
    zone: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    value: Mapped[str] = mapped_column(Sealed)


class Plain(Base):
    __tablename__ = "plain"
    id: Mapped[int] = mapped_column(primary_key=True)


OLD = KeyRing.new("orders", now=1)
NEW = OLD.renewed(now=2)
BARE = NEW.without(OLD.active.id)
MODELS = [Order, Token]
ROWS = 23


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path}/orders.db")
    Base.metadata.create_all(engine)
    with use_keyring(OLD), Session(engine) as session:
        session.add_all([Order(card=f"card {n}", limit=n if n % 2 else None) for n in range(1, ROWS + 1)])
        session.add_all([Token(zone=zone, value=zone) for zone in ("eu", "us", "eu", "eu")])
        session.commit()
    yield engine
    engine.dispose()


def cards(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return [order.card for order in session.scalars(select(Order).order_by(Order.id))]


ALL = [f"card {n}" for n in range(1, ROWS + 1)]


def test_every_sealed_column_ends_under_the_active_key(engine: Engine) -> None:
    with use_keyring(NEW):
        report = rotate(engine, MODELS, batch=5)
        assert report.resealed == {"orders.card": ROWS, "orders.limit": 12, "tokens.value": 4}
        assert (report.total, report.overtaken, report.unreadable) == (ROWS + 16, 0, [])
    with use_keyring(BARE), Session(engine) as session:
        assert cards(engine) == ALL
        assert sorted(token.value for token in session.scalars(select(Token))) == ["eu", "eu", "eu", "us"]


def test_status_counts_cells_by_key(engine: Engine) -> None:
    old, new = OLD.active.id, NEW.active.id
    with use_keyring(NEW):
        assert status(engine, MODELS) == {
            "orders.card": {old: ROWS},
            "orders.limit": {old: 12},
            "tokens.value": {old: 4},
        }
        rotate(engine, [Token])
        with engine.begin() as connection:
            connection.execute(text("update orders set card = 'plain' where id = 1"))
            connection.execute(text("update orders set card = x'00' where id = 2"))
        found = status(engine, MODELS)
        assert found["tokens.value"] == {new: 4}
        assert found["orders.card"] == {old: ROWS - 2, b"": 2}
        assert not needs_new_key(found.values(), NEW)


def test_a_killed_rotation_goes_on_where_it_was(engine: Engine) -> None:
    class Killed(BaseException):
        pass

    writes = 0

    def kill(connection: object, cursor: object, statement: str, *_: object) -> None:
        nonlocal writes
        writes += statement.startswith("UPDATE")
        if writes == 3:
            raise Killed

    event.listen(engine, "before_cursor_execute", kill)
    with use_keyring(NEW):
        with pytest.raises(Killed):
            rotate(engine, MODELS, batch=5)
        event.remove(engine, "before_cursor_execute", kill)
        assert cards(engine) == ALL
        assert status(engine, [Order])["orders.card"] == {NEW.active.id: 10, OLD.active.id: ROWS - 10}
        assert rotate(engine, MODELS, batch=5).resealed["orders.card"] == ROWS - 10
    with use_keyring(BARE):
        assert cards(engine) == ALL


def test_a_writer_who_comes_in_between_is_not_overwritten(engine: Engine) -> None:
    def write(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE") and not written:
            written.append(1)
            with Session(engine) as session:
                session.get_one(Order, 2).card = "newer"
                session.commit()

    written: list[int] = []
    with use_keyring(NEW):
        event.listen(engine, "before_cursor_execute", write)
        report = rotate(engine, [Order], batch=5)
        assert report.overtaken == 1
    with use_keyring(BARE):
        assert cards(engine) == [ALL[0], "newer", *ALL[2:]]


def test_two_rotations_at_once(engine: Engine) -> None:
    with use_keyring(NEW):
        reports = []
        threads = [threading.Thread(target=lambda: reports.append(rotate(engine, [Order], batch=2))) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(report.resealed["orders.card"] for report in reports) == ROWS
    with use_keyring(BARE):
        assert cards(engine) == ALL


def test_a_broken_cell_is_reported_and_left(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("update orders set card = (select card from orders where id = 2) where id = 1"))
    with use_keyring(NEW):
        report = rotate(engine, [Order], batch=5)
    assert [str(error)[:22] for error in report.unreadable] == ["orders.card, row id=1:"]
    assert report.resealed["orders.card"] == ROWS - 1


def test_the_models_of_a_base_and_of_a_module() -> None:
    assert sealed_models(Base) == MODELS
    module = types.ModuleType("models")
    module.Base = Base  # type: ignore[attr-defined]
    assert sealed_models(module) == MODELS


def test_a_running_service_hears_of_a_new_key(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ringwall.toml").write_text('mode = "development"\n[service]\nname = "orders"\nstate = "."\n')
    monkeypatch.setattr(sealed_ring, "_files", WeakKeyDictionary())
    monkeypatch.setattr(sealed_ring, "_settings", lambda model: config.load(tmp_path))
    file = locate(Order)
    file.create(now=1)
    with Session(engine) as session:
        session.add(order := Order(card="first"))
        session.commit()
        number, old = order.id, file.current().active.id
        assert order.card == "first"

        ring = KeyRingFile(file.path, "orders").update(lambda ring: ring.renewed(now=2))
        # A cell that another process has resealed already: the reader looks at the ring again.
        with use_keyring(ring), Session(engine) as other:
            other.get_one(Order, number).card = "second"
            other.commit()
        session.expire_all()
        assert order.card == "second"
        # The next flush seals under the new key.
        session.add(Order(card="third"))
        session.commit()
    counts = status(engine, [Order])["orders.card"]
    assert counts[ring.active.id] == 2
    assert old not in counts
