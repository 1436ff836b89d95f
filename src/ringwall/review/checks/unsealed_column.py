"""A column for a value that must not lie in the database as it is."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.python import PythonFile
from ringwall.review.words import is_sealed

check = Check(
    id="unsealed-column",
    title="sensitive column without encryption",
    severity="high",
    cwe=311,
    chapter="Encryption at rest",
    why="The column takes plain text. A property that encrypts beside it is a habit: a bulk insert, a form or a script "
    "writes around it, and a backup holds the values.",
    fix="Let the type do it, so there is no way around: ssn: Mapped[str] = mapped_column(Sealed).",
)

PLAIN = frozenset({
    "String", "Text", "Unicode", "UnicodeText", "VARCHAR", "TEXT", "CHAR", "Integer", "BigInteger", "CharField",
    "TextField", "IntegerField",
})  # fmt: skip


@check.nodes(ast.Assign, ast.AnnAssign)
def column(node: ast.Assign | ast.AnnAssign, file: PythonFile) -> Found:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    if isinstance(target, ast.Name) and is_sealed(target.id) and is_plain_column(node, file):
        yield node, f"{target.id} is stored as it is"


def is_plain_column(node: ast.Assign | ast.AnnAssign, file: PythonFile) -> bool:
    """Whether an assignment in a class declares a SQLAlchemy or Django column of a text or number type."""
    call = node.value
    if not isinstance(file.parents.get(node), ast.ClassDef) or not isinstance(call, ast.Call):
        return False
    kind = file.name(call.func).rpartition(".")[2]
    if kind in PLAIN:  # Django: models.CharField(...)
        return file.name(call.func).startswith(("django.", "models."))
    if kind not in ("Column", "mapped_column"):
        return False
    types = [file.name(arg.func if isinstance(arg, ast.Call) else arg).rpartition(".")[2] for arg in call.args]
    if any(types):
        return bool(PLAIN & set(types))
    return isinstance(node, ast.AnnAssign) and "str" in ast.unparse(node.annotation)
