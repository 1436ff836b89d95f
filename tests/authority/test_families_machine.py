"""Codes, refresh tokens and revocations in any order, against a model that fits on one page."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from ringwall.audit import chain
from ringwall.authority import codes
from ringwall.store import families, revocations
from ringwall.store.families import Code, Family, Reused
from ringwall.store.ledger import rows
from ringwall.store.migrate import migrations
from ringwall.store.writer import GroupWriter


class Families(RuleBasedStateMachine):
    """Each token has a family; a family is alive until it is ended; a token is spent at most once."""

    tokens = Bundle("tokens")
    grants = Bundle("grants")

    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory()
        steps = migrations("ringwall.store.migrations.authority")
        path = Path(self.directory.name) / "m.db"
        self.store = GroupWriter(path, steps, chain=chain.entry, synchronous="OFF")
        self.store.submit(revocations.begin, 100).result()
        self.now = 1000
        self.count = 0
        self.alive: dict[str, tuple[str, int]] = {}  # family → sid, second of its end
        self.unspent: dict[bytes, tuple[str, str, int]] = {}  # token → family, kind, second of its end
        self.spent: dict[bytes, str] = {}

    def teardown(self) -> None:
        self.store.close()
        self.directory.cleanup()

    @rule(target=tokens, sid=st.sampled_from("ab"))
    def login(self, sid: str) -> bytes:
        self.count += 1
        family, token = f"f{self.count}", codes.digest(f"code{self.count}")
        row = Family(family, "app", "ann", sid, "openid", "orders", self.now, self.now, self.now + 500)
        code = Code(token, "app", "https://app/", "challenge", "", self.now + 60)
        self.store.submit(families.begin, row, code).result()
        self.alive[family] = (sid, self.now + 500)
        self.unspent[token] = (family, "code", self.now + 60)
        return token

    @rule(target=tokens, token=tokens)
    def spend(self, token: bytes) -> bytes:
        """Spend a code or refresh token; what follows it, or the token itself when nothing does."""
        self.count += 1
        follower = codes.digest(f"refresh{self.count}")
        kind = self._kind(token)
        result = self.store.submit(self._transaction, token, kind, follower).result()
        if token in self.spent:
            assert isinstance(result, Reused)
            self.alive.pop(self.spent[token], None)
            return token
        family, kind, end = self.unspent[token]
        living = family in self.alive and (kind == "code" or self.alive[family][1] > self.now)
        if living and end > self.now:
            assert result == family
            del self.unspent[token]
            self.spent[token] = family
            self.unspent[follower] = (family, "refresh", self.now + 200)
            return follower
        assert result is None
        return token

    def _kind(self, token: bytes) -> str:
        row = self.store.read(lambda reader: reader.one("select 1 from code where hash = ?", token))
        return "code" if row else "refresh"

    def _transaction(self, tx, token, kind, follower):
        if kind == "code":
            result = families.spend_code(
                tx, token, client="app", redirect_uri="https://app/", challenge="challenge", now=self.now
            )
        else:
            result = families.spend_refresh(tx, token, client="app", now=self.now)
        if isinstance(result, Reused):
            families.end(tx, result.family, self.now)
        elif result is not None:
            families.add_refresh(tx, follower, family=result, expires=self.now + 200)
        return result

    @rule(token=tokens, client=st.just("evil"))
    def a_stranger_spends(self, token: bytes, client: str) -> None:
        spend = lambda tx: (  # noqa: E731
            families.spend_code(
                tx, token, client=client, redirect_uri="https://app/", challenge="challenge", now=self.now
            ),
            families.spend_refresh(tx, token, client=client, now=self.now),
        )
        assert self.store.submit(spend).result() == (None, None)

    @rule(sid=st.sampled_from("ab"))
    def logout(self, sid: str) -> None:
        self.store.submit(revocations.revoke, "sid", sid, cutoff=self.now, exp=self.now + 600).result()
        self.alive = {family: (other, end) for family, (other, end) in self.alive.items() if other != sid}

    @rule(seconds=st.integers(1, 150))
    def wait(self, seconds: int) -> None:
        self.now += seconds

    @invariant()
    def the_store_knows_exactly_the_living(self) -> None:
        found = self.store.read(lambda reader: reader.all("select id from family where revoked is null"))
        assert {row[0] for row in found} == set(self.alive)
        assert self.store.read(rows) == []


TestFamilies = Families.TestCase
TestFamilies.settings = hypothesis_settings(max_examples=25, stateful_step_count=30, deadline=None)
