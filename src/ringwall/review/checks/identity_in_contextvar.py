"""A context variable that is set only when somebody is known."""

import ast
import re

from ringwall.review.check import Check, Found
from ringwall.review.python import PythonFile

check = Check(
    id="identity-in-contextvar",
    title="identity in a context variable that is not always set",
    severity="high",
    cwe=488,
    chapter="Common antipatterns",
    why="When it is set only for the known, an unknown request on the same connection can run as the person before it.",
    fix="Carry identity in the request's own scope; a variable must be set on entry of every request, also to None.",
)

_WHO = re.compile(r"user|caller|identity|principal|tenant|account|subject|auth|claims", re.IGNORECASE)


@check.methods("set")
def set_sometimes(call: ast.Call, file: PythonFile) -> Found:
    assert isinstance(call.func, ast.Attribute)
    variable = call.func.value
    made = file.value(variable) if isinstance(variable, ast.Name) else None
    if not isinstance(made, ast.Call) or file.name(made.func) != "contextvars.ContextVar" or len(call.args) != 1:
        return
    scope = file.function(call)
    if scope is None or not _WHO.search(file.name(variable)):
        return
    sets = [other for other in file.calls_in(scope) if ast.dump(other.func) == ast.dump(call.func)]
    if all(_is_conditional(other, scope, file) for other in sets) and len(sets) == 1:
        yield call, f"{file.name(variable)} keeps its last value when this line is not reached"


def _is_conditional(node: ast.AST, scope: ast.AST, file: PythonFile) -> bool:
    while node is not scope:
        parent = file.parents[node]
        if isinstance(parent, ast.If | ast.IfExp | ast.For | ast.While | ast.ExceptHandler | ast.Match):
            return True
        node = parent
    return False
