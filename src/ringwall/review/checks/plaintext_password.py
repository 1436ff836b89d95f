"""A password kept, or compared, as it was typed."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.checks.unsealed_column import is_plain_column
from ringwall.review.expression import last_name
from ringwall.review.python import PythonFile
from ringwall.review.words import is_password

check = Check(
    id="plaintext-password",
    title="password in plain text",
    severity="high",
    cwe=256,
    chapter="Common antipatterns",
    why="One copy of the table is everybody's password, here and wherever they use it again.",
    fix="Store argon2id (argon2.PasswordHasher) in a column called password_hash, or let a login service do it.",
)

_CAME_IN = ("request", "req", "form", "data", "payload", "body", "credentials")


@check.nodes(ast.Assign, ast.AnnAssign)
def column(node: ast.Assign | ast.AnnAssign, file: PythonFile) -> Found:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    if isinstance(target, ast.Name) and is_password(target.id) and is_plain_column(node, file):
        yield node, f"{target.id} is a column of plain text; call it password_hash if it holds a hash"


@check.nodes(ast.Assign)
def stored(node: ast.Assign, file: PythonFile) -> Found:
    target, value = node.targets[0], node.value
    if (
        isinstance(target, ast.Attribute)
        and is_password(target.attr)
        and file.name(target.value) not in ("self", "cls")
    ):
        if isinstance(value, ast.Subscript | ast.Attribute) and is_password(last_name(value)):
            if ast.unparse(value).startswith(_CAME_IN):
                yield node, "the password is stored as it came in"


@check.nodes(ast.Compare)
def compared(node: ast.Compare, file: PythonFile) -> Found:
    scope = file.function(node)
    if scope is not None and scope.name in ("__eq__", "__ne__"):
        return
    if len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq | ast.NotEq):
        sides = (node.left, node.comparators[0])
        if all(is_password(last_name(side)) and not isinstance(side, ast.Call) for side in sides):
            if any(isinstance(side, ast.Attribute | ast.Subscript) for side in sides) and not _is_form(sides):
                yield node, "a stored password is compared as text"


def _is_form(sides: tuple[ast.expr, ast.expr]) -> bool:
    """Two fields of one form that must agree: password and its confirmation."""
    owners = [ast.unparse(side.value) if isinstance(side, ast.Attribute | ast.Subscript) else "" for side in sides]
    return owners[0] == owners[1] or any("confirm" in last_name(side) or "repeat" in last_name(side) for side in sides)
