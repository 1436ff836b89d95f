"""A database row sent to the client as it is."""

import ast
import re

from ringwall.review.check import Check, Found
from ringwall.review.expression import constant, keyword, last_name
from ringwall.review.python import FunctionNode, PythonFile

check = Check(
    id="row-returned-whole",
    title="whole row returned to the client",
    severity="high",
    cwe=201,
    chapter="Common antipatterns",
    why="Every column goes out: the password hash today, and tomorrow whatever is added to the table.",
    fix="Return a model that names what may leave: def show(...) -> UserOut, or response_model=UserOut.",
)

_WHO = r"(user|account|customer|patient|member|employee|profile|person|order|payment)s?"
_READS = re.compile(rf"^(get|find|load|fetch|read|create|save|insert|update|store)_(\w+_)?{_WHO}(_by_\w+)?$|"
                    r"^(get|find|load|fetch|read|create|save|insert|update)_(in|from|to)_db$", re.I)  # fmt: skip
_QUERIES = frozenset({"first", "one", "one_or_none", "scalar_one", "scalar_one_or_none", "scalar", "get_or_404",
                      "first_or_404", "one_or_404", "get_or_none"})  # fmt: skip
_DATABASE = re.compile(r"\b(query|session|db|objects|select)\b", re.IGNORECASE)


@check.nodes(ast.Return)
def returned(node: ast.Return, file: PythonFile) -> Found:
    route = file.function(node)
    if node.value is None or route is None or not file.is_route(route) or _says_what(route, file):
        return
    value = node.value
    if isinstance(value, ast.Call) and last_name(value) in ("jsonify", "JSONResponse", "dict", "vars") and value.args:
        value = value.args[0]
    if isinstance(value, ast.Attribute) and value.attr == "__dict__":
        value = value.value
    if isinstance(value, ast.Name | ast.Call) and _is_row(file.value(value)):
        yield node, f"{ast.unparse(value)} goes out with every column"


def _is_row(value: ast.expr) -> bool:
    if isinstance(value, ast.Await):
        value = value.value
    if not isinstance(value, ast.Call):
        return False
    name = last_name(value)
    database = isinstance(value.func, ast.Attribute) and _DATABASE.search(ast.unparse(value.func.value))
    return bool(_READS.match(name)) or bool(database and (name in _QUERIES or name in ("get", "all")))


def _says_what(route: FunctionNode, file: PythonFile) -> bool:
    """Whether the handler declares what it answers with: a response model, or a return annotation that is a model."""
    for mark in file.route_marks(route):
        model = keyword(mark, "response_model")
        if model is not None and constant(model) is None and not (isinstance(model, ast.Constant)):
            return True
    return route.returns is not None and last_name(route.returns) not in ("dict", "Any", "Response", "JSONResponse")
