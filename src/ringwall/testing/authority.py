"""An authority for one test: in this process, fresh, on a socket of its own, and trusted by every guard here."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

from ringwall.authority import revocation
from ringwall.authority.access_token import AccessToken
from ringwall.authority.app import App
from ringwall.authority.authority import Authority
from ringwall.authority.clients.development import register
from ringwall.authority.listener import Listener, bind
from ringwall.authority.pages import pages
from ringwall.authority.people import development
from ringwall.authority.people.directory import Directory
from ringwall.authority.people.password import Passwords
from ringwall.authority.routes import OAUTH
from ringwall.authority.settings import Settings
from ringwall.caller import Caller
from ringwall.on.composition.verification import Verification
from ringwall.store.revocations import Kind
from ringwall.testing.clock import TurnableClock
from ringwall.tokens.access_token import Requirements
from ringwall.tokens.principal import Naming
from ringwall.tokens.revocation import Cutoffs
from ringwall.tokens.verifier import Verifier

T = TypeVar("T")
PERSONS = {person.sub: person for person in development.PEOPLE}


class Workshop:
    """What the authorities of one test run share: an event loop on a thread, and a store to copy.

    In the store, below ``directory``, are the development people, the demo client, and no signing key yet.
    """

    def __init__(self, directory: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="ringwall test authority", daemon=True)
        self._thread.start()
        self.passwords = Passwords()
        self.pattern = directory / "pattern"
        self.run(self._furnish())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of ``work``, done on the loop."""
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(30)

    def close(self) -> None:
        self.passwords.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _furnish(self) -> None:
        authority = Authority.open(self.pattern, Settings(issuer="", internal=""), synchronous="OFF")
        await development.populate(Directory(authority, self.passwords), development=True)
        await register(authority.clients, development=True)
        authority.close()


class PocketAuthority:
    """The whole public side of an authority at :attr:`issuer`: login pages, tokens, keys, revocation. ``home`` is new.

    ann, sue and max are there with their development passwords, and so is the public client ``demo``. ``authority`` is
    the authority itself, for whatever is not offered here; its coroutines go through :meth:`run`.
    """

    def __init__(self, workshop: Workshop, home: Path, clock: TurnableClock) -> None:
        self._workshop = workshop
        self.clock = clock
        socket = bind("127.0.0.1", 0)
        self.issuer = f"http://localhost:{socket.getsockname()[1]}"
        settings = Settings(issuer=self.issuer, internal="https://localhost:0")
        shutil.copytree(workshop.pattern, home)
        self.authority = Authority.open(home, settings, clock=clock, synchronous="OFF")
        self.authority.people = directory = Directory(self.authority, workshop.passwords)
        self._listener = Listener(App(self.authority, OAUTH, {"": pages(self.authority, directory)}), socket)
        self.run(self._start())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine that must run on the authority's own event loop."""
        return self._workshop.run(work)

    def token(
        self,
        sub: str = "ann",
        audience: str = "orders",
        *,
        roles: tuple[str, ...] | list[str] | None = None,
        scope: str = "",
        client: str = "demo",
        sid: str = "",
        actor: str = "",
        lifetime: float = 600,
        **attributes: Any,
    ) -> str:
        """An access token as this authority would issue it (RFC 9068), for anybody, without a login.

        ``audience`` is the name of the service that it is for; ``actor`` the name of a service that acts for ``sub``.
        For ann, sue and max, ``roles`` and ``attributes`` are their own unless they are given. ``lifetime`` is in
        seconds; less than zero makes a token that has expired.
        """
        known = PERSONS.get(sub)
        authority = self.authority
        cutoff = authority.cutoffs.effective(sub=sub, sid=sid, client=client, key=authority.keys.current().kid)
        issued = max(int(self.clock.now() + min(lifetime, 0)), cutoff + 1)
        token = AccessToken(
            sub=sub,
            client=client,
            audience=audience,
            issued=issued if lifetime > 0 else issued - 1,
            expires=issued + int(max(lifetime, 0)),
            scope=scope,
            sid=sid,
            roles=tuple(roles) if roles is not None else known.roles if known else (),
            attributes={**(known.attributes if known else {}), **attributes},
            act={"sub": authority.settings.spiffe_id(actor)} if actor else None,
        )
        return authority.keys.current().sign(token.claims(self.issuer), "at+jwt")

    def revoke(self, kind: Kind, value: str) -> None:
        """Refuse every token with this ``sub``, ``sid``, ``client`` or ``key`` that was issued up to now."""
        self.run(_revoke(self.authority, kind, value))

    @contextmanager
    def trusted(self) -> Iterator[None]:
        """Every guard in this process takes this authority's tokens for its own service, and sees its revocations."""
        verifiers: dict[str, Verifier] = {}

        def caller(verification: Verification, token: str) -> Caller:
            service = verification.settings.service.name
            if service not in verifiers:
                verifiers[service] = Verifier(
                    Requirements(self.issuer, service),
                    Naming(self.authority.settings.trust_domain, attributes=verification.settings.claims),
                    self.authority.keys.verifying,
                    self._cutoffs,
                    clock=self.clock,
                )
            return verifiers[service].caller(token)

        with patch.object(Verification, "caller", caller):
            yield

    def close(self) -> None:
        self.run(self._listener.stop(grace=0.1))
        self.authority.close()

    def _cutoffs(self) -> Cutoffs:
        return Cutoffs.restored(self.authority.feed.snapshot(), self.clock.now(), self.clock.steady())

    async def _start(self) -> None:
        await self.authority.start()
        await self._listener.start()


async def _revoke(authority: Authority, kind: Kind, value: str) -> None:
    await revocation.revoke(authority, kind, value, actor="test", reason="the test says so")
