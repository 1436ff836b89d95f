"""The text of an error, sent to whoever caused it."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.python import PythonFile

check = Check(
    id="error-shown-to-client",
    title="exception text in the answer",
    severity="medium",
    cwe=209,
    chapter="Common antipatterns",
    why="Errors name files, hosts, queries and values; an attacker asks for them.",
    fix="Log it with an id, and answer with the id.",
)

_TEXTS = ("str", "repr", "traceback.format_exc", "traceback.format_exception")


@check.nodes(ast.ExceptHandler)
def handler(node: ast.ExceptHandler, file: PythonFile) -> Found:
    wide = node.type is None or file.name(node.type) in ("Exception", "BaseException")
    if not wide or not file.is_route(file.function(node)):
        return
    for answer in ast.walk(node):
        if isinstance(answer, ast.Return) and answer.value is not None and _shows(answer.value, node.name, file):
            yield answer, "the client reads what went wrong inside"


def _shows(value: ast.expr, error: str | None, file: PythonFile) -> bool:
    for part in ast.walk(value):
        if isinstance(part, ast.FormattedValue) and error and file.name(part.value) == error:
            return True
        if isinstance(part, ast.Call) and file.name(part.func) in _TEXTS:
            if file.name(part.func).startswith("traceback") or (part.args and file.name(part.args[0]) == error):
                return True
    return False
