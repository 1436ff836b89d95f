"""A token signed with a key that everybody who checks it must hold."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.expression import argument, text_of
from ringwall.review.python import PythonFile

check = Check(
    id="jwt-shared-key",
    title="JWT signed with a shared key",
    severity="medium",
    cwe=321,
    chapter="JWT",
    why="With HS256 every service that can check a token can also make one, for anybody.",
    fix="Sign with a private key (ES256), and give the services the public one.",
)


@check.calls("jwt.encode", "jose.jwt.encode")
def encode(call: ast.Call, file: PythonFile) -> Found:
    algorithm = argument(call, 2, "algorithm")
    name = text_of(file.value(algorithm)) if algorithm is not None else "HS256"  # what both libraries fall back to
    if name.startswith("HS"):
        yield call, f"{name}: whoever can verify this token can also make one"
