"""Text run as a program."""

import ast

from ringwall.review.check import Check, Found, FoundInScript
from ringwall.review.python import PythonFile
from ringwall.review.script import Script

check = Check(
    id="eval-of-input",
    title="text run as code",
    severity="high",
    cwe=95,
    chapter="Input validation",
    why="Whoever writes the text writes your program.",
    fix="ast.literal_eval or json for values; a table of functions for choices.",
)


@check.calls("eval", "exec", "builtins.eval", "builtins.exec")
def run(call: ast.Call, file: PythonFile) -> Found:
    if call.args and not isinstance(file.value(call.args[0]), ast.Constant):
        yield call, f"{file.name(call.func)} of a text that is not fixed"


@check.script
def in_script(script: Script) -> FoundInScript:
    for at in script.find("eval", "("):
        if script.text_at(at - 1) != "." and not script.string_at(at + 2):
            yield script.tokens[at], "eval of a text that is not fixed"
    for at in script.find("new", "Function", "("):
        yield script.tokens[at], "new Function compiles text"
