"""Notes in folders: a model that has everything that a list filter can ask, hostile rows of it, and random policies."""

from __future__ import annotations

import datetime
import decimal
import json
import random
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column, relationship
from tests.policy import worlds

from ringwall.caller import Caller
from ringwall.policy.language.parse import parse_policies
from ringwall.policy.objects.context import Context
from ringwall.policy.policy import Policy


class Base(orm.DeclarativeBase): ...


class Account(Base):
    __tablename__ = "accounts"
    name: Mapped[str] = mapped_column(primary_key=True)


class Folder(Base):
    __tablename__ = "folders"
    __cedar_parents__ = ("above", "account")
    id: Mapped[int] = mapped_column(primary_key=True)
    above_id: Mapped[int | None] = mapped_column(sa.ForeignKey("folders.id"))
    account_name: Mapped[str | None] = mapped_column(sa.ForeignKey("accounts.name"))
    above: Mapped[Folder | None] = relationship(remote_side="Folder.id")
    account: Mapped[Account | None] = relationship()


class Role(Base):
    __tablename__ = "roles"
    name: Mapped[str] = mapped_column(primary_key=True)


class Note(Base):
    __tablename__ = "notes"
    __cedar_parents__ = ("folder",)
    __cedar_tags__ = "labels"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    text: Mapped[str | None]
    level: Mapped[int | None] = mapped_column(sa.BigInteger)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    open: Mapped[bool | None]
    meta: Mapped[Any] = mapped_column(sa.JSON, nullable=True)
    labels: Mapped[Any] = mapped_column(sa.JSON(none_as_null=True), nullable=True)
    folder_id: Mapped[int | None] = mapped_column(sa.ForeignKey("folders.id"))
    readers_name: Mapped[str | None] = mapped_column(sa.ForeignKey("roles.name"))
    folder: Mapped[Folder | None] = relationship()
    readers: Mapped[Role | None] = relationship()


class Visit(Base):
    """What only PostgreSQL compares as Cedar does."""

    __tablename__ = "visits"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    until: Mapped[datetime.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    price: Mapped[decimal.Decimal | None] = mapped_column(sa.Numeric(18, 4))
    address: Mapped[Any] = mapped_column(postgresql.INET, nullable=True)


TEXTS = (*worlds.TEXTS, "a*b", "[a]", "a?", "\\", "ab", "aab", "%", "A%")
_META: tuple[Any, ...] = (
    None,
    {},
    [],
    7,
    "a",
    True,
    2.5,
    {"a": 1},
    {"a": True},
    {"a": "1"},
    {"a": 1.0},
    {"a": None},
    {"a": 2**63},
    {"a": -(2**63)},
    {"a": ["x", "y"]},
    {"a": []},
    {"a": ["x", 1, True]},
    {"a": [1, 2]},
    {"a": [None]},
    {"a": [1.5]},
    {"a": "x", "b": {"c": 1}},
    {"b": {"c": "x"}},
    {"b": {"c": [True]}},
    {"b": []},
    {"b": {"c": False}},
    {"a": [True]},
)
_LABELS: tuple[Any, ...] = (
    None,
    {},
    {"team": "a"},
    {"team": 1},
    {"team": None, "x": True},
    {"x": "a", "team": "b"},
    {"team": ["x"]},
)
_MOMENTS = (
    None,
    datetime.datetime(1969, 12, 31, 23, 59, 59, 999_999, datetime.UTC),
    datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC),
    datetime.datetime(2026, 11, 24, 9, 0, tzinfo=datetime.UTC),
    datetime.datetime(2026, 11, 24, 9, 0, 0, 500, datetime.UTC),
    datetime.datetime(2026, 11, 24, 17, 30, tzinfo=datetime.UTC),
    datetime.datetime(1950, 2, 3, 4, 5, 6, 7, datetime.UTC),
)
_PRICES = (None, *map(decimal.Decimal, ("0", "-0.0001", "1.25", "1.2500", "99999999999999.9999", "-1.25")))
_ADDRESSES = (
    None,
    "10.0.0.1",
    "10.0.0.0/8",
    "127.0.0.1",
    "127.3.2.1/7",
    "::1",
    "::1/127",
    "ff02::1",
    "224.0.0.0/3",
    "224.1.1.1",
)


def rows(rng: random.Random, count: int) -> list[Base]:
    """Accounts, folders (among them a ring of three), roles, and ``count`` notes."""
    folders = [
        Folder(id=n, above_id=a, account_name=c)
        for n, a, c in (
            (1, None, "acme"),
            (2, 1, None),
            (3, 2, None),
            (4, None, None),
            (5, 6, None),
            (6, 7, "other"),
            (7, 5, None),
            (8, 99, None),
        )
    ]
    notes = [
        Note(
            id=n,
            owner=rng.choice(("ann", "sue", *TEXTS)),
            text=rng.choice((None, *TEXTS)),
            level=rng.choice((None, *worlds.NUMBERS)),
            size=rng.choice(worlds.NUMBERS),
            open=rng.choice((None, True, False)),
            meta=rng.choice(_META),
            labels=rng.choice(_LABELS),
            folder_id=rng.choice((None, 1, 2, 3, 4, 5, 6, 7, 8, 77)),
            readers_name=rng.choice((None, "a", "b", "gone")),
        )
        for n in range(1, count + 1)
    ]
    return [Account(name="acme"), Account(name="other"), *folders, Role(name="a"), Role(name="b"), *notes]


def visits(rng: random.Random, count: int) -> list[Base]:
    """Rows of what only PostgreSQL compares."""
    return [
        Visit(
            id=n,
            at=rng.choice(_MOMENTS),
            until=rng.choice(_MOMENTS),
            price=rng.choice(_PRICES),
            address=rng.choice(_ADDRESSES),
        )
        for n in range(1, count + 1)
    ]


_STRINGS = (
    "resource.owner",
    "resource.text",
    "principal.id",
    "principal.region",
    "resource.meta.a",
    "resource.meta.b.c",
    'resource.getTag("team")',
    '(if resource.open then resource.owner else "a")',
    '"a"',
    '"eu"',
    "resource.folder.account.name",
)
_LONGS = (
    "resource.level",
    "resource.size",
    "resource.level + resource.size",
    "resource.size * resource.size",
    "resource.size - 1",
    "-resource.level",
    "resource.meta.a",
    "principal.clearance",
    "7",
    "0",
    "principal.clearance + 1",
    "resource.folder.id",
    "(if resource has level then resource.level else 0)",
)
_MANY = (
    '["a", "eu", ""]',
    "[1, 2, 7]",
    "principal.groups",
    "resource.meta.a",
    "resource.meta.b.c",
    '["x", 1]',
    "[]",
    "[true]",
)
_BOOLS = (
    "resource.open",
    "resource has text",
    "resource has level",
    "resource has meta.a",
    "resource has meta.b.c",
    "resource has nothing",
    "resource has folder",
    "resource has folder.account",
    "principal has region",
    'resource.hasTag("team")',
    'resource.hasTag("x")',
    'resource in Folder::"1"',
    'resource.folder in Folder::"6"',
    'resource in Account::"acme"',
    'resource.folder in [Folder::"2", Account::"other"]',
    'resource == Note::"3"',
    'resource.folder == Folder::"2"',
    "resource.folder.above == resource.folder",
    "principal == resource",
    "resource is Note",
    "resource.folder is Note",
    "resource is Folder",
    "principal in resource.readers",
    'principal in Role::"a"',
    'resource in Note::"5"',
    'resource in Folder::"02"',
    'resource.folder != Folder::"2"',
    "context has actor",
    "resource.readers == resource.folder",
    'context has ip && context.ip.isInRange(ip("10.0.0.0/8"))',
    'context.time < datetime("2026-11-24")',
    "(resource.level < 3) == resource.open",
    '(if resource.open then ["a"] else ["b"]).containsAll(["a"])',
    '(if resource.open then ["a", 1] else principal.groups).containsAny(["eu", "a"])',
)
_PATTERNS = ("a*", "*a", "*a*b*", "a", "", "*", "a\\\\*b", "[a]*", "*%", "_", "A*", "?")
_VISITS = (
    'resource.at < datetime("2026-11-24T09:00:00Z")',
    "resource.at <= resource.until",
    "resource.at == resource.until",
    "resource has at",
    'resource.at.toTime() >= duration("9h")',
    'resource.until.toDate() == datetime("2026-11-24")',
    "resource.at.toDate() <= resource.until",
    'resource.until.durationSince(resource.at) < duration("1d")',
    'resource.at.offset(duration("1h")) > resource.until',
    "resource.until.durationSince(resource.at).toDays() == 0",
    "resource.at.durationSince(resource.until).toHours() < -3",
    'resource.price.lessThan(decimal("1.25"))',
    'resource.price == decimal("1.25")',
    'resource.price.greaterThanOrEqual(decimal("-0.0001"))',
    "resource.price == resource.price",
    "resource.price == 1",
    "resource.at < 3",
    'resource.address == ip("10.0.0.1")',
    'resource.address.isInRange(ip("10.0.0.0/8"))',
    'ip("10.0.0.1").isInRange(resource.address)',
    "resource.address.isLoopback()",
    "resource.address.isMulticast()",
    "resource.address.isIpv4()",
    "resource.address.isIpv6()",
    "resource.address.isInRange(resource.price)",
    "context.time < resource.at",
    "context.ip == resource.address",
)


def condition(rng: random.Random, atoms: Any, depth: int = 3) -> str:
    """A random condition in Cedar."""
    if depth == 0 or rng.random() < 0.2:
        return f"({atoms(rng)})"
    a, b = condition(rng, atoms, depth - 1), condition(rng, atoms, depth - 1)
    match rng.randrange(9):
        case 0 | 1 | 2:
            return f"({a} && {b})"
        case 3 | 4 | 5:
            return f"({a} || {b})"
        case 6:
            return f"(!{a})"
        case 7:
            return f"({a} == {b})"
    return f"(if {a} then {b} else {condition(rng, atoms, depth - 1)})"


def about_notes(rng: random.Random) -> str:
    """One question about a note."""
    strings, longs, many = rng.choice(_STRINGS), rng.choice(_LONGS), rng.choice(_MANY)
    item = rng.choice((strings, longs, "resource.open"))
    match rng.randrange(9):
        case 0 | 1:
            return rng.choice(_BOOLS)
        case 2:
            return f"{strings} {rng.choice(('==', '!='))} {rng.choice((*_STRINGS, *_LONGS))}"
        case 3:
            return f"{longs} {rng.choice(('<', '<=', '>', '>=', '==', '!='))} {rng.choice(_LONGS)}"
        case 4:
            return f'{strings} like "{rng.choice(_PATTERNS)}"'
        case 5 if not many.startswith("resource") or not item.startswith(("resource.meta", "(")):
            return f"{many}.contains({item})"
        case 6 if many.startswith("resource"):
            known = rng.choice([one for one in _MANY if not one.startswith("resource")])
            return f"{many}.{rng.choice(('containsAll', 'containsAny'))}({known})"
        case 7 if many.startswith("resource"):
            return f"{many}.isEmpty()"
    return f"resource.{rng.choice(('text', 'owner'))} == {json.dumps(rng.choice(TEXTS), ensure_ascii=False)}"


def about_visits(rng: random.Random) -> str:
    """One question that only PostgreSQL answers."""
    return rng.choice(_VISITS)


_SCOPES = (
    "resource",
    "resource",
    "resource",
    "resource is {0}",
    'resource == {0}::"7"',
    'resource in Folder::"1"',
    'resource is {0} in Account::"acme"',
)


def policies(rng: random.Random, atoms: Any, type_: str) -> tuple[Policy, ...]:
    """A few random policies about ``order:read``."""
    found = []
    for _ in range(rng.randint(1, 3)):
        scope = rng.choice(_SCOPES if type_ == "Note" else _SCOPES[:5]).format(type_)
        effect = rng.choice(("permit", "permit", "forbid"))
        found.append(
            f'{effect} (principal, action == Action::"order:read", {scope}) when {{ {condition(rng, atoms)} }};'
        )
    return parse_policies("\n".join(found))


def caller(rng: random.Random) -> Caller:
    """A random person, whose claims may be of other types than the policies think."""
    hostile = rng.random() < 0.2
    return worlds.caller(rng, (lambda _: rng.choice(worlds.HOSTILE)) if hostile else None)


def context(rng: random.Random) -> Context:
    """A random time and address."""
    return Context(rng.choice((None, 0.0, 1_795_511_000.25)), rng.choice(("", "10.1.2.3", "::1")))
