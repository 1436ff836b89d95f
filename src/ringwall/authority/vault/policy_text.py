"""A policy as text: the part of HCL, or of JSON, that names paths and capabilities. Anything else is refused.

A construct that we skipped could be the one that forbids, so there is no part of a policy that we do not understand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ringwall.authority.vault.call import Refused

CAPABILITIES = frozenset({"create", "read", "update", "patch", "delete", "list", "sudo", "deny"})
BYTES = 64 * 1024
PATHS = 1000

Rule = tuple[str, frozenset[str]]
"""A path, in which a last ``*`` stands for any rest and ``+`` for one segment, and what may be done there."""

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+|\#[^\n]*|//[^\n]*|/\*.*?\*/)"
    r'|(?P<text>"(?:[^"\\\n]|\\["\\])*")'
    r"|(?P<word>[A-Za-z_]+)"
    r"|(?P<mark>[{}\[\]=,])",
    re.DOTALL,
)
_Token = tuple[str, str, int]


@lru_cache(maxsize=1024)
def parse(text: str) -> tuple[Rule, ...]:
    """The rules that ``text`` states. Raises ``Refused`` with 400, which names the line."""
    if len(text.encode("utf-8", "surrogatepass")) > BYTES:
        raise _wrong(f"it is longer than {BYTES} bytes")
    rules = tuple(_json(text) if text.lstrip().startswith("{") else _hcl(text))
    if len(rules) > PATHS:
        raise _wrong(f"it has more than {PATHS} paths")
    return rules


def _hcl(text: str) -> Iterator[Rule]:
    tokens = _Tokens(text)
    while tokens.more():
        tokens.take("word", "path")
        path = tokens.take("text")
        tokens.take("mark", "{")
        tokens.take("word", "capabilities")
        tokens.take("mark", "=")
        tokens.take("mark", "[")
        names: list[str] = []
        while not tokens.passed("]"):
            names.append(tokens.take("text"))
            if not tokens.passed(","):
                tokens.take("mark", "]")
                break
        tokens.take("mark", "}")
        yield _rule(path, names)


def _json(text: str) -> Iterator[Rule]:
    try:
        document = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise _wrong("it begins as JSON and is none") from None
    if set(document) != {"path"} or not isinstance(document["path"], dict):
        raise _wrong('as JSON it is {"path": {"…": {"capabilities": […]}}}')
    for path, body in document["path"].items():
        names = body.get("capabilities") if isinstance(body, dict) and set(body) == {"capabilities"} else None
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise _wrong(f'path "{path}": it has capabilities, a list of strings, and nothing else')
        yield _rule(path, names)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _wrong("a name stands twice in one object")
    return found


def _rule(path: str, names: list[str]) -> Rule:
    path = path.removeprefix("/")
    for name in names:
        if name not in CAPABILITIES:
            raise _wrong(f'path "{path}": invalid capability "{name}"')
    if "+*" in path:
        raise _wrong(f"path \"{path}\": invalid use of wildcards ('+*' is forbidden)")
    if "*" in path[:-1] or any("+" in segment and segment != "+" for segment in path.split("/")):
        raise _wrong(f'path "{path}": * stands at its end, and + is a whole segment')
    if "{{" in path:
        raise _wrong(f'path "{path}": templates are not supported')
    return path, frozenset(names)


class _Tokens:
    def __init__(self, text: str) -> None:
        self._list = list(_scan(text))
        self._next = 0

    def more(self) -> bool:
        return self._next < len(self._list)

    def take(self, kind: str, wanted: str = "") -> str:
        got, text, line = self._list[self._next] if self.more() else ("end", "its end", self._last_line())
        if got != kind or (wanted and text != wanted):
            raise _wrong(f"line {line}: expected {wanted or 'a quoted string'}, found {text[:40]}")
        self._next += 1
        return re.sub(r"\\(.)", r"\1", text[1:-1]) if kind == "text" else text

    def passed(self, mark: str) -> bool:
        there = self.more() and self._list[self._next][:2] == ("mark", mark)
        self._next += there
        return there

    def _last_line(self) -> int:
        return self._list[-1][2] if self._list else 1


def _scan(text: str) -> Iterator[_Token]:
    at, line = 0, 1
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _wrong(f"line {line}: {text[at]!a} is not understood")
        if match.lastgroup != "space":
            yield str(match.lastgroup), match[0], line
        line += match[0].count("\n")
        at = match.end()


def _wrong(why: str) -> Refused:
    return Refused(400, f"failed to parse policy: {why}")
