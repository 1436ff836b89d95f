"""Python's own syntax tree, in the few forms that compiled conditions need.

A tree and not text: nothing that a policy says is ever read as Python, and nesting is not bounded by what the reader of
text allows.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from types import CodeType
from typing import Any, TypedDict


class _Place(TypedDict):
    lineno: int
    col_offset: int


# Every node must stand somewhere. These stand nowhere.
_AT: _Place = {"lineno": 1, "col_offset": 0}
_LOAD = ast.Load()


def constant(value: bool | int | str | None) -> ast.expr:
    """The value itself; a string is never read."""
    return ast.Constant(value, **_AT)


def name(identifier: str) -> ast.expr:
    """A name that we chose."""
    return ast.Name(identifier, _LOAD, **_AT)


def member(owner: ast.expr, *identifiers: str) -> ast.expr:
    """``owner.a.b``."""
    for identifier in identifiers:
        owner = ast.Attribute(owner, identifier, _LOAD, **_AT)
    return owner


def item(owner: ast.expr, key: ast.expr) -> ast.expr:
    """``owner[key]``."""
    return ast.Subscript(owner, key, _LOAD, **_AT)


def call(function: str, *arguments: ast.expr) -> ast.expr:
    """``function(arguments…)``."""
    return ast.Call(name(function), list(arguments), [], **_AT)


def call_method(owner: ast.expr, method: str, *arguments: ast.expr) -> ast.expr:
    """``owner.method(arguments…)``."""
    return ast.Call(member(owner, method), list(arguments), [], **_AT)


def is_exactly(kept_as: str, value: ast.expr, type_: str) -> ast.expr:
    """``(kept_as := value).__class__ is type_``."""
    kept = ast.NamedExpr(ast.Name(kept_as, ast.Store(), **_AT), value, **_AT)
    return compare(member(kept, "__class__"), ast.Is(), name(type_))


def compare(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ast.expr:
    """``left == right``, or with another operator."""
    return ast.Compare(left, [operator], [right], **_AT)


def negated(of: ast.expr) -> ast.expr:
    """``not of``."""
    return ast.UnaryOp(ast.Not(), of, **_AT)


def joined(operator: ast.boolop, terms: list[ast.expr]) -> ast.expr:
    """``a and b and c``, or with ``or``."""
    return ast.BoolOp(operator, terms, **_AT)


def choice(test: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.expr:
    """``then if test else otherwise``."""
    return ast.IfExp(test, then, otherwise, **_AT)


def sequence(items: Sequence[ast.expr]) -> ast.expr:
    """``(a, b)``."""
    return ast.Tuple(list(items), _LOAD, **_AT)


def mapping(items: Sequence[tuple[str, ast.expr]]) -> ast.expr:
    """``{"a": b}``."""
    return ast.Dict([constant(key) for key, _ in items], [value for _, value in items], **_AT)


def function(parameters: Sequence[str], body: ast.expr) -> ast.expr:
    """``lambda parameters…: body``."""
    each = [ast.arg(parameter, **_AT) for parameter in parameters]
    return ast.Lambda(ast.arguments([], each, None, [], [], None, []), body, **_AT)


def definition(called: str, parameters: Sequence[str], body: Sequence[ast.stmt]) -> ast.stmt:
    """``def called(parameters…): body``."""
    lambda_ = function(parameters, constant(None))
    assert isinstance(lambda_, ast.Lambda)
    return ast.FunctionDef(called, lambda_.args, list(body), [], **_AT)


def returned(value: ast.expr) -> ast.stmt:
    """``return value``."""
    return ast.Return(value, **_AT)


def when(test: ast.expr, then: ast.stmt) -> ast.stmt:
    """``if test: then``."""
    return ast.If(test, [then], [], **_AT)


def attempted(statement: ast.stmt, on_error: ast.stmt | None) -> ast.stmt:
    """``try: statement``, and what to do whatever it raises."""
    handler = ast.ExceptHandler(name("Exception"), None, [on_error or ast.Pass(**_AT)], **_AT)
    return ast.Try([statement], [handler], [], [], **_AT)


def made(tree: ast.expr, names: Mapping[str, object]) -> Callable[..., Any]:
    """The function that a ``function`` tree is. It sees ``names`` and nothing else, no built-in function either."""
    code: CodeType = compile(ast.Expression(tree), "<policy>", "eval")
    # ringwall: allow eval-of-input until=2027-12-31 because the tree is built here, node by node, from a parsed policy
    found: Callable[..., Any] = eval(code, {**names, "__builtins__": {}})  # noqa: S307
    return found


def defined(tree: ast.stmt, names: Mapping[str, object]) -> Callable[..., Any]:
    """The function that a ``definition`` tree is; see ``made``."""
    assert isinstance(tree, ast.FunctionDef)
    space = {**names, "__builtins__": {}}
    # ringwall: allow eval-of-input until=2027-12-31 because the tree is built here, node by node, from a parsed policy
    exec(compile(ast.Module([tree], []), "<policy>", "exec"), space)  # noqa: S102
    found: Callable[..., Any] = space[tree.name]  # type: ignore[assignment]
    return found
