"""Random policies over hostile rows: what the list filter keeps, against what is decided of each row.

Each case is a set of policies, a caller and a context; ``visible`` makes the WHERE, and ``decide`` is asked about every
row, on SQLite and on PostgreSQL 15 (a private one in a temporary directory). A policy that SQL cannot answer exactly
must be refused; refusals are counted, not compared. Stops at the first wrong row, with the seed that makes it.

Run: ``python -m bench.lists_fuzz 1_000_000 [first seed]``.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import orm
from tests.on.hostile_rows import Doc, fill
from tests.on.random_lists import RandomList
from tests.postgres import private_postgres

from ringwall.errors import Misconfigured
from ringwall.on.sqlalchemy import visible
from ringwall.policy.authorizer import Authorizer

if TYPE_CHECKING:
    from collections.abc import Iterator

ACTION = "doc:read"


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    counted = Counter[str]()
    with databases() as sessions:
        rows = {name: list(session.scalars(sa.select(Doc).order_by(Doc.id))) for name, session in sessions.items()}
        while min(counted[name] for name in sessions) < wanted:
            for name, session in sessions.items():
                counted += compared(seed, name, session, rows[name])
            seed += 1
            if seed % 1_000 == 0:
                print(f"seed {seed}: {shown(counted)}", flush=True)
    print(f"0 wrong in {shown(counted)}; seeds up to {seed}")


def compared(seed: int, name: str, session: orm.Session, rows: list[Doc]) -> Counter[str]:
    """One case, on one database. Exits where a row is wrong."""
    case = RandomList(random.Random(seed), on=name).case()
    authorizer = Authorizer(case.policies, [ACTION])
    try:
        statement = visible(sa.select(Doc.id), authorizer, case.caller, ACTION, case.context)
        kept = sorted(session.scalars(statement))
    except Misconfigured:
        return Counter({f"refused on {name}": 1})
    decided = [row.id for row in rows if authorizer.decide(case.caller, ACTION, row, context=case.context)]
    if kept != decided:
        wrong = sorted(set(kept) ^ set(decided))
        sys.exit(f"seed {seed} on {name}: rows {wrong} are wrong\n{case.text}\n{case.caller!r} {case.context}")
    return Counter({name: len(rows), f"kept on {name}": len(kept)})


@contextmanager
def databases() -> Iterator[dict[str, orm.Session]]:
    """A session on each of the two, with the same rows."""
    with private_postgres() as dsn:
        urls = {"sqlite": "sqlite://", "postgresql": dsn.replace("postgresql:", "postgresql+psycopg:", 1)}
        engines = {name: sa.create_engine(url) for name, url in urls.items()}
        sessions = {name: orm.Session(engine) for name, engine in engines.items()}
        for session in sessions.values():
            fill(session)
        yield sessions
        for name, session in sessions.items():
            session.close()
            engines[name].dispose()


def shown(counted: Counter[str]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in sorted(counted.items()))


if __name__ == "__main__":
    main()
