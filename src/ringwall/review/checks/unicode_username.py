"""A name that is checked for letters, of every alphabet there is."""

import ast
import re

from ringwall.review.check import Check, Found
from ringwall.review.expression import last_name
from ringwall.review.python import PythonFile

check = Check(
    id="unicode-username",
    title="isalnum() accepts look-alike names",
    severity="low",
    cwe=1007,
    chapter="Input validation",
    why="'admin' with a Cyrillic 'а' is alphanumeric too: two people, one name on the screen.",
    fix="v.isascii() and v.isalnum(), or NFKC normalization and one script per name.",
)

_NAME = re.compile(r"user_?name|login|handle|nick|slug", re.IGNORECASE)


@check.methods("isalnum", "isalpha")
def checked(call: ast.Call, file: PythonFile) -> Found:
    assert isinstance(call.func, ast.Attribute)
    scope = file.function(call)
    about = f"{scope.name if scope else ''} {last_name(call.func.value)}"
    if _NAME.search(about) and "isascii" not in ast.unparse(scope or call):
        yield call, f"{call.func.attr}() is true for letters that look like others"
