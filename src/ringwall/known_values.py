"""The secret values of this process, so that a log line can be searched for them.

Every :class:`~ringwall.secret.Secret` makes its value known here. A value is kept with the forms it is likely to leak
in (URL-quoted, JSON- and repr-escaped, hexadecimal, base64 at its three alignments), and all of them are found in one
pass whose cost depends on the length of the line and not on how many values are known.
"""

from __future__ import annotations

import base64
import json
import threading
from collections import OrderedDict
from urllib.parse import quote, quote_plus

SHORTEST = 8
"""Values below this many characters are not looked for: they would eat ordinary words."""

MASK = "•••"
_WINDOW = SHORTEST


class KnownValues:
    """A bounded set of secret values; the one used longest ago is forgotten first.

    :meth:`add` only takes note, because every request may bring secrets; the work is done when a line is to be written.
    """

    def __init__(self, capacity: int = 4096) -> None:
        self._capacity = capacity
        self._fresh: OrderedDict[str, None] = OrderedDict()
        self._values: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._by_start: dict[str, dict[str, int]] = {}
        self._lock = threading.Lock()

    def add(self, value: object) -> None:
        """Make ``value`` known, when it is text or bytes of at least eight characters; ignore it otherwise."""
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        if not isinstance(text, str) or len(text) < SHORTEST:
            return
        with self._lock:
            self._fresh[text] = None
            self._fresh.move_to_end(text)
            if len(self._fresh) > self._capacity:
                self._fresh.popitem(last=False)

    def mask(self, line: str) -> str:
        """``line`` with ``•••`` in the place of every known value."""
        with self._lock:
            self._take_up()
            return self._masked(line)

    def _masked(self, line: str) -> str:
        starts = self._by_start
        kept: list[str] = []
        done = at = 0
        last = len(line) - _WINDOW if starts else -1
        while at <= last:
            forms = starts.get(line[at : at + _WINDOW])
            found = max((form for form in forms if line.startswith(form, at)), key=len, default="") if forms else ""
            if found:
                kept += (line[done:at], MASK)
                done = at = at + len(found)
            else:
                at += 1
        return "".join((*kept, line[done:])) if done else line

    def _take_up(self) -> None:
        for text in self._fresh:
            if text in self._values:
                self._values.move_to_end(text)
                continue
            self._values[text] = forms = _forms(text)
            for form in forms:
                # Two values may share a form; it stays for as long as one of them does.
                uses = self._by_start.setdefault(form[:_WINDOW], {})
                uses[form] = uses.get(form, 0) + 1
            if len(self._values) > self._capacity:
                self._forget(self._values.popitem(last=False)[1])
        self._fresh.clear()

    def _forget(self, forms: tuple[str, ...]) -> None:
        for form in forms:
            uses = self._by_start[form[:_WINDOW]]
            uses[form] -= 1
            if not uses[form]:
                del uses[form]
            if not uses:
                del self._by_start[form[:_WINDOW]]


KNOWN = KnownValues()


def _forms(text: str) -> tuple[str, ...]:
    raw = text.encode("utf-8", "surrogatepass")
    escaped = (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], repr(text)[1:-1], repr(raw)[2:-1])
    hexadecimal = raw.hex()
    candidates = {
        *(text, *(quote(text, safe=safe, errors="replace") for safe in ("", "/")), quote_plus(text, errors="replace")),
        *escaped,
        *(hexadecimal, hexadecimal.upper(), *_base64_forms(raw)),
    }
    return tuple(form for form in candidates if len(form) >= SHORTEST)


def _base64_forms(raw: bytes) -> set[str]:
    # Inside longer data the value may begin at any of three alignments. The characters that share bits with what
    # stands before or after it are cut off: what is left is the same wherever it stands.
    forms: set[str] = set()
    for skip in range(3):
        encoded = base64.b64encode(bytes(skip) + raw).decode().rstrip("=")
        begin = (0, 2, 3)[skip]
        end = len(encoded) if (len(raw) + skip) % 3 == 0 else len(encoded) - 1
        body = encoded[begin:end]
        forms |= {body, body.replace("+", "-").replace("/", "_")}
    return forms
