"""A call to another service that may wait for ever."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.expression import constant, keyword, spreads
from ringwall.review.python import PythonFile

check = Check(
    id="request-without-timeout",
    title="HTTP request without a timeout",
    severity="low",
    cwe=1088,
    chapter="Common antipatterns",
    why="One silent peer holds a worker for ever; a few hold them all.",
    fix="requests.get(url, timeout=5).",
)

_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request")


@check.calls(*(f"requests.{verb}" for verb in _VERBS))
def called(call: ast.Call, file: PythonFile) -> Found:
    if not spreads(call) and (keyword(call, "timeout") is None or _is_none(keyword(call, "timeout"))):
        yield call, f"{file.name(call.func)} waits as long as the other side likes"


@check.methods(*_VERBS)
def by_session(call: ast.Call, file: PythonFile) -> Found:
    assert isinstance(call.func, ast.Attribute)
    session = file.value(call.func.value)
    if isinstance(session, ast.Call) and file.name(session.func) in ("requests.Session", "requests.session"):
        if not spreads(call) and (keyword(call, "timeout") is None or _is_none(keyword(call, "timeout"))):
            yield call, f"{call.func.attr} waits as long as the other side likes"


@check.nodes(ast.keyword)
def switched_off(node: ast.keyword, file: PythonFile) -> Found:
    call = file.parents[node]
    if node.arg == "timeout" and _is_none(node.value) and isinstance(call, ast.Call):
        if file.name(call.func).startswith(("httpx.", "httpx2.")):
            yield node.value, "timeout=None waits as long as the other side likes"


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and constant(node) is None
