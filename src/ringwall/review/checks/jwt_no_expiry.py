"""A token that is good for ever."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.expression import constant, keyword, text_of
from ringwall.review.python import PythonFile

check = Check(
    id="jwt-no-expiry",
    title="JWT without expiry",
    severity="high",
    cwe=613,
    chapter="JWT",
    why="A stolen token that never expires is a stolen account.",
    fix="Give each token exp, minutes ahead, and require it: options={'require': ['exp']}.",
)


@check.calls("jwt.encode", "jose.jwt.encode")
def encode(call: ast.Call, file: PythonFile) -> Found:
    payload = file.value(call.args[0]) if call.args else None
    if isinstance(payload, ast.Dict) and payload.keys and None not in payload.keys:
        if "exp" not in {text_of(key) for key in payload.keys}:
            yield call, "the token is made without exp"


@check.calls("jwt.decode", "jose.jwt.decode")
def decode(call: ast.Call, file: PythonFile) -> Found:
    options = keyword(call, "options")
    if isinstance(options, ast.Dict):
        for key, value in zip(options.keys, options.values, strict=True):
            if text_of(key) == "verify_exp" and constant(value) is False:
                yield call, "the expiry of the token is not checked"
