"""What the policies of a token allow, together. Without a rule that says yes, the answer is no.

The rule that fits a path most closely decides; what several policies say about that same path is added up, and a
``deny`` among it outweighs the rest (Vault's order of precedence).
"""

from __future__ import annotations

from collections.abc import Iterable

from ringwall.authority.vault.call import Operation
from ringwall.authority.vault.policy_text import Rule

_DENY = "deny"
_SUDO = ("auth/token/create-orphan", "auth/token/accessors")
"""Paths that need the capability ``sudo`` besides."""


class Acl:
    """The sum of some policies; ``root`` for who may do everything."""

    def __init__(self, rules: Iterable[Rule], *, root: bool = False) -> None:
        self.root = root
        self._rules: dict[str, frozenset[str]] = {}
        for path, names in rules:
            self._rules[path] = self._rules.get(path, frozenset()) | names

    def allows(self, path: str, operation: Operation, *, exists: bool | None = None) -> bool:
        """Whether ``operation`` is allowed at ``path``. A write where nothing ``exists`` yet needs ``create``."""
        if self.root:
            return True
        needed = "create" if operation == "update" and exists is False else operation
        names = self._names(path, listing=operation == "list")
        if path.rstrip("/") in _SUDO and "sudo" not in names:
            return False
        return needed in names

    def capabilities(self, path: str) -> list[str]:
        """What is allowed at ``path``, by name; ``["root"]`` and ``["deny"]`` are everything and nothing."""
        if self.root:
            return ["root"]
        return sorted(self._names(path, listing=path.endswith("/"))) or [_DENY]

    def touches(self, mount: str) -> bool:
        """Whether anything at all is allowed below ``mount``."""
        if self.root:
            return True
        return any(_meets(pattern, mount) for pattern, names in self._rules.items() if names and _DENY not in names)

    def _names(self, path: str, *, listing: bool) -> frozenset[str]:
        found = self._rules.get(path)
        if found is None and listing:
            found = self._rules.get(path.rstrip("/"))
        if found is None:
            fitting = [pattern for pattern in self._rules if _is_pattern(pattern) and _fits(pattern, path)]
            found = self._rules[max(fitting, key=_closeness)] if fitting else frozenset()
        return frozenset() if _DENY in found else found


def _is_pattern(pattern: str) -> bool:
    return pattern.endswith("*") or "+" in pattern.split("/")


def _fits(pattern: str, path: str) -> bool:
    is_prefix = pattern.endswith("*")
    wanted, got = pattern.removesuffix("*").split("/"), path.split("/")
    if len(wanted) > len(got) or (not is_prefix and len(wanted) != len(got)):
        return False
    *first, last = wanted
    if any(want not in ("+", have) for want, have in zip(first, got, strict=False)):
        return False
    return got[len(first)].startswith(last) if is_prefix else last in ("+", got[-1])


def _closeness(pattern: str) -> tuple[int, bool, int, int, str]:
    segments = pattern.split("/")
    first = next((i for i, c in enumerate(pattern) if c == "*" or (c == "+" and _whole(pattern, i))), len(pattern))
    return first, not pattern.endswith("*"), -segments.count("+"), len(pattern), pattern


def _whole(pattern: str, at: int) -> bool:
    return (at == 0 or pattern[at - 1] == "/") and (at + 1 == len(pattern) or pattern[at + 1] == "/")


def _meets(pattern: str, mount: str) -> bool:
    # Below the mount, or a pattern above it that reaches into it.
    wanted, got = pattern.removesuffix("*").split("/"), mount.rstrip("/").split("/")
    for index, have in enumerate(got):
        if index >= len(wanted):
            return False
        if index == len(wanted) - 1 and pattern.endswith("*"):
            return have.startswith(wanted[index])
        if wanted[index] not in ("+", have):
            return False
    return True


ROOT = Acl((), root=True)
