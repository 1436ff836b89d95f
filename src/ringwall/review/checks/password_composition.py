"""A password judged by its kinds of characters."""

import ast
import re

from ringwall.review.check import Check, Found, FoundInScript
from ringwall.review.expression import last_name, text_of
from ringwall.review.python import PythonFile
from ringwall.review.script import Script
from ringwall.review.words import is_password, words

check = Check(
    id="password-composition",
    title="password composition rules",
    severity="low",
    cwe=521,
    chapter="Input validation",
    why="'One upper case, one digit' gives Password1 and refuses good long phrases; NIST SP 800-63B and ASVS 6.2.5 "
    "forbid such rules.",
    fix="Ask for length (8 or more), refuse passwords known to have leaked, and leave the characters to the person.",
)

_KINDS = frozenset({"isupper", "islower", "isdigit", "isalpha", "isalnum", "isnumeric"})
_PATTERN = re.compile(r"\(\?=\.\*\??(\[A-Z|\[a-z|\\d|\[0-9)")


@check.nodes(ast.FunctionDef, ast.AsyncFunctionDef)
def function(node: ast.FunctionDef, file: PythonFile) -> Found:
    named = [node.name, *(parameter.arg for parameter in node.args.args)]
    if any({"password", "passwd"} & set(words(name)) for name in named):
        for call in file.calls_in(node):
            loop = file.parents.get(call)
            if last_name(call) in _KINDS and isinstance(loop, ast.GeneratorExp | ast.ListComp):
                yield call, f"{node.name} asks for kinds of characters"
                return


@check.nodes(ast.Constant)
def pattern(node: ast.Constant, file: PythonFile) -> Found:
    if isinstance(node.value, str) and "(?=" in node.value and len(_PATTERN.findall(text_of(node))) > 1:
        yield node, "this pattern asks for kinds of characters"


@check.script
def in_script(script: Script) -> FoundInScript:
    for token in script.tokens:
        if token.kind == "regex" and len(_PATTERN.findall(token.text)) > 1:
            yield token, "this pattern asks for kinds of characters"
    for at, name, body in script.functions():
        kinds = {token.text for token in body if token.kind == "regex"} & {"/[A-Z]/", "/[a-z]/", "/[0-9]/", "/\\d/"}
        if is_password(name) or ("password" in words(name) and len(kinds) > 1):
            yield script.tokens[at], f"{name} asks for kinds of characters"
