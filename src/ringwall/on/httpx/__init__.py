"""Ringwall on httpx2: clients for peers. ``guard.peer`` and ``guard.async_peer`` are made of these."""

from ringwall.on.httpx.client import async_client, client

__all__ = ["async_client", "client"]
