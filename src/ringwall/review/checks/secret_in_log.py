"""A secret, or a number such as that of a card, written to a log."""

import ast
import re

from ringwall.review.check import Check, Found, FoundInScript
from ringwall.review.expression import last_name
from ringwall.review.python import PythonFile
from ringwall.review.script import Script
from ringwall.review.words import is_secret, words

check = Check(
    id="secret-in-log",
    title="secret written to a log",
    severity="high",
    cwe=532,
    chapter="Common antipatterns",
    why="Logs are copied, shipped, searched and kept; whoever reads one has the secret.",
    fix="Log the id of the thing, never its value; wrap secrets in a type that does not print.",
)

_LEVELS = ("debug", "info", "warning", "warn", "error", "exception", "critical", "log")
_LOGGER = re.compile(r"log(ger|ging)?$|^_?log", re.IGNORECASE)


@check.methods(*_LEVELS)
def logged(call: ast.Call, file: PythonFile) -> Found:
    assert isinstance(call.func, ast.Attribute)
    if _LOGGER.search(last_name(call.func.value)):
        yield from _said(call)


@check.calls("print")
def printed(call: ast.Call, file: PythonFile) -> Found:
    yield from _said(call)


def _said(call: ast.Call) -> Found:
    for argument in [*call.args, *(item.value for item in call.keywords)]:
        parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
        for part in parts:
            value = part.value if isinstance(part, ast.FormattedValue) else part
            sides = [value.left, value.right] if isinstance(value, ast.BinOp) else [value]
            for side in sides:
                for item in side.elts if isinstance(side, ast.Tuple) else [side]:
                    name = last_name(item) if isinstance(item, ast.Name | ast.Attribute | ast.Subscript) else ""
                    if _tells(name):
                        yield call, f"{name} is printed"
                        return


@check.script
def in_script(script: Script) -> FoundInScript:
    for level in ("log", "debug", "info", "warn", "error"):
        for at in script.find("console", ".", level, "("):
            for part in script.arguments(at + 3):
                name = part[-1].text if part and part[-1].kind == "name" else ""
                if _tells(name):
                    yield script.tokens[at], f"{name} is printed"


def _tells(name: str) -> bool:
    parts = words(name)
    return is_secret(name) or bool({"ssn", "cvv", "iban"} & set(parts)) or parts[-2:] == ("card", "number")
