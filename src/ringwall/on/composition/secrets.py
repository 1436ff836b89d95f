"""The secrets of ``[secrets]``, from the authority's vault: read every five seconds, kept on disk between starts."""

from __future__ import annotations

import asyncio
import json
import secrets as random
from collections.abc import AsyncIterator, Mapping

import httpx2

from ringwall.clock import SYSTEM, Clock
from ringwall.errors import Misconfigured, Tampered, Unavailable
from ringwall.keeper import Keeper
from ringwall.on.composition.authority_client import Client
from ringwall.on.httpx.bounded import AS_IT_IS, read_at_most
from ringwall.secret import Secret
from ringwall.secrets import kv
from ringwall.secrets.kv import Lease, Version
from ringwall.secrets.live import LiveSecret
from ringwall.settings import SecretSettings, Settings

EVERY = 5.0
"""Seconds between two looks. Each is one audit row at the authority for each secret, so it is not shorter."""

_EARLY = 30.0

Versions = Mapping[str, Version]


class SecretsSource:
    """The current version of every secret that the configuration names, by name."""

    name = "secrets"
    revision = 0

    def __init__(self, settings: Settings, client: Client, clock: Clock = SYSTEM) -> None:
        self._service = settings.service.name
        self._wanted = settings.secrets
        self._client = client
        self._clock = clock
        self._lease: tuple[Lease, float] | None = None

    async def updates(self) -> AsyncIterator[Versions]:
        held: Versions = {}
        while True:
            fresh = {name: await self._read(name, wanted) for name, wanted in self._wanted.items()}
            found = {name: version for name, version in fresh.items() if version is not None}
            if {name: v.number for name, v in found.items()} != {name: v.number for name, v in held.items()}:
                held = found
            yield held
            await asyncio.sleep(EVERY)

    def encode(self, value: Versions) -> bytes:
        kept = {name: [v.number, v.value.reveal()] for name, v in value.items() if self._wanted[name].cache > 0}
        return json.dumps(kept).encode()

    def decode(self, data: bytes) -> Versions:
        try:
            return {name: Version(Secret(value), number) for name, (number, value) in json.loads(data).items()}
        except (ValueError, TypeError, AttributeError) as error:
            raise Tampered("the saved secrets cannot be read") from error

    async def _read(self, name: str, wanted: SecretSettings) -> Version | None:
        path = f"{self._service}/{name}"
        found = kv.was_read(*await self._call(kv.read(path)), path)
        if found is None and wanted.rotate is not None:
            # A key that is only ever random needs nobody to set it. When two processes try at once, one wins.
            await self._call(kv.create(path, random.token_urlsafe(32)))
            await self._call(kv.describe(path, wanted.rotate))
            found = kv.was_read(*await self._call(kv.read(path)), path)
        return found

    async def _call(self, request: kv.Request) -> tuple[int, bytes]:
        token = await self._token()
        status, body = await self._send(request, {"x-vault-token": token.reveal()})
        if status == 403:
            self._lease = None
        return status, body

    async def _token(self) -> Secret[str]:
        now = self._clock.steady()
        if self._lease is None or now > self._lease[1]:
            lease = kv.logged_in(*await self._send(kv.log_in(), {}))
            self._lease = (lease, now + max(0.0, lease.seconds - _EARLY))
        return self._lease[0].token

    async def _send(self, request: kv.Request, headers: Mapping[str, str]) -> tuple[int, bytes]:
        method, path, body = request
        try:
            sent = {**headers, **AS_IT_IS}
            async with self._client().stream(method, path, content=body or None, headers=sent) as response:
                answer = await read_at_most(response, kv.MAX_ANSWER)
        except (httpx2.HTTPError, OSError) as error:
            raise Unavailable(f"the vault cannot be reached: {type(error).__name__}") from error
        if len(answer) > kv.MAX_ANSWER:
            raise Unavailable(f"the vault answered with more than {kv.MAX_ANSWER} bytes")
        return response.status_code, answer


class Secrets:
    """``guard.secret(name)``."""

    def __init__(self, settings: Settings, keeper: Keeper, client: Client) -> None:
        self._settings = settings
        # The longest that any of them may be used from the cache; each one's own limit is checked on its own.
        longest = max((wanted.cache for wanted in settings.secrets.values()), default=0.0)
        self._snapshot = keeper.watch(SecretsSource(settings, client), max_age=max(longest, 60.0))

    def __call__(self, name: str) -> LiveSecret:
        """The secret called ``name``. Raises ``Misconfigured`` when ``[secrets]`` does not name it."""
        wanted = self._settings.secrets.get(name)
        if wanted is None:
            raise Misconfigured(
                f"there is no secret {name!r} under [secrets]",
                hint=f"add: {name} = {{}}",
                where=str(self._settings.path),
            )

        def current() -> str:
            version = self._snapshot.current().get(name)
            if version is None:
                path = f"{self._settings.service.name}/{name}"
                raise Unavailable(f"the secret {path} has no value yet", hint=f"ringwall secret set {path}")
            if self._snapshot.age > max(wanted.cache, 60.0):
                raise Unavailable(
                    f"the secret {name} was last confirmed {self._snapshot.age:.0f} s ago, which is too long"
                )
            return version.value.reveal()

        return LiveSecret(current)
