"""The secret values of this process, so that a log line can be searched for them.

Every :class:`~ringwall.secret.Secret` makes its value known here. A value is kept with the forms it is likely to leak
in (URL-quoted, JSON- and repr-escaped, hexadecimal, base64 at its three alignments), and all of them are found in one
pass whose cost depends on the length of the line and not on how many values are known.
"""

from __future__ import annotations

import base64
import json
import threading
from bisect import bisect_right, insort
from collections import OrderedDict
from urllib.parse import quote, quote_plus

SHORTEST = 8
"""Values below this many characters are not looked for: they would eat ordinary words."""

MASK = "•••"
_WINDOW = SHORTEST
_STEPS = 8


class KnownValues:
    """A bounded set of secret values; the one used longest ago is forgotten first.

    :meth:`add` only takes note, because every request may bring secrets; the work is done when a line is to be written.
    """

    def __init__(self, capacity: int = 4096) -> None:
        self._capacity = capacity
        self._fresh: OrderedDict[str, None] = OrderedDict()
        self._values: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._by_start: dict[str, list[str]] = {}
        self._uses: dict[str, int] = {}
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
            if forms and (length := _length_at(line, at, forms)):
                kept += (line[done:at], MASK)
                done = at = at + length
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
                if form not in self._uses:
                    insort(self._by_start.setdefault(form[:_WINDOW], []), form)
                self._uses[form] = self._uses.get(form, 0) + 1
            if len(self._values) > self._capacity:
                self._forget(self._values.popitem(last=False)[1])
        self._fresh.clear()

    def _forget(self, forms: tuple[str, ...]) -> None:
        for form in forms:
            self._uses[form] -= 1
            if not self._uses[form]:
                del self._uses[form]
                alike = self._by_start[form[:_WINDOW]]
                del alike[bisect_right(alike, form) - 1]
                if not alike:
                    del self._by_start[form[:_WINDOW]]


KNOWN = KnownValues()


def _length_at(line: str, at: int, forms: list[str]) -> int:
    """How long the longest of ``forms``, which are sorted, is that stands in ``line`` at ``at``; 0 for none.

    A caller can have thousands of values known that begin alike, so they are not tried one by one.
    """
    rest = line[at:]
    for _ in range(_STEPS):
        position = bisect_right(forms, rest)
        if not position:
            return 0
        nearest = forms[position - 1]
        shared = _shared(nearest, rest)
        if shared == len(nearest):
            return shared
        # Whatever else stands here sorts before the nearest, and is a part of what that shares with the line.
        rest = rest[:shared]
    # Values made to be confused with one another: rather too much is masked than too little.
    return len(line) - at


def _shared(one: str, other: str) -> int:
    """How many characters two texts have in common at their start."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


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
