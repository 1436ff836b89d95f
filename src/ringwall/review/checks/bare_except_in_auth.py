"""An error in the code that decides who may pass, swallowed."""

import ast
import re

from ringwall.review.check import Check, Found
from ringwall.review.expression import constant
from ringwall.review.python import PythonFile

check = Check(
    id="bare-except-in-auth",
    title="authentication code that swallows every error",
    severity="medium",
    cwe=396,
    chapter="Common antipatterns",
    why="A typo, a missing key or a full disk looks like a wrong token, or worse, like a right one. Nobody hears.",
    fix="Catch the error that means no (jwt.InvalidTokenError); let every other one be an error, and refuse.",
)

_AUTH = re.compile(r"auth|token|jwt|login|password|permission|credential|verify|allowed|is_admin", re.IGNORECASE)


@check.nodes(ast.ExceptHandler)
def handler(node: ast.ExceptHandler, file: PythonFile) -> Found:
    scope = file.function(node)
    if scope is None or any(isinstance(child, ast.Raise) for child in ast.walk(node)):
        return
    everything = node.type is None or file.name(node.type) in ("Exception", "BaseException")
    tried = file.parents[node]
    assert isinstance(tried, ast.Try | ast.TryStar)
    about = scope.name + " " + " ".join(file.name(call.func) for part in tried.body for call in file.calls_in(part))
    if not everything or not _AUTH.search(about):
        return
    if node.type is None:
        yield node, "a bare except hides what went wrong while deciding who this is"
    elif any(isinstance(part, ast.Return) and constant(part.value) is True for part in node.body):
        yield node, "an error becomes a yes"
    elif all(isinstance(part, ast.Pass) for part in node.body):
        yield node, "an error is passed over, and the request goes on"
