"""Answers that cannot fill our memory, and the roots that the public web is judged by."""

from __future__ import annotations

import ssl
from functools import cache

import httpx2

AS_IT_IS = {"accept-encoding": "identity"}
"""Sent along: an answer that is not compressed cannot grow after it has been measured."""


async def read_at_most(response: httpx2.Response, limit: int) -> bytes:
    """The body of an open stream; one byte more than ``limit`` when it is longer, for whoever reads it to refuse it."""
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > limit:
            break
    return bytes(body[: limit + 1])


@cache
def public_roots() -> ssl.SSLContext:
    """A context for servers of the public web. Making one reads the whole bundle, so there is one."""
    return ssl.create_default_context()
