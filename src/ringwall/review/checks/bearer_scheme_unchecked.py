"""An Authorization header cut in two without a look at the first half."""

import ast
import re

from ringwall.review.check import Check, Found, FoundInScript
from ringwall.review.python import PythonFile
from ringwall.review.script import Script

check = Check(
    id="bearer-scheme-unchecked",
    title="Authorization header split without checking its scheme",
    severity="low",
    cwe=287,
    chapter="JWT",
    why="'Basic <token>' and 'x <token> y' pass, and a header without a space is an IndexError (RFC 6750 section 2.1).",
    fix="scheme, _, token = header.partition(' '), and refuse unless scheme.lower() == 'bearer' and token.",
)

_HEADER = re.compile(r"auth", re.IGNORECASE)
_BEARER = re.compile(r"['\"]bearer ?['\"]", re.IGNORECASE)


@check.nodes(ast.Subscript)
def second(node: ast.Subscript, file: PythonFile) -> Found:
    value = node.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "split":
        if ast.unparse(node.slice) not in ("1", "-1") or not _HEADER.search(ast.unparse(value.func.value)):
            return
        if not _BEARER.search(ast.unparse(file.function(node) or file.tree)):
            yield node, "the token is taken from whatever scheme the header names"


@check.script
def in_script(script: Script) -> FoundInScript:
    schemes = [at for word in ("Bearer", "Bearer ", "bearer", "bearer ") for at in script.find_string(word)]
    checked = {script.around(at) for at in schemes}
    for at in script.find(".", "split", "("):
        end = script.close(at + 2)
        if [script.text_at(end + step) for step in (1, 2, 3)] == ["[", "1", "]"]:
            header = script.text_at(at - 1) if script.text_at(at - 1) not in (")", "]", "?") else script.text_at(at - 2)
            if _HEADER.search(header) and not any(begin < at < end for begin, end in checked):
                yield script.tokens[at + 1], "the token is taken from whatever scheme the header names"
