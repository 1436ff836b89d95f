"""A login whose answer nobody ties to its question."""

import ast

from ringwall.review.check import Check, Found, FoundInScript
from ringwall.review.expression import keyword, spreads
from ringwall.review.python import PythonFile
from ringwall.review.script import Script

check = Check(
    id="oauth-no-state",
    title="authorization flow without a state check",
    severity="high",
    cwe=352,
    chapter="OAuth 2.0",
    why="Without state, an attacker can send a victim to your callback with the attacker's code: login CSRF.",
    fix="Send a random state with each attempt, keep it for this browser, and refuse a callback whose state differs.",
)


@check.methods("fetch_token")
def callback(call: ast.Call, file: PythonFile) -> Found:
    assert isinstance(call.func, ast.Attribute)
    session = file.value(call.func.value)
    if not isinstance(session, ast.Call) or not file.name(session.func).endswith("OAuth2Session"):
        return
    answered = keyword(call, "authorization_response") or keyword(call, "code")
    checked = keyword(session, "state") or keyword(call, "state") or spreads(session) or spreads(call)
    scope = file.function(call)
    compared = scope is not None and any(
        isinstance(node, ast.Compare) and "state" in ast.unparse(node) for node in ast.walk(scope)
    )
    if answered and not checked and not compared:
        yield call, "the callback redeems a code without comparing its state"


@check.nodes(ast.Assign)
def dropped(node: ast.Assign, file: PythonFile) -> Found:
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        last = target.elts[-1]
        if value.func.attr == "authorization_url" and isinstance(last, ast.Name) and last.id.startswith("_"):
            yield node, "the state of this login is thrown away"


@check.script
def request(script: Script) -> FoundInScript:
    for at, key in script.keys:
        if key == "response_type" and script.string_at(at + 2) == "code":
            opening, end = script.around(at)
            if "state" not in {token.text.strip("\"'") for token in script.tokens[opening:end]}:
                yield script.tokens[at], "this authorization request sends no state"
