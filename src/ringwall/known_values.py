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
    """A bounded set of secret values; the one used longest ago is forgotten first."""

    def __init__(self, capacity: int = 4096) -> None:
        self._capacity = capacity
        self._values: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._by_start: dict[str, tuple[str, ...]] = {}
        self._lock = threading.Lock()

    def add(self, value: object) -> None:
        """Make ``value`` known, when it is text or bytes of at least eight characters; ignore it otherwise."""
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        if not isinstance(text, str) or len(text) < SHORTEST:
            return
        with self._lock:
            if text in self._values:
                self._values.move_to_end(text)
                return
            self._values[text] = forms = _forms(text)
            for form in forms:
                start = form[:_WINDOW]
                longest_first = sorted({*self._by_start.get(start, ()), form}, key=len, reverse=True)
                self._by_start[start] = tuple(longest_first)
            if len(self._values) > self._capacity:
                self._forget(self._values.popitem(last=False)[1])

    def mask(self, line: str) -> str:
        """``line`` with ``•••`` in the place of every known value."""
        starts = self._by_start
        if not starts:
            return line
        kept: list[str] = []
        done = at = 0
        last = len(line) - _WINDOW
        while at <= last:
            for form in starts.get(line[at : at + _WINDOW], ()):
                if line.startswith(form, at):
                    kept += (line[done:at], MASK)
                    done = at = at + len(form)
                    break
            else:
                at += 1
        return "".join((*kept, line[done:])) if done else line

    def _forget(self, forms: tuple[str, ...]) -> None:
        still = {form for others in self._values.values() for form in others} if len(forms) else set()
        for form in forms:
            start = form[:_WINDOW]
            left = tuple(other for other in self._by_start.get(start, ()) if other != form or other in still)
            if left:
                self._by_start[start] = left
            else:
                self._by_start.pop(start, None)


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
