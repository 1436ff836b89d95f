"""What is refused when a class with sealed columns is mapped, and which ring a mapped class finds."""

from __future__ import annotations

import datetime
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Optional

import pytest
from sqlalchemy import (
    CHAR,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    create_engine,
    select,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, Session, mapped_column, registry

from ringwall.errors import Misconfigured
from ringwall.on.sealed_ring import use_keyring
from ringwall.on.sqlalchemy import Sealed
from ringwall.on.sqlalchemy.sealed_mapping import ROW_KEY, sealed_columns
from ringwall.sealing.keyring import KeyRing


def base() -> Any:
    class Base(DeclarativeBase): ...

    return Base


def mapped(card: Any, annotation: Any = Mapped[str], *, key: Any = None, **more: Any) -> Any:
    """A class with a sealed column, made on the spot."""
    names = {"__tablename__": "orders", "__annotations__": {"card": annotation}, "card": card} | more
    return type("Order", (base(),), names | {"id": mapped_column(Integer if key is None else key, primary_key=True)})


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (Mapped[str], str),
        (Mapped[bytes | None], bytes),
        (Mapped[Optional[int]], int),  # noqa: UP045
        (Mapped[Annotated[str, "long"]], str),
        ("Mapped[str | None]", str),
    ],
)
def test_the_annotation_says_the_type(annotation: Any, expected: type) -> None:
    (column,) = sealed_columns(mapped(mapped_column(Sealed), annotation).__mapper__)
    assert column.plaintext.type is expected


def test_the_type_can_be_said_in_place() -> None:
    class Order(base()):
        __table__ = Table("orders", MetaData(), Column("id", Integer, primary_key=True), Column("card", Sealed(int)))

    assert sealed_columns(Order.__mapper__)[0].plaintext.type is int


@pytest.mark.parametrize("annotation", [Mapped[float], Mapped[datetime.date], Mapped[str | int]])
def test_a_type_that_cannot_be_sealed_is_refused(annotation: Any) -> None:
    with pytest.raises(Misconfigured, match=r"Order\.card"):
        mapped(mapped_column(Sealed), annotation)


def test_a_type_that_nobody_says_is_refused() -> None:
    table = Table("orders", MetaData(), Column("id", Integer, primary_key=True), Column("card", Sealed))
    with pytest.raises(Misconfigured, match="its type is nothing"):
        registry().map_imperatively(type("Order", (), {}), table)


@pytest.mark.parametrize("constraint", [{"unique": True}, {"index": True}, {"server_default": "x"}])
def test_a_constraint_on_ciphertext_is_refused(constraint: dict[str, Any]) -> None:
    with pytest.raises(Misconfigured, match="cannot be a key, unique, indexed or filled by the database"):
        mapped(mapped_column(Sealed, **constraint))


@pytest.mark.parametrize("key", [Numeric, Float, DateTime], ids=lambda key: key.__name__)
def test_a_key_that_a_database_rounds_is_refused(key: type) -> None:
    with pytest.raises(Misconfigured, match="cannot be bound to the key id"):
        mapped(mapped_column(Sealed), key=key)


def test_a_key_that_pads_is_refused() -> None:
    with pytest.raises(Misconfigured, match="cannot be bound to the key id of type CHAR"):
        mapped(mapped_column(Sealed), key=CHAR(8))


def test_a_key_that_the_database_changes_by_itself_is_refused() -> None:
    with pytest.raises(Misconfigured, match="ON UPDATE CASCADE"):

        class Line(base()):
            __tablename__ = "lines"
            id: Mapped[int] = mapped_column(ForeignKey("orders.id", onupdate="CASCADE"), primary_key=True)
            gift: Mapped[str] = mapped_column(Sealed)


def test_concrete_inheritance_is_refused() -> None:
    parent = mapped(mapped_column(Sealed))
    with pytest.raises(Misconfigured, match="not mapped to plain tables"):

        class Export(parent):
            __tablename__ = "exports"
            id: Mapped[int] = mapped_column(primary_key=True)
            card: Mapped[str] = mapped_column(Sealed)
            __mapper_args__ = {"concrete": True}  # noqa: RUF012


def test_a_dataclass_that_would_show_the_value_is_refused() -> None:
    with pytest.raises(Misconfigured, match="the dataclass shows it") as refusal:

        class Note(MappedAsDataclass, base()):
            __tablename__ = "notes"
            id: Mapped[int] = mapped_column(primary_key=True)
            body: Mapped[str] = mapped_column(Sealed)

    assert "repr=False" in refusal.value.hint


def test_a_column_of_the_row_keys_name_is_refused() -> None:
    with pytest.raises(Misconfigured, match="a column ringwall_row_key of its own"):
        mapped(mapped_column(Sealed), **{ROW_KEY: mapped_column(LargeBinary)})


def test_a_single_table_subclass_needs_a_sealed_column_in_its_base() -> None:
    class Animal(base()):
        __tablename__ = "animals"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "kind"}  # noqa: RUF012

    with pytest.raises(Misconfigured, match="its row key is not mapped") as refusal:

        class Dog(Animal):
            chip: Mapped[str | None] = mapped_column(Sealed)
            __mapper_args__ = {"polymorphic_identity": "dog"}  # noqa: RUF012

    assert "on the base class" in refusal.value.hint


def test_a_class_without_sealed_columns_is_left_alone() -> None:
    class Plain(base()):
        __tablename__ = "plain"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

    assert sealed_columns(Plain.__mapper__) == []
    assert ROW_KEY not in Plain.__table__.c


# Which ring


SERVICE = """
import sys
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from ringwall.on.sqlalchemy import Sealed

class Base(DeclarativeBase): ...

class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    card: Mapped[str] = mapped_column(Sealed)

engine = create_engine("sqlite:///" + sys.argv[1] if len(sys.argv) > 1 else "sqlite://")

def work():
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Order(card="4111"))
        session.commit()
        return [order.card for order in session.scalars(select(Order))]
"""

Load = Callable[..., Any]


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """A folder with a service in it; models two folders below ``ringwall.toml``."""
    (tmp_path / "ringwall.toml").write_text('mode = "development"\n[service]\nname = "orders"\nstate = "state"\n')
    (tmp_path / "app" / "models").mkdir(parents=True)
    (tmp_path / "app" / "models" / "order.py").write_text(SERVICE)
    return tmp_path


@pytest.fixture
def load(service: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    import importlib.util

    name = f"orders_{service.parent.name}_{service.name}".replace("-", "_")
    spec = importlib.util.spec_from_file_location(name, service / "app" / "models" / "order.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(sys, "argv", ["service"])
    spec.loader.exec_module(module)
    return lambda: module


def run(load: Load) -> list[str]:
    module = load()
    try:
        return module.work()
    finally:
        module.engine.dispose()


def test_in_development_a_missing_ring_is_made_with_a_warning(
    service: Path, load: Load, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert run(load) == ["4111"]
    ring = service / "state" / "keyring.json"
    assert ring.stat().st_mode & 0o777 == 0o600
    assert [record.getMessage() for record in caplog.records] == [
        f"made the key ring {ring}: losing this file loses every sealed value, so back it up"
    ]


def test_in_production_a_missing_ring_is_an_error_with_the_way_out(service: Path, load: Load) -> None:
    toml = service / "ringwall.toml"
    toml.write_text(toml.read_text().replace("development", "production"))
    with pytest.raises(Misconfigured, match="there is no key ring at") as refusal:
        run(load)
    assert "restore it from a backup" in refusal.value.hint
    assert not (service / "state").exists()


def test_without_a_ringwall_toml_the_working_directory_decides(
    service: Path, load: Load, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (service / "ringwall.toml").rename(service / "app" / "elsewhere.toml")
    cwd = tmp_path_factory.mktemp("cwd")
    monkeypatch.chdir(cwd)
    with pytest.raises(Misconfigured, match=r"no ringwall\.toml"):
        run(load)
    (cwd / "ringwall.toml").write_text('mode = "development"\n[service]\nname = "orders"\nstate = "here"\n')
    assert run(load) == ["4111"]
    assert (cwd / "here" / "keyring.json").is_file()


def test_a_ring_of_another_service_is_refused(service: Path, load: Load) -> None:
    assert run(load) == ["4111"]
    ring = service / "state" / "keyring.json"
    ring.write_text(ring.read_text().replace('"orders"', '"billing"'))
    with pytest.raises(Misconfigured, match="key ring of 'billing'"):
        run(load)


def test_a_wrapped_ring_opens_with_the_passphrase_of_the_environment(
    service: Path, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGWALL_KEYRING_PASSPHRASE", "correct horse")
    assert run(load) == ["4111"]
    assert '"wrapped"' in (service / "state" / "keyring.json").read_text()


def test_a_forked_process_goes_on_with_the_ring(service: Path, load: Load) -> None:
    module = load()
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[2]); import order; order.work(); child = os.fork()\n"
        "if child == 0:\n    order.engine.dispose(close=False); os._exit(len(order.work()))\n"
        "assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2"
    )
    module.engine.dispose()
    arguments = [sys.executable, "-c", code, str(service / "orders.db"), str(service / "app" / "models")]
    done = subprocess.run(arguments, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_use_keyring_holds_for_its_block_only(tmp_path: Path) -> None:
    order = mapped(mapped_column(Sealed))
    engine = create_engine(f"sqlite:///{tmp_path}/orders.db")
    order.metadata.create_all(engine)
    one, other = KeyRing.new("orders", now=1), KeyRing.new("orders", now=1)
    with Session(engine) as session, use_keyring(one):
        session.add(order(card="4111"))
        session.commit()
        found = session.scalars(select(order)).one()
        with use_keyring(other), pytest.raises(Exception, match="does not hold"):
            _ = found.card
        assert found.card == "4111"
    engine.dispose()
