"""The authority's operator socket, as the verbs of the command line use it. Who we are, the kernel tells it."""

from __future__ import annotations

import http.client
import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ringwall.errors import Invalid, Misconfigured, RingwallError, Unavailable

NOTE = Path(".ringwall") / "authority.json"
_TIMEOUT = 15.0
_UP = "start the authority: ringwall up"


class Operator:
    """HTTP over the socket of the authority that runs in ``start`` or the nearest directory above it.

    Raises ``Misconfigured`` when none is noted there. Calls raise ``Unavailable`` when it does not answer, and
    ``RingwallError`` with its own words when it refuses.
    """

    def __init__(self, start: Path | None = None) -> None:
        self.socket = _socket(start or Path.cwd())

    def get(self, path: str) -> Any:
        """The answer to ``GET path`` as parsed JSON; ``None`` when there is nothing (404)."""
        return self.call("GET", path)

    def post(self, path: str, body: Any) -> Any:
        """The answer to ``POST path`` with ``body`` as JSON; ``None`` when it is empty."""
        return self.call("POST", path, body)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One request. ``path`` is quoted here; a query in it is left as it is."""
        place, mark, query = path.partition("?")
        sent = None if body is None else json.dumps(body).encode()
        connection = _Connection(self.socket)
        try:
            connection.request(method, quote(place) + mark + query, sent, {"content-type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable(f"the authority at {self.socket} does not answer: {error}", hint=_UP) from error
        finally:
            connection.close()
        return _parsed(answer.status, content, path)


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=_TIMEOUT)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _socket(start: Path) -> str:
    for directory in (start.resolve(), *start.resolve().parents):
        note = directory / NOTE
        try:
            return str(json.loads(note.read_text())["operator_socket"])
        except FileNotFoundError:
            continue
        except PermissionError:
            raise Misconfigured(
                f"{note} belongs to somebody else", hint="run this as the user who runs the authority"
            ) from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Misconfigured(f"{note} cannot be read: {error}", hint="restart the authority") from error
    raise Misconfigured(f"no authority runs in {start.resolve()} or above it", hint=_UP)


def _parsed(status: int, content: bytes, path: str) -> Any:
    try:
        document = json.loads(content) if content.strip() else None
    except ValueError:
        raise Unavailable(f"the authority's answer for {path} is not JSON") from None
    if status == 404 and not _words(document):
        # The vault's word on a deleted version comes with a 404, too.
        return document if isinstance(document, dict) and document.get("data") else None
    if status < 300:
        return document
    words = _words(document) or f"status {status}"
    if status == 403:
        raise RingwallError(f"the authority refuses this: {words}", hint="only its operators may; check who you are")
    if status >= 500:
        raise Unavailable(f"the authority failed: {words}", hint="its log says why")
    raise Invalid(words, status=status)


def _words(document: Any) -> str:
    # The vault's errors are a list, everybody else's a description (RFC 6749 section 5.2).
    if not isinstance(document, dict):
        return ""
    listed = document.get("errors")
    if isinstance(listed, list):
        return "; ".join(" ".join(str(error).split()) for error in listed)
    return str(document.get("error_description") or document.get("error") or "")
