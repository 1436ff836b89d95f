"""A debugger for everybody."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.expression import constant, keyword
from ringwall.review.python import PythonFile

check = Check(
    id="debug-on",
    title="debug mode switched on in code",
    severity="high",
    cwe=489,
    chapter="Common antipatterns",
    why="Flask's debugger runs any code for whoever sees an error; others show sources and settings.",
    fix="Leave it off in code; switch it on from the environment, on your own machine.",
)


@check.methods("run")
def run(call: ast.Call, file: PythonFile) -> Found:
    if constant(keyword(call, "debug")) is True and not file.name(call.func).startswith("asyncio."):
        yield call, "the application runs with its debugger"


@check.calls("fastapi.FastAPI", "starlette.applications.Starlette")
def built(call: ast.Call, file: PythonFile) -> Found:
    if constant(keyword(call, "debug")) is True:
        yield call, "errors show their traceback to the client"


@check.nodes(ast.Assign)
def setting(node: ast.Assign, file: PythonFile) -> Found:
    if constant(node.value) is not True:
        return
    target = node.targets[0]
    if (
        isinstance(target, ast.Attribute)
        and target.attr == "debug"
        and file.name(target.value) in ("app", "application")
    ):
        yield node, "the application runs with its debugger"
    elif isinstance(target, ast.Name) and target.id == "DEBUG" and isinstance(file.parents[node], ast.Module):
        if any(isinstance(name, ast.Name) and name.id == "INSTALLED_APPS" for name in file.nodes[ast.Name]):
            yield node, "Django shows its error pages to everybody"
