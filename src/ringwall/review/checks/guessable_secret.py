"""A secret made of numbers that can be computed."""

import ast

from ringwall.review.check import Check, Found, FoundInScript
from ringwall.review.expression import last_name
from ringwall.review.python import PythonFile
from ringwall.review.script import Script
from ringwall.review.words import is_secret, words

check = Check(
    id="guessable-secret",
    title="secret from a predictable generator",
    severity="high",
    cwe=338,
    chapter="Secret management",
    why="The random module and Math.random are made for games: a few outputs tell all the others.",
    fix="secrets.token_urlsafe(32); in JavaScript crypto.getRandomValues.",
)

_ALSO = frozenset({("nonce",), ("salt",), ("otp",), ("state",), ("verifier",), ("csrf",), ("pin",)})


@check.nodes(ast.Assign)
def assigned(node: ast.Assign, file: PythonFile) -> Found:
    if _is_for_secrets(last_name(node.targets[0])) and _draws(node.value, file):
        yield node, f"{last_name(node.targets[0])} can be computed from earlier ones"


@check.nodes(ast.Return)
def returned(node: ast.Return, file: PythonFile) -> Found:
    scope = file.function(node)
    if scope is not None and node.value is not None and _is_for_secrets(scope.name) and _draws(node.value, file):
        yield node, f"{scope.name} gives values that can be computed from earlier ones"


@check.script
def in_script(script: Script) -> FoundInScript:
    for at in script.find("Math", ".", "random", "("):
        line = script.tokens[at].line
        names = [
            token.text for token in script.tokens[max(0, at - 12) : at] if token.line == line and token.kind == "name"
        ]
        if any(_is_for_secrets(name) for name in names):
            yield script.tokens[at], "Math.random can be computed from earlier ones"


def _draws(value: ast.expr, file: PythonFile) -> bool:
    names = [file.name(call.func) for call in file.calls_in(value)]
    return any(name.startswith("random.") and not name.startswith("random.SystemRandom") for name in names)


def _is_for_secrets(name: str) -> bool:
    return is_secret(name) or words(name)[-1:] in _ALSO
