"""A password of any length."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.expression import keyword, last_name, spreads
from ringwall.review.python import PythonFile
from ringwall.review.words import is_password

check = Check(
    id="password-unbounded",
    title="password without a maximum length",
    severity="low",
    cwe=770,
    chapter="Input validation",
    why="Hashing megabytes is work that anybody can ask for; bcrypt silently ignores all after 72 bytes.",
    fix="Field(min_length=8, max_length=128).",
)


@check.nodes(ast.AnnAssign)
def field(node: ast.AnnAssign, file: PythonFile) -> Found:
    named = isinstance(node.target, ast.Name) and is_password(node.target.id)
    if named and isinstance(file.parents[node], ast.ClassDef):
        for call in file.calls_in(node):
            if last_name(call) in ("Field", "constr", "StringConstraints") and keyword(call, "min_length"):
                if keyword(call, "max_length") is None and not spreads(call):
                    yield node, "this password may be as long as anybody likes"
