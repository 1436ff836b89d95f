"""The method ``LIST``, which Vault's clients send and the HTTP parser below us does not know."""

from __future__ import annotations

from typing import Any

from ringwall.authority.protocol import HardenedProtocol

_LIST, _GET = b"LIST ", b"GET "


class ListMethodProtocol(HardenedProtocol):
    """Lets the parser take ``LIST`` for a ``GET``, and gives the request its own method back.

    Only where a new request begins, so that nothing inside a body is ever touched. A ``LIST`` that is pipelined behind
    another request in the same packet is refused with 400.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._between = True
        self._lists = False

    def data_received(self, data: bytes) -> None:
        if self._between and data.startswith(_LIST):
            self._lists = True
            data = _GET + data[len(_LIST) :]
        super().data_received(data)

    def on_message_begin(self) -> None:
        self._between = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        # The application has not begun: it runs as a task, after this.
        if self._lists:
            self.scope["method"] = "LIST"
            self._lists = False

    def on_message_complete(self) -> None:
        self._between = True
        super().on_message_complete()
