"""What sealing costs: python bench/sealed.py [rows] [rounds]

Prints ratios measured side by side in one run. Each round runs every model once, in turn, so that a slow moment of the
machine falls on all of them; CPU time, medians, the garbage collector off while the clock runs.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from typing import Any

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Engine, create_engine, func, select, type_coerce
from sqlalchemy import LargeBinary as Binary
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from ringwall.on.sealed_ring import use_keyring
from ringwall.on.sqlalchemy import Sealed
from ringwall.sealing.envelope import CellCipher
from ringwall.sealing.keyring import KeyRing
from ringwall.sealing.place import Place

warnings.simplefilter("ignore")
from sqlalchemy_utils import StringEncryptedType  # noqa: E402
from sqlalchemy_utils.types.encrypted.encrypted_type import AesGcmEngine  # noqa: E402


class Base(DeclarativeBase): ...


class Person(Base):
    __abstract__ = True
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    age: Mapped[int]


class Plain(Person):
    __tablename__ = "plain"
    number: Mapped[str]


class SealedPerson(Person):
    __tablename__ = "sealed"
    number: Mapped[str] = mapped_column(Sealed)


class Utils(Person):
    __tablename__ = "utils"
    number: Mapped[str] = mapped_column(StringEncryptedType(key="secret", engine=AesGcmEngine))


MODELS: dict[str, Any] = {"plain": Plain, "Sealed": SealedPerson, "SQLAlchemy-Utils AesGcm": Utils}


def main(rows: int, rounds: int) -> None:
    ring = KeyRing.new("bench", now=0)
    with tempfile.TemporaryDirectory() as directory, use_keyring(ring):
        engine = create_engine(f"sqlite:///{directory}/bench.db")
        Base.metadata.create_all(engine)
        insert = {name: insert_rows(engine, model, rows) for name, model in MODELS.items()}
        load: dict[str, list[float]] = {name: [] for name in MODELS}
        read: dict[str, list[float]] = {name: [] for name in MODELS}
        for number in range(rounds + 1):
            for name, model in MODELS.items():
                loaded, everything = timed(engine, model, read_all=False), timed(engine, model, read_all=True)
                if number:  # the first round warms up
                    load[name].append(loaded)
                    read[name].append(everything)
        print(f"{rows} rows, SQLite, median of {rounds} rounds, CPU time; plain loads in {median(load['plain']):.3f} s")
        print(f"{'':26}{'insert':>10}{'load':>10}{'load+read':>12}{'bytes more':>12}")
        for name, model in MODELS.items():
            ratios = insert[name] / insert["plain"], paired(load, name), paired(read, name)
            print(f"{name:26}{ratios[0]:>9.2f}x{ratios[1]:>9.2f}x{ratios[2]:>11.2f}x{overhead(engine, model):>+12.0f}")
        print("goal for Sealed                     -  ≤ 1.10x    ≤ 1.50x       ≤ +50   (a row: +16 more, its row key)")
    field_cost(ring, rounds)


def insert_rows(engine: Engine, model: Any, rows: int) -> float:
    with Session(engine) as session:
        people = [model(email=f"u{n}@example.com", age=n % 90, number=f"{n:09d}-{n:022d}") for n in range(rows)]
        return clocked(lambda: (session.add_all(people), session.commit()))


def timed(engine: Engine, model: Any, *, read_all: bool) -> float:
    def run() -> None:
        people = session.scalars(select(model)).all()
        kept.append(people)
        if read_all:
            for person in people:
                person.number  # noqa: B018

    kept: list[Any] = []
    with Session(engine) as session:
        spent = clocked(run)
        assert kept[0][5].number == f"{5:09d}-{5:022d}"
    return spent


def overhead(engine: Engine, model: Any) -> float:
    with engine.connect() as connection:
        number = model.__table__.c.number
        size = func.avg(func.length(type_coerce(number, Binary)))
        return float(connection.execute(select(size)).scalar_one()) - 32


def field_cost(ring: KeyRing, rounds: int) -> None:
    cipher = CellCipher(ring, Place("bench", "", "people", "number", "str", ("id",)))
    raw, fernet = AESGCM(os.urandom(32)), Fernet(Fernet.generate_key())
    value, row_key, associated = os.urandom(16).hex().encode(), os.urandom(16), os.urandom(130)

    def with_raw() -> None:
        nonce = os.urandom(12)
        stored = nonce + raw.encrypt(nonce, value, associated)
        raw.decrypt(stored[:12], stored[12:], associated)

    def with_sealed() -> None:
        cipher.open(cipher.seal(value, row_key, (12345,)), row_key, (12345,))

    def with_fernet() -> None:
        fernet.decrypt(fernet.encrypt(value))

    ways = {"raw AESGCM": with_raw, "Sealed": with_sealed, "Fernet": with_fernet}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds * 3 + 1):
        for name, way in ways.items():
            spent = clocked(lambda way=way: [way() for _ in range(5000)]) / 5000
            if number:
                times[name].append(spent)
    print(f"\nseal and open 32 bytes; raw AESGCM with associated data takes {median(times['raw AESGCM']) * 1e6:.2f} µs")
    for name in ways:
        print(f"{name:26}{paired(times, name, 'raw AESGCM'):>9.2f}x")
    print("goal for Sealed             ≤ 1.50x")


def clocked(run: Callable[[], object]) -> float:
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        run()
        return time.process_time() - start
    finally:
        gc.enable()


def median(values: list[float]) -> float:
    return statistics.median(values)


def paired(times: dict[str, list[float]], name: str, base: str = "plain") -> float:
    """The median of the ratios within each round."""
    return median([mine / other for mine, other in zip(times[name], times[base], strict=True)])


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    main(*(arguments + [100_000, 7][len(arguments) :]))
