"""A database statement glued together from text."""

import ast
import re

from ringwall.review.check import Check, Found
from ringwall.review.expression import built_string
from ringwall.review.python import PythonFile

check = Check(
    id="sql-built-from-text",
    title="SQL built from text",
    severity="high",
    cwe=89,
    chapter="Common antipatterns",
    why="A value with a quote in it becomes a statement of its own: read any row, change any row.",
    fix="Parameters: execute('... where id = ?', (id,)), or the query builder of your library.",
)

_SQL = re.compile(
    r"^\W*(select\b.+\bfrom|insert\s+into|update\b.+\bset|delete\s+from|drop\s+table|with\b.+\bas)\b",
    re.IGNORECASE | re.DOTALL,
)


@check.methods("execute", "executemany", "executescript", "raw", "exec_driver_sql", "read_sql", "fetch", "fetchrow")
def executed(call: ast.Call, file: PythonFile) -> Found:
    if not call.args:
        return
    statement = file.value(call.args[0])
    if isinstance(statement, ast.Call) and file.name(statement.func).endswith("text") and statement.args:
        return  # text(...) is looked at by itself
    yield from _built(statement, call)


@check.calls("sqlalchemy.text", "sqlalchemy.sql.text", "django.db.models.expressions.RawSQL", "pandas.read_sql")
def text(call: ast.Call, file: PythonFile) -> Found:
    if call.args:
        yield from _built(file.value(call.args[0]), call)


def _built(statement: ast.expr, call: ast.Call) -> Found:
    if built_string(statement) and _SQL.match(_literal(statement)):
        yield call, "values are pasted into the statement"


def _literal(node: ast.AST) -> str:
    """The fixed text of a built string, with a mark where each value goes."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_literal(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return _literal(node.left) + (_literal(node.right) if isinstance(node.op, ast.Add) else "")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _literal(node.func.value)
    return "?"
