"""A JOSE library with open holes."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.python import PythonFile

check = Check(
    id="python-jose",
    title="python-jose is not maintained",
    severity="medium",
    cwe=1104,
    chapter="JWT",
    why="It takes keys for algorithms they are not for, fails known test vectors, and brings an ECDSA that leaks its "
    "key through timing.",
    fix="joserfc, or PyJWT 2.12.1 and later.",
)


@check.nodes(ast.Import, ast.ImportFrom)
def imported(node: ast.Import | ast.ImportFrom, file: PythonFile) -> Found:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    if any(name == "jose" or name.startswith("jose.") for name in names) and not getattr(node, "level", 0):
        yield node, "this is python-jose"
