"""The body of a WSGI request, read within its limits."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from ringwall.current import Visit
from ringwall.errors import Invalid
from ringwall.intake.json_text import is_json, may_be_json, parse
from ringwall.settings import Limits

_PIECE = 1 << 16


class GuardedInput:
    """A ``wsgi.input`` that ends the request (413) when the body grows too large, and checks JSON before anybody parses
    it. Nothing is read before the application asks."""

    def __init__(self, environ: dict[str, Any], visit: Visit, limits: Limits) -> None:
        self._stream = environ["wsgi.input"]
        self._visit = visit
        self._limits = limits
        length = environ.get("CONTENT_LENGTH") or ""
        self._length = int(length) if length.isdecimal() else None
        # Without a length there is no body, unless the server marks the end of a chunked one.
        self._chunked = self._length is None and bool(environ.get("wsgi.input_terminated"))
        self._type = environ.get("CONTENT_TYPE") or ""
        self._seen = 0
        self._checked = False

    def read(self, size: int = -1) -> bytes:
        self._check()
        if size is not None and size >= 0:
            return self._counted(self._stream.read(size))
        # A body without a length is counted as it comes, not once it has filled the memory.
        return b"".join(iter(lambda: self._counted(self._stream.read(_PIECE)), b""))

    def readline(self, size: int = -1) -> bytes:
        self._check()
        left = self._limits.body + 1 - self._seen
        return self._counted(self._stream.readline(left if size is None or size < 0 else min(size, left)))

    def readlines(self, hint: int = -1) -> list[bytes]:
        del hint
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line

    def _counted(self, chunk: bytes) -> bytes:
        self._seen += len(chunk)
        if self._seen > self._limits.body:
            self._too_large()
        return chunk

    def _check(self) -> None:
        if self._checked:
            return
        self._checked = True
        if self._length is not None and self._length > self._limits.body:
            self._too_large()
        if self._length is None and not self._chunked:
            self._stream = io.BytesIO()
        elif self._type and not is_json(self._type):
            # Reading past the length would wait for the next request of the connection.
            self._stream = self._stream if self._length is None else _Bounded(self._stream, self._length)
        else:
            self._collect()

    def _collect(self) -> None:
        body = self._stream.read(self._limits.body + 1 if self._length is None else self._length)
        if len(body) > self._limits.body:
            self._too_large()
        self._stream = io.BytesIO(body)
        if body and may_be_json(self._type, body):
            try:
                parse(body, self._limits.depth)
            except Invalid as error:
                self._visit.guard.refuse(self._visit, error)

    def _too_large(self) -> None:
        too_large = Invalid(f"the body is larger than {self._limits.body} bytes", status=413)
        self._visit.guard.refuse(self._visit, too_large)


class _Bounded:
    """At most ``left`` bytes of a stream."""

    def __init__(self, stream: Any, left: int) -> None:
        self._stream = stream
        self._left = left

    def read(self, size: int | None = None) -> bytes:
        return self._took(self._stream.read(self._left if size is None else min(size, self._left)))

    def readline(self, size: int | None = None) -> bytes:
        return self._took(self._stream.readline(self._left if size is None else min(size, self._left)))

    def _took(self, chunk: bytes) -> bytes:
        self._left -= len(chunk)
        return chunk
