"""A page of 50 out of a million rows under policy, against the same page without any: SQLite and PostgreSQL 15.

The rows are fixed: by its number alone an order belongs to one of three owners, with 1 %, 10 % and 50 % of all rows
scattered over the table, or to the rest. Owner, region and customer are indexed. Each caller may see one of the shares;
one row in eleven is held back. Both sides are built, compiled and loaded as objects each time. Prints medians of
interleaved rounds, and their ratios to the unfiltered page.

Run: ``python -m bench.lists [rows] [rounds]``; about four minutes for a million.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import Mapped, mapped_column, relationship
from tests.postgres import private_postgres

from ringwall.caller import Caller
from ringwall.on.sqlalchemy import visible
from ringwall.policy.authorizer import Authorizer
from ringwall.policy.rules.python_rule import python_rule

PAGE, SCATTER = 50, 7_919  # a prime, so that neighbours have different owners
ACTION = "order:read"


class Base(orm.DeclarativeBase): ...


class Customer(Base):
    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(index=True)


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(index=True)
    region: Mapped[str] = mapped_column(index=True)
    held: Mapped[bool]
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customers.id"), index=True)
    customer: Mapped[Customer] = relationship()


def owners(caller: Caller, order: Order) -> bool:
    """Owners read their orders."""
    return caller.id == order.owner


def owners_or_region(caller: Caller, order: Order) -> bool:
    """Owners read their orders, and support those of its region."""
    return caller.id == order.owner or (caller.has_role("support") and caller.region == order.region)


def customers(caller: Caller, order: Order) -> bool:
    """Whoever serves a region reads the orders of its customers."""
    return caller.region == order.customer.region


def held_back(caller: Caller, order: Order) -> bool:
    """Nobody reads what is held back."""
    return order.held


def authorizers() -> dict[str, Authorizer]:
    """The policies, by what they say."""
    forbid = python_rule(held_back, ACTION, effect="forbid")
    return {
        "owner": Authorizer([python_rule(owners, ACTION)]),
        "owner or region": Authorizer([python_rule(owners_or_region, ACTION)]),
        "owner or region, not held": Authorizer([python_rule(owners_or_region, ACTION), forbid]),
        "customer's region": Authorizer([python_rule(customers, ACTION)]),
    }


def caller_of(share: int) -> Caller:
    """Who sees so many percent: as an owner, as support of a region, and as who serves its customers."""
    return Caller(f"own{share}", roles=frozenset({"support"}), attributes={"region": f"r{share}"})


def share_of(n: int) -> str:
    """The share that row ``n`` belongs to: 1 %, 10 %, 50 %, or the rest."""
    bucket = n * SCATTER % 100
    return "1" if bucket < 1 else "10" if bucket < 11 else "50" if bucket < 61 else "rest"


def fill(engine: sa.Engine, rows: int) -> None:
    """A row's owner, region and customer all belong to one share, so that each policy lets the same rows through."""
    Base.metadata.create_all(engine)
    keys = {"1": 1, "10": 2, "50": 3, "rest": 4}
    with engine.begin() as connection:
        connection.execute(sa.insert(Customer), [{"id": id_, "region": f"r{share}"} for share, id_ in keys.items()])
        for start in range(1, rows + 1, 20_000):
            many = [(n, share_of(n)) for n in range(start, min(start + 20_000, rows + 1))]
            connection.execute(
                sa.insert(Order),
                [
                    {
                        "id": n,
                        "owner": f"own{share}",
                        "region": f"r{share}",
                        "held": n % 11 == 0,
                        "amount": n % 1_000,
                        "customer_id": keys[share],
                    }
                    for n, share in many
                ],
            )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))


def page(session: orm.Session, statement: sa.Select[Any]) -> Callable[[], int]:
    """Loads the page, and counts it."""

    def load() -> int:
        found = len(session.scalars(statement.order_by(Order.id).limit(PAGE)).all())
        session.expunge_all()
        return found

    return load


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 41
    for name, engine in engines():
        fill(engine, rows)
        with orm.Session(engine) as session:
            report(name, session, rows, rounds)


def report(name: str, session: orm.Session, rows: int, rounds: int) -> None:
    """One table of ratios."""
    plain = page(session, sa.select(Order))
    ways: dict[tuple[str, int], Callable[[], int]] = {}
    for rule, authorizer in authorizers().items():
        for share in (1, 10, 50):
            caller = caller_of(share)
            ways[rule, share] = lambda a=authorizer, c=caller: page(session, visible(sa.select(Order), a, c, ACTION))()
    times: dict[object, list[float]] = {"plain": [], **{key: [] for key in ways}}
    for number in range(rounds + 1):
        for key, load in {"plain": plain, **ways}.items():
            start = time.perf_counter()
            assert load() == PAGE
            if number:  # the first round warms up
                times[key].append(time.perf_counter() - start)
    unfiltered = statistics.median(times["plain"])
    print(f"{name}, {rows:,} rows, median of {rounds} rounds; an unfiltered page takes {unfiltered * 1e3:.2f} ms")
    print(f"  {'':28}{'1 %':>8}{'10 %':>8}{'50 %':>8}")
    for rule in authorizers():
        ratios = "".join(f"{statistics.median(times[rule, share]) / unfiltered:>7.2f}x" for share in (1, 10, 50))
        print(f"  {rule:28}{ratios}", flush=True)


@contextmanager
def sqlite() -> Iterator[str]:
    """The URL of a database in a file."""
    with tempfile.TemporaryDirectory() as directory:
        yield f"sqlite:///{Path(directory) / 'lists.db'}"


def engines() -> Iterator[tuple[str, sa.Engine]]:
    """Each database, empty, one after the other."""
    for name, place in (("SQLite", sqlite), ("PostgreSQL 15", private_postgres)):
        with place() as url:
            engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
            yield name, engine
            engine.dispose()


if __name__ == "__main__":
    main()
