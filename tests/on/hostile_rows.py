"""A small hierarchy of documents, filled with what a list filter is most likely to get wrong."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from decimal import Decimal
from ipaddress import ip_interface
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column, relationship

TEXTS = (
    "",
    "a",
    "A",
    "eu",
    "EU",
    "ä",
    "a\u0308",
    "a%",
    "_",
    "'",
    "\\",
    "eu ",
    " eu",
    "*",
    "[a]",
    "?",
    "日本",
    "a\nb",
    "17",
)
LONGS = (0, 1, -1, 2, 7, 17, 2**31, -(2**31) - 1, 2**53 + 1, -(2**63), 2**63 - 1)
MOMENTS = (
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2024, 2, 29, 23, 59, 59, 999_999, UTC),
    datetime(1901, 1, 1, 0, 0, 0, 1_500, UTC),
)
PRICES = tuple(map(Decimal, ("0", "-0.0001", "1.5", "1.5000", "12345678.9999", "NaN")))
LOOSE = (
    *PRICES,
    Decimal("1.50001"),
    Decimal("1e20"),
    Decimal("922337203685477.5807"),
    Decimal("-922337203685477.5809"),
)
ADDRESSES = tuple(
    map(
        ip_interface,
        ("10.0.0.1", "10.0.0.1/24", "127.0.0.1", "126.0.0.1/7", "::1", "ff02::1", "2001:db8::/32", "0.0.0.0/0"),
    )
)
SCALARS: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    1,
    17,
    -1,
    1.0,
    2.5,
    "",
    "a",
    "A",
    "1",
    "true",
    "null",
    2**63 - 1,
    2**63,
    -(2**63) - 1,
    "日本",
    "a%",
)


@compiles(postgresql.INET, "sqlite")
def _inet_on_sqlite(*_: Any, **__: Any) -> str:
    return "TEXT"


class Base(orm.DeclarativeBase): ...


class Folder(Base):
    __tablename__ = "doc_folders"
    __cedar_parents__ = ("parent",)
    id: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str | None]
    parent_id: Mapped[str | None]
    parent: Mapped[Folder | None] = relationship(
        primaryjoin="foreign(Folder.parent_id) == Folder.id", remote_side="Folder.id"
    )


class Team(Base):
    __tablename__ = "doc_teams"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    lead: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(sa.BigInteger)
    folder_id: Mapped[str | None]
    folder: Mapped[Folder | None] = relationship(primaryjoin="foreign(Team.folder_id) == Folder.id")


class Doc(Base):
    __tablename__ = "docs"
    __cedar_parents__ = ("folder",)
    __cedar_tags__ = "tags"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    note: Mapped[str | None]
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    level: Mapped[int | None] = mapped_column(sa.BigInteger)
    open: Mapped[bool]
    urgent: Mapped[bool | None]
    meta: Mapped[Any | None] = mapped_column(sa.JSON)
    labels: Mapped[Any | None] = mapped_column(sa.JSON)
    tags: Mapped[Any | None] = mapped_column(sa.JSON)
    # SQLite has none of these four: a policy that reads one is refused there.
    seen: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    price: Mapped[Decimal | None] = mapped_column(sa.Numeric(16, 4))
    loose: Mapped[Decimal | None] = mapped_column(sa.Numeric)
    address: Mapped[Any | None] = mapped_column(postgresql.INET)
    team_id: Mapped[int | None]
    team: Mapped[Team | None] = relationship(primaryjoin="foreign(Doc.team_id) == Team.id")
    folder_id: Mapped[str | None]
    folder: Mapped[Folder | None] = relationship(primaryjoin="foreign(Doc.folder_id) == Folder.id")


def fill(session: orm.Session, *, rows: int = 120) -> None:
    """The tables with their rows: references to rows that are gone, and JSON of every shape, among them."""
    rng, on_sqlite = random.Random(7), session.get_bind().dialect.name == "sqlite"
    Base.metadata.create_all(session.get_bind())
    for id_, parent in (("root", None), ("a", "root"), ("b", "a"), ("17", "b"), ("", "gone"), ("日本", None)):
        session.add(Folder(id=id_, parent_id=parent, region=rng.choice((None, *TEXTS))))
    for n in range(1, 7):
        session.add(
            Team(
                id=n,
                name=rng.choice(TEXTS),
                lead=rng.choice((None, *TEXTS)),
                size=rng.choice((None, *LONGS)),
                folder_id=rng.choice((None, "a", "b", "17", "", "gone")),
            )
        )
    for n in range(1, rows + 1):
        session.add(
            Doc(
                id=n,
                owner=rng.choice(TEXTS),
                note=rng.choice((None, *TEXTS)),
                amount=rng.choice(LONGS),
                level=rng.choice((None, *LONGS)),
                open=rng.random() < 0.5,
                urgent=rng.choice((None, True, False)),
                meta=_record(rng) if rng.random() < 0.8 else rng.choice(SCALARS),
                labels=rng.choices(SCALARS if rng.random() < 0.3 else ("a", "A", 1, True), k=rng.randrange(4))
                if rng.random() < 0.8
                else rng.choice(SCALARS),
                tags=_record(rng) if rng.random() < 0.9 else None,
                seen=None if on_sqlite else rng.choice((None, *MOMENTS)),
                price=None if on_sqlite else rng.choice((None, *PRICES)),
                loose=None if on_sqlite else rng.choice((None, *LOOSE)),
                address=None if on_sqlite else rng.choice((None, *ADDRESSES)),
                team_id=rng.choice((None, 1, 2, 3, 4, 5, 6, 99)),
                folder_id=rng.choice((None, "root", "a", "b", "17", "", "日本", "gone")),
            )
        )
    session.commit()
    # As another program may have written it: a name twice, an exponent.
    for n, text in enumerate(
        (
            '{"level": 1, "level": 17}',
            '{"level": 1e2}',
            '{"name": "\\ud83d\\ude00", "list": [1, "\\\\u0000"]}',
            "{}",
            "1e2",
            "-0",
        ),
        1,
    ):
        given = ":text" if on_sqlite else "CAST(:text AS json)"
        session.execute(sa.text(f"UPDATE docs SET meta = {given} WHERE id = :n"), {"text": text, "n": n})
    session.commit()


def _record(rng: random.Random) -> dict[str, Any]:
    names = ("level", "name", "flag", "inner", "list")
    return {
        name: {"level": rng.choice(SCALARS), "name": rng.choice(SCALARS)}
        if name == "inner" and rng.random() < 0.8
        else rng.sample(SCALARS, 2)
        if name == "list"
        else rng.choice(SCALARS)
        for name in names
        if rng.random() < 0.7
    }
