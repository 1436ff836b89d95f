"""A login that lets anybody guess for ever."""

import ast
import re
from collections.abc import Iterator

from ringwall.review.check import Check, Found
from ringwall.review.expression import last_name
from ringwall.review.python import PythonFile

check = Check(
    id="login-not-throttled",
    title="password check without throttling",
    severity="medium",
    cwe=307,
    chapter="Common antipatterns",
    why="A list of leaked passwords is tried at the speed of the network, and no one is told.",
    fix="Slow each account and each address down after failures, without locking the owner out.",
)

_VERIFIES = re.compile(r"^(verify|check|validate|authenticate)_?(password|credentials|login|user)?(_hash)?$")
_THROTTLES = re.compile(r"limit|throttl|attempt|backoff|lockout|axes|slow_?down|captcha", re.IGNORECASE)


@check.nodes(ast.FunctionDef, ast.AsyncFunctionDef)
def route(node: ast.FunctionDef, file: PythonFile) -> Found:
    if not file.is_route(node) or any(_THROTTLES.search(name) for name in _names(file)):
        return
    for call in file.calls_in(node):
        name = last_name(call)
        if _VERIFIES.match(name) and "password" in ast.unparse(call).lower():
            yield node, f"{node.name} calls {name} as often as anybody asks"
            return


def _names(file: PythonFile) -> Iterator[str]:
    """What this file speaks of, comments and texts apart: throttling may be anywhere in it."""
    yield from file.imports.values()
    yield from (last_name(node) for kind in (ast.Name, ast.Attribute) for node in file.nodes[kind])
    yield from (node.arg for node in file.nodes[ast.arg] if isinstance(node, ast.arg))
