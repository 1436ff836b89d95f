"""A token whose signature nobody looks at."""

import ast

from ringwall.review.check import Check, Found, FoundInScript
from ringwall.review.expression import argument, constant, keyword, last_name, spreads, text_of
from ringwall.review.python import PythonFile
from ringwall.review.script import Script

check = Check(
    id="jwt-not-verified",
    title="JWT accepted without verifying its signature",
    severity="high",
    cwe=347,
    chapter="JWT",
    why="Anybody can write a token. Only its signature, by an algorithm that you chose, says who did.",
    fix="Verify with the key and a fixed list: jwt.decode(token, key, algorithms=['ES256'], ...).",
)


@check.calls("jwt.decode", "jose.jwt.decode", "jose.jws.verify")
def decode(call: ast.Call, file: PythonFile) -> Found:
    algorithms, options = argument(call, 2, "algorithms"), keyword(call, "options")
    if isinstance(options, ast.Dict) and any(
        text_of(key) == "verify_signature" and constant(value) is False
        for key, value in zip(options.keys, options.values, strict=True)
    ):
        yield call, "verify_signature is off"
    elif constant(keyword(call, "verify")) is False:
        yield call, "verify is off"
    elif algorithms is None and not spreads(call):
        yield call, "no list of algorithms: the token may choose its own"
    elif algorithms is not None and any(text_of(node).lower() == "none" for node in ast.walk(algorithms)):
        yield call, 'the algorithm "none" is accepted'


@check.calls("jose.jwt.get_unverified_claims", "jose.jws.get_unverified_claims")
def unverified(call: ast.Call, file: PythonFile) -> Found:
    yield call, f"{last_name(call)} reads what anybody may have written"


@check.script
def in_script(script: Script) -> FoundInScript:
    for at in script.find("jwt", ".", "decode", "("):
        yield script.tokens[at], "jwt.decode reads the token and verifies nothing; jwt.verify does"
    for at in script.find("jwt", ".", "verify", "("):
        inside = script.tokens[at : script.close(at + 3)]
        if any(token.text.strip("\"'").lower() == "none" and token.kind == "string" for token in inside):
            yield script.tokens[at], 'the algorithm "none" is accepted'
