"""Small questions about one Python expression."""

from __future__ import annotations

import ast


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The value of a keyword argument."""
    return next((item.value for item in call.keywords if item.arg == name), None)


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """The value of an argument that may be given by position or by name."""
    if position < len(call.args) and not any(isinstance(item, ast.Starred) for item in call.args[: position + 1]):
        return call.args[position]
    return keyword(call, name)


def spreads(call: ast.Call) -> bool:
    """Whether a call passes ``**options``: what it says is then not known here."""
    return any(item.arg is None for item in call.keywords)


def constant(node: ast.AST | None) -> object:
    """The value of a literal; None for anything else."""
    return node.value if isinstance(node, ast.Constant) else None


def text_of(node: ast.AST | None) -> str:
    """The value of a string literal; "" for anything else."""
    value = constant(node)
    return value if isinstance(value, str) else ""


def last_name(node: ast.AST | None) -> str:
    """The last part of a name, an attribute, a subscript, or of what a call calls: ``a.b["c"]`` is ``c``."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return text_of(node.slice)
    return node.id if isinstance(node, ast.Name) else ""


def built_string(node: ast.AST) -> bool:
    """Whether an expression builds a string from parts that are not literals: f-string, ``+``, ``%``, ``.format``."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        literal = [side for side in (node.left, node.right) if text_of(side) or built_string(side)]
        return bool(literal) and not (text_of(node.left) and text_of(node.right))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return bool(text_of(node.func.value)) and bool(node.args or node.keywords)
    return False
