"""Our own certificate, from the authority's Workload API."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator

from ringwall.peers.workload_client import WorkloadClient
from ringwall.peers.x509_context import X509Context
from ringwall.settings import Settings


class CertificateSource:
    """The Workload API client, with its socket looked up anew for each connection."""

    name = "certificate"
    revision = 0

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def updates(self) -> AsyncGenerator[X509Context]:
        client = WorkloadClient(self._settings.authority_address().workload_socket)
        async with contextlib.aclosing(client.updates()) as updates:
            async for context in updates:
                yield context

    def encode(self, value: X509Context) -> bytes:
        return value.encode()

    def decode(self, data: bytes) -> X509Context:
        return X509Context.decode(data)
