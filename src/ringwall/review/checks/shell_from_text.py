"""A command line glued together from text, and given to a shell."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.expression import built_string, constant, keyword
from ringwall.review.python import PythonFile

check = Check(
    id="shell-from-text",
    title="shell command built from text",
    severity="high",
    cwe=78,
    chapter="Input validation",
    why="A value with ; or $( in it is a command of its own.",
    fix="A list of arguments and no shell: subprocess.run(['convert', name], check=True).",
)


@check.calls(*(f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "Popen", "getoutput")))
def with_shell(call: ast.Call, file: PythonFile) -> Found:
    shell = constant(keyword(call, "shell")) is True or file.name(call.func) == "subprocess.getoutput"
    if shell and call.args and built_string(file.value(call.args[0])):
        yield call, "values are pasted into a shell command"


@check.calls("os.system", "os.popen", "asyncio.create_subprocess_shell")
def system(call: ast.Call, file: PythonFile) -> Found:
    if call.args and built_string(file.value(call.args[0])):
        yield call, "values are pasted into a shell command"
