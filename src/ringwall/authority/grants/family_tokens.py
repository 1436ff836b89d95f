"""The tokens of one grant of a person: prepared, written down with the spend that pays for them, then signed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringwall.authority import access_token, revocation
from ringwall.authority.access_token import AccessToken
from ringwall.authority.codes import digest
from ringwall.authority.directory import Person
from ringwall.authority.http import Answer
from ringwall.authority.id_token import id_token
from ringwall.authority.oauth.error import OAuthError
from ringwall.store import families
from ringwall.store.clients import Client
from ringwall.store.contract import Transaction
from ringwall.store.families import Family, Reused

if TYPE_CHECKING:
    from ringwall.authority.authority import Authority


@dataclass(frozen=True, slots=True)
class FamilyTokens:
    """An access token, and as the scope has it a refresh token and an ID token, that are about to be given."""

    authority: Authority
    family: Family
    person: Person
    access: AccessToken
    refresh: str

    @classmethod
    async def prepare(cls, authority: Authority, client: Client, family: Family, scope: str) -> FamilyTokens:
        """What the grant gives now: the person's roles and attributes are those of this moment.

        Raises ``OAuthError`` when the person may no longer log in.
        """
        person = authority.people.find(family.sub)
        if person is None:
            raise OAuthError("invalid_grant", "this person can no longer log in")
        issued = await revocation.issue_time(authority, sub=family.sub, sid=family.sid, client=client.id)
        access = AccessToken(
            sub=family.sub,
            client=client.id,
            audience=family.audience,
            issued=issued,
            expires=issued + authority.settings.lifetimes.access,
            scope=scope,
            sid=family.sid,
            roles=person.roles,
            attributes=person.attributes,
        )
        lasting = "offline_access" in family.scope.split() and "refresh_token" in client.grants
        return cls(authority, family, person, access, secrets.token_urlsafe(32) if lasting else "")

    def write(
        self, tx: Transaction, grant: str, spend: Callable[[Transaction, int], str | Reused | None]
    ) -> str | Reused | None:
        """The transaction: ``spend`` pays, and what was bought is stored; or a reuse ends the family; or nothing."""
        now = self.authority.clock.now()
        spent = spend(tx, int(now))
        if isinstance(spent, Reused):
            revocation.end_family(tx, spent.family, now=now, actor=spent.client, reason=f"{grant} reused")
        elif spent is not None:
            families.add_issued(tx, self.access.jti, family=spent, expires=self.access.expires)
            if self.refresh:
                expires = min(int(now) + self.authority.settings.lifetimes.refresh, self.family.expires)
                families.add_refresh(tx, digest(self.refresh), family=spent, expires=expires)
            tx.record(self.access.event(grant, now, family=spent))
        return spent

    def answer(self, nonce: str = "") -> Answer:
        """The signed tokens. Call it after :meth:`write` is durable."""
        more: dict[str, str] = {}
        if self.refresh:
            more["refresh_token"] = self.refresh
        if "openid" in self.access.scope.split():
            more["id_token"] = id_token(
                self.authority, self.family, self.person, issued=self.access.issued, nonce=nonce
            )
        return access_token.answer(self.authority, self.access, **more)
