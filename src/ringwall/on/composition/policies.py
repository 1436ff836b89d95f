"""The policies of this service, from the authority: signed, versioned, swapped whole, the last good ones on disk."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2

from ringwall.audit.event import Event
from ringwall.clock import SYSTEM, Clock
from ringwall.errors import Invalid, Misconfigured, Tampered, Unavailable
from ringwall.keeper import Snapshot
from ringwall.on.composition.authority_client import Client
from ringwall.on.composition.issuer import PublishedKeys
from ringwall.on.httpx.bounded import AS_IT_IS, read_at_most
from ringwall.policy.bundle import Bundle, read_bundle
from ringwall.policy.objects.unmatched import must_match
from ringwall.settings import Settings
from ringwall.tokens.keys import UnknownKey
from ringwall.tokens.policy_statement import PolicyStatement, digest, verify
from ringwall.tokens.strict_json import parse_object

EVERY = 5.0
"""Seconds between two looks. Each is a small statement, freshly signed; the files come only when they are others."""

MAX_ANSWER = 2 * 1024 * 1024

log = logging.getLogger("ringwall.policy")


@dataclass(frozen=True, slots=True)
class Policies:
    """The policy set that is in force. ``statement`` is the authority's word on it, ``token`` the same as it came."""

    statement: PolicyStatement
    token: str = field(repr=False)
    files: Mapping[str, str] = field(repr=False)
    bundle: Bundle = field(repr=False)


class PoliciesSource:
    """What the authority has for this service. An older version than the one in force is never taken.

    A version that this program cannot read is left aside, and the log and the audit log (``told``) say why; the one in
    force stays, and ages.
    """

    name = "policies"
    revision = 0

    def __init__(
        self,
        settings: Settings,
        client: Client,
        keys: Snapshot[PublishedKeys],
        refetch_keys: Callable[[str | None], None],
        told: Callable[[Event], object],
        clock: Clock = SYSTEM,
    ) -> None:
        self._settings = settings
        self._client = client
        self._keys = keys
        self._refetch_keys = refetch_keys
        self._told = told
        self._clock = clock
        self._held: Policies | None = None
        self._left_aside: PolicyStatement | None = None

    async def updates(self) -> AsyncIterator[Policies]:
        while True:
            self._held = await self._look(self._held)
            yield self._held
            await asyncio.sleep(EVERY)

    def encode(self, value: Policies) -> bytes:
        return json.dumps({"statement": value.token, "files": dict(value.files)}).encode()

    def decode(self, data: bytes) -> Policies:
        # How old they may be is for the snapshot to judge, which knows when the authority last confirmed them.
        token, files = _answer(data)
        if self._keys.age == float("inf"):
            raise Unavailable("the saved policies cannot be checked before the authority's keys are there")
        statement = self._verified(token, None)
        self._held = Policies(statement, token, files, self._read(_bound(statement, files)))
        return self._held

    async def _look(self, held: Policies | None) -> Policies:
        token, files = _answer(await self._fetch(held))
        statement = self._verified(token, self._clock.now())
        if held is not None:
            if statement == held.statement:
                # What is saved must outlive the key that signed it: under another key, the token is kept anew.
                same_key = token.partition(".")[0] == held.token.partition(".")[0]
                return held if same_key else replace(held, token=token)
            if statement.pushed <= held.statement.pushed:
                raise Unavailable(
                    f"the authority offers version {statement.version} of the policies, which is older than version"
                    f" {held.statement.version} in force",
                    hint="was its store restored from a backup? push the policies again",
                )
            if statement.digest == held.statement.digest:
                files = held.files
        try:
            read = await asyncio.to_thread(self._read, _bound(statement, files))
        except Misconfigured as error:
            self._refuse(statement, error)
            raise
        log.warning("version %d of the policies is in force", statement.version)
        self._tell("policies.changed", statement)
        return Policies(statement, token, files, read)

    def _read(self, files: Mapping[str, str]) -> Bundle:
        bundle = read_bundle(files, must_have_schema=not self._settings.development)
        must_match(bundle)
        return bundle

    def _refuse(self, statement: PolicyStatement, error: Misconfigured) -> None:
        if self._left_aside != statement:  # it is tried again every few seconds, and told once
            self._left_aside = statement
            log.error("version %d of the policies is left aside: %s", statement.version, error)
            self._tell("policies.refused", statement, reason=error.message[:2000])

    def _tell(self, kind: str, statement: PolicyStatement, **more: str) -> None:
        detail = {"version": statement.version, "digest": statement.digest, **more}
        self._told(Event(kind, self._clock.now(), detail=detail))

    async def _fetch(self, held: Policies | None) -> bytes:
        known = f"?known={held.statement.digest}" if held is not None else ""
        try:
            async with self._client().stream("GET", f"/policies{known}", headers=AS_IT_IS) as response:
                answer = await read_at_most(response, MAX_ANSWER)
        except (httpx2.HTTPError, OSError) as error:
            raise Unavailable(f"the authority cannot be asked for policies: {type(error).__name__}") from error
        if response.status_code == 404:
            name = self._settings.service.name
            raise Unavailable(
                f"the authority has no policies for {name}", hint=f"ringwall policy push {name} policies/"
            )
        if response.status_code != 200 or len(answer) > MAX_ANSWER:
            raise Unavailable(f"the authority answered {response.status_code} when asked for policies")
        return answer

    def _verified(self, token: str, now: float | None) -> PolicyStatement:
        try:
            return verify(
                token,
                self._keys.current().keys,
                issuer=self._settings.authority_address().issuer,
                audience=self._settings.service.name,
                now=now,
            )
        except UnknownKey as error:
            self._refetch_keys(error.kid)
            raise


def _answer(data: bytes) -> tuple[str, Mapping[str, str]]:
    try:
        answer: dict[str, Any] = parse_object(data, "the authority's answer")
        token, files = answer["statement"], answer.get("files", {})
        if isinstance(token, str) and isinstance(files, dict) and all(isinstance(text, str) for text in files.values()):
            return token, files
    except (Invalid, KeyError):
        pass
    raise Unavailable("the authority's answer about policies cannot be read")


def _bound(statement: PolicyStatement, files: Mapping[str, str]) -> Mapping[str, str]:
    """The files, if they are what was signed."""
    if digest(files) != statement.digest:
        raise Tampered(f"the files of version {statement.version} of the policies are not those that were signed")
    return files
