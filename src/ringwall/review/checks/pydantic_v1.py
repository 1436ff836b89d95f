"""Validation written for a version of pydantic that is no longer maintained."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.expression import last_name
from ringwall.review.python import PythonFile

check = Check(
    id="pydantic-v1",
    title="pydantic v1 validation",
    severity="low",
    cwe=477,
    chapter="Input validation",
    why="@validator, @root_validator and .dict() are leftovers of v1: deprecated, to be removed, and they skip values "
    "that v2 checks.",
    fix="@field_validator with @classmethod, @model_validator, and .model_dump().",
)


@check.nodes(ast.FunctionDef)
def validator(node: ast.FunctionDef, file: PythonFile) -> Found:
    for mark in node.decorator_list:
        name = file.name(mark.func if isinstance(mark, ast.Call) else mark)
        if name in ("pydantic.validator", "pydantic.root_validator"):
            yield mark, f"@{name.removeprefix('pydantic.')} is pydantic v1"


@check.methods("dict")
def dumped(call: ast.Call, file: PythonFile) -> Found:
    assert isinstance(call.func, ast.Attribute)
    scope = file.function(call)
    if scope is None or not isinstance(call.func.value, ast.Name):
        return
    models = {node.name for node in file.nodes[ast.ClassDef] if _is_model(node, file)}  # type: ignore[attr-defined]
    for parameter in (*scope.args.args, *scope.args.kwonlyargs):
        if parameter.arg == call.func.value.id and last_name(parameter.annotation) in models:
            yield call, ".dict() is pydantic v1"


def _is_model(node: ast.AST, file: PythonFile) -> bool:
    return isinstance(node, ast.ClassDef) and any(file.name(base) == "pydantic.BaseModel" for base in node.bases)
