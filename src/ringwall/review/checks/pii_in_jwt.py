"""Facts about a person in a token that everybody on its way can read."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.expression import text_of
from ringwall.review.python import PythonFile
from ringwall.review.words import is_password, is_private

check = Check(
    id="pii-in-jwt",
    title="personal data in a JWT",
    severity="medium",
    cwe=312,
    chapter="JWT",
    why="A JWT is encoded, not encrypted. What is in it reaches every log, proxy and browser that it passes.",
    fix="Put the person's id in sub, and look the rest up where it is needed.",
)


@check.calls("jwt.encode", "jose.jwt.encode")
def encode(call: ast.Call, file: PythonFile) -> Found:
    payload = file.value(call.args[0]) if call.args else None
    if isinstance(payload, ast.Dict):
        for key in payload.keys:
            if key is not None and (is_private(text_of(key)) or is_password(text_of(key))):
                yield key, f"{text_of(key)} can be read by everybody who sees the token"
