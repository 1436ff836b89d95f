"""The directory of people that this authority keeps itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringwall.audit.event import Event
from ringwall.authority.directory import Person
from ringwall.authority.people.password import Passwords
from ringwall.authority.people.throttle import Throttle
from ringwall.store import people as rows
from ringwall.store.contract import Transaction
from ringwall.store.people import PersonRow

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority


class Directory:
    """People in the authority's own store, who prove themselves by password."""

    def __init__(self, authority: Authority, passwords: Passwords | None = None) -> None:
        self._authority = authority
        self._passwords = passwords or Passwords()
        self._throttle = Throttle(authority.clock)

    def find(self, sub: str) -> Person | None:
        """The person, or ``None`` when there is nobody of this name or they may no longer log in."""
        row = self._authority.store.read(rows.get, sub)
        return None if row is None or row.disabled else Person(row.sub, row.roles, row.attributes, row.profile)

    async def put(self, person: Person, password: str, *, actor: str) -> None:
        """Add a person, or replace them, with this password."""
        encoded = await self._passwords.hash(password)
        row = PersonRow(person.sub, encoded, person.roles, person.attributes, person.profile)
        await self._authority.store.write(_put, row, actor, self._authority.clock.now())

    async def prove(self, name: str, password: str, *, address: str, device: str | None) -> Person | None:
        """The person called ``name`` if ``password`` is theirs. A wrong answer takes as long for an unknown name.

        ``device`` names a browser in which this very person has logged in before. Raises ``Unavailable`` under flood.
        """
        async with self._throttle.attempt(name, address, device) as attempt:
            row = self._authority.store.read(rows.get, name)
            right = await self._passwords.verify(row.password if row else None, password, known=device is not None)
            if row is None or not right or row.disabled:
                # A name that nobody has may be a password typed into the wrong field: it is not written down.
                await self._authority.record("login.refused", subject=row.sub if row else "", address=address)
                return None
            attempt.succeeded()
        if self._passwords.outdated(row.password):
            fresh = await self._passwords.hash(password)
            await self._authority.store.write(rows.rehash, row.sub, row.password, fresh)
        return Person(row.sub, row.roles, row.attributes, row.profile)

    def close(self) -> None:
        self._passwords.close()


def _put(tx: Transaction, person: PersonRow, actor: str, now: float) -> None:
    rows.put(tx, person)
    detail = {"roles": list(person.roles), "attributes": dict(person.attributes)}
    tx.record(Event("person.put", now, actor=actor, subject=person.sub, detail=detail))
