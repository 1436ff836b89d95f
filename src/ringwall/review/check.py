"""A check: what it is called, why it matters, how to fix it, and the functions that look for it.

A function is registered for what it wants to see, and yields ``(place, message)`` for each defect::

    @check.calls("jwt.decode")
    def decode(call: ast.Call, file: PythonFile) -> Found: ...
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from ringwall.review.finding import Severity

if TYPE_CHECKING:
    from ringwall.review.script import Script
    from ringwall.review.template import Mark, Template
    from ringwall.review.token import Token

Chapter = Literal[
    "OAuth 2.0",
    "JWT",
    "mTLS",
    "RBAC",
    "ABAC",
    "Secret management",
    "Encryption at rest",
    "Input validation",
    "Common antipatterns",
]

Found = Iterator[tuple[ast.AST, str]]
FoundInScript = Iterator[tuple["Token", str]]
FoundInTemplate = Iterator[tuple["Mark", str]]

Look = Callable[[Any, Any], Found]
LookAtScript = Callable[["Script"], FoundInScript]
LookAtTemplate = Callable[["Template"], FoundInTemplate]
_L = TypeVar("_L", bound=Look)


@dataclass(frozen=True, eq=False)
class Check:
    """One antipattern. ``id`` is its name everywhere; ``chapter`` is where the guide speaks of it."""

    id: str
    title: str
    severity: Severity
    cwe: int
    chapter: Chapter
    why: str
    fix: str
    by_node: list[tuple[type[ast.AST], Look]] = field(default_factory=list, repr=False)
    by_call: list[tuple[str, Look]] = field(default_factory=list, repr=False)
    by_method: list[tuple[str, Look]] = field(default_factory=list, repr=False)
    by_script: list[LookAtScript] = field(default_factory=list, repr=False)
    by_template: list[LookAtTemplate] = field(default_factory=list, repr=False)

    def nodes(self, *types: type[ast.AST]) -> Callable[[_L], _L]:
        """Look at every Python syntax node of these types."""

        def register(look: _L) -> _L:
            self.by_node.extend((kind, look) for kind in types)
            return look

        return register

    def calls(self, *names: str) -> Callable[[_L], _L]:
        """Look at every call of these functions, by full name, however the file imported them."""

        def register(look: _L) -> _L:
            self.by_call.extend((name, look) for name in names)
            return look

        return register

    def methods(self, *names: str) -> Callable[[_L], _L]:
        """Look at every call of a method with one of these names, on whatever object."""

        def register(look: _L) -> _L:
            self.by_method.extend((name, look) for name in names)
            return look

        return register

    def script(self, look: LookAtScript) -> LookAtScript:
        """Look at a JavaScript or TypeScript file as a whole."""
        self.by_script.append(look)
        return look

    def template(self, look: LookAtTemplate) -> LookAtTemplate:
        """Look at an HTML template as a whole."""
        self.by_template.append(look)
        return look
