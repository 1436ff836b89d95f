"""People, their browser sessions at the authority, and what they agreed to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ringwall.store.contract import Reader, Transaction


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person. ``password`` is an encoded argon2id hash."""

    sub: str
    password: str
    roles: tuple[str, ...]
    attributes: Mapping[str, Any]
    profile: Mapping[str, Any]
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A browser session. Times are whole seconds."""

    sid: str
    sub: str
    auth_time: int
    seen: int
    expires: int


def put(tx: Transaction, person: PersonRow) -> None:
    """Add a person, or replace what is known of them."""
    tx.run(
        "insert into person (sub, password, roles, attributes, profile) values (?, ?, ?, ?, ?)"
        " on conflict (sub) do update set password = excluded.password, roles = excluded.roles,"
        " attributes = excluded.attributes, profile = excluded.profile",
        *(person.sub, person.password, json.dumps(person.roles)),
        *(json.dumps(dict(person.attributes)), json.dumps(dict(person.profile))),
    )


def get(reader: Reader, sub: str) -> PersonRow | None:
    """The person called ``sub``."""
    row = reader.one("select sub, password, roles, attributes, profile, disabled from person where sub = ?", sub)
    if row is None:
        return None
    return PersonRow(
        row[0], row[1], tuple(json.loads(row[2])), json.loads(row[3]), json.loads(row[4]), row[5] is not None
    )


def rehash(tx: Transaction, sub: str, old: str, new: str) -> None:
    """Replace a password hash by one with today's cost, unless the password was changed meanwhile."""
    tx.run("update person set password = ? where sub = ? and password = ?", new, sub, old)


def open_session(tx: Transaction, digest: bytes, session: SessionRow) -> None:
    """Store a new session under the hash of its cookie."""
    tx.run(
        "insert into session (hash, sid, sub, auth_time, seen, expires) values (?, ?, ?, ?, ?, ?)",
        *(digest, session.sid, session.sub, session.auth_time, session.seen, session.expires),
    )


def session(reader: Reader, digest: bytes, now: int, idle: int) -> SessionRow | None:
    """The session whose cookie has this hash, unless it has expired, was idle too long, or its person is disabled."""
    row = reader.one(
        "select sid, session.sub, auth_time, seen, expires from session join person on person.sub = session.sub"
        " where hash = ? and expires > ? and seen > ? and disabled is null",
        *(digest, now, now - idle),
    )
    return None if row is None else SessionRow(*row)


def has_session(reader: Reader, sid: str) -> bool:
    """Whether there is a session of this id."""
    return reader.one("select 1 from session where sid = ?", sid) is not None


def touch_session(tx: Transaction, digest: bytes, now: int) -> None:
    """Note that a session was used."""
    tx.run("update session set seen = ? where hash = ?", now, digest)


def close_session(tx: Transaction, sid: str) -> str | None:
    """End a session; whose it was, or ``None`` when there is none."""
    row = tx.one("delete from session where sid = ? returning sub", sid)
    return None if row is None else row[0]


def consented(reader: Reader, sub: str, client: str) -> frozenset[str]:
    """The scopes that a person has granted to a client."""
    row = reader.one("select scope from consent where sub = ? and client = ?", sub, client)
    return frozenset(row[0].split()) if row else frozenset()


def consent(tx: Transaction, sub: str, client: str, scope: str, now: int) -> None:
    """Remember that a person granted these scopes to a client."""
    tx.run(
        "insert into consent (sub, client, scope, given) values (?, ?, ?, ?)"
        " on conflict (sub, client) do update set scope = excluded.scope, given = excluded.given",
        *(sub, client, scope, now),
    )


def forget_sessions(tx: Transaction, now: int) -> int:
    """Drop the sessions that have expired; how many they were."""
    return tx.run("delete from session where expires <= ?", now)


def enabled(reader: Reader) -> list[str]:
    """The names of everybody who may log in."""
    return [sub for (sub,) in reader.all("select sub from person where disabled is null order by sub")]
