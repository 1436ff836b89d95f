"""The authority itself: its store, keys, clients and cut-offs, put together. It knows no socket."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ringwall.audit import chain
from ringwall.audit.event import Event
from ringwall.audit.refusals import Refusals
from ringwall.authority.clients.registry import Registry
from ringwall.authority.directory import Nobody, People
from ringwall.authority.feed import Feed
from ringwall.authority.keys.ring import KeyRing
from ringwall.authority.policies.sets import PolicySets
from ringwall.authority.revocation import Cutoffs
from ringwall.authority.seal import Seal
from ringwall.authority.settings import Settings
from ringwall.clock import SYSTEM, Clock
from ringwall.errors import Misconfigured
from ringwall.store import families, ledger, people, revocations
from ringwall.store.connection import Synchronous
from ringwall.store.contract import Store, Transaction
from ringwall.store.migrate import migrations
from ringwall.store.writer import GroupWriter

SCHEMA = "ringwall.store.migrations.authority"


class Authority:
    """Everything that the endpoints share. Build one with :meth:`open`; :meth:`start` before the first request.

    ``people`` is the directory of people; the room that keeps it sets it before the start.
    """

    def __init__(self, settings: Settings, store: Store, seal: Seal, clock: Clock = SYSTEM) -> None:
        self.settings = settings
        self.store = store
        self.seal = seal
        self.clock = clock
        self.people: People = Nobody()
        self.cutoffs = Cutoffs(store)
        self.feed = Feed(store, clock)
        self.clients = Registry(store, settings, clock)
        self.policies = PolicySets(store)
        self.refusals = Refusals()
        self.keys = KeyRing(store, seal, clock, settings.lifetimes)
        self._lag = clock.now() - clock.steady()

    @classmethod
    def open(
        cls,
        home: Path,
        settings: Settings,
        *,
        passphrase: str | None = None,
        clock: Clock = SYSTEM,
        synchronous: Synchronous = "FULL",
    ) -> Authority:
        """The authority whose state is in ``home`` (made when absent, mode 0700): ``authority.db`` and ``root.key``.

        Raises ``Misconfigured`` for a wrong passphrase and ``Unavailable`` for a store that another process has.
        """
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Misconfigured(f"cannot make the state directory {home}: {error.strerror}") from error
        root, database = home / "root.key", home / "authority.db"
        # A database without its root key is a loss to be told, not an occasion for a new key.
        seal = Seal.load(root, passphrase) if root.exists() or database.exists() else Seal.create(root, passphrase)
        store = GroupWriter(database, migrations(SCHEMA), chain=chain.entry, synchronous=synchronous)
        return cls(settings, store, seal, clock)

    async def start(self) -> None:
        """Make what a first start needs (log identity, signing key, configured services), and tend what is there."""
        await self.feed.begin()
        await self.clients.begin()
        await self.tend()

    async def tend(self) -> None:
        """The housekeeping, once a minute: rotate keys that are due, forget what has expired."""
        await self.keys.tend()
        # What is forgotten stays forgotten when a clock that had jumped ahead comes back, and a token that was refused
        # would be good again. So the past is what lies behind us by the slowest reckoning.
        self._lag = min(self._lag, self.clock.now() - self.clock.steady())
        past = int(self.clock.steady() + self._lag)
        await self.store.write(_forget, past)
        self.cutoffs.forget(past)
        await self.settle_refusals()

    async def record(self, kind: str, *, actor: str = "", subject: str = "", **detail: Any) -> None:
        """Write down something that changed nothing, such as a refusal. Returns when it is durable."""
        await self.store.write(ledger.record, Event(kind, self.clock.now(), actor, subject, detail))

    async def settle_refusals(self) -> None:
        """Write down how many refusals were only counted, for each address whose minute is over."""
        for address, count in self.refusals.over(self.clock.steady()):
            await self.record("requests.refused", address=address, count=count)

    def close(self) -> None:
        self.store.close()


def _forget(tx: Transaction, past: int) -> None:
    revocations.forget(tx, past)
    families.forget(tx, past)
    people.forget_sessions(tx, past)
