"""A password hashed by something made to be fast."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.expression import last_name
from ringwall.review.python import PythonFile
from ringwall.review.words import is_password

check = Check(
    id="fast-password-hash",
    title="password hashed with a fast hash",
    severity="high",
    cwe=916,
    chapter="Common antipatterns",
    why="A graphics card tries billions of SHA-256 a second, so a stolen table is a list of passwords by the morning.",
    fix="argon2id: argon2.PasswordHasher().hash(password).",
)


@check.calls(*(f"hashlib.{name}" for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "new")))
def hashed(call: ast.Call, file: PythonFile) -> Found:
    for argument in call.args:
        names = {last_name(node) for node in ast.walk(argument) if isinstance(node, ast.Name | ast.Attribute)}
        if any(is_password(name) for name in names):
            yield call, f"{file.name(call.func)} of a password"
            return
