"""A secret in the source."""

import ast
import re

from ringwall.review.check import Check, Found, FoundInScript
from ringwall.review.expression import last_name, text_of
from ringwall.review.python import PythonFile
from ringwall.review.script import Script
from ringwall.review.words import is_secret, words

check = Check(
    id="hard-coded-secret",
    title="secret written in the code",
    severity="high",
    cwe=798,
    chapter="Secret management",
    why="Who can read the code, its history or a copy has the secret, and it cannot be rotated without a release.",
    fix='Read it when it is used: guard.secret("name").reveal(), a vault, or the environment.',
)

_KEY_FILE = re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----")
_WORDS = frozenset({
    "secret", "password", "passwd", "passphrase", "token", "key", "api", "access", "private", "id", "refresh", "bearer",
    "client", "jwt", "auth", "new", "old", "my", "user", "current", "form", "hidden", "text", "the", "string",
    "required", "invalid", "none", "null", "reset", "change",
})  # fmt: skip
_LONG = re.compile(r"(?=\D*\d)\S{12,}")
_POINTER = re.compile(
    r"^(https?:|/|\$|\{|<|env:|vault:|file:)|^[A-Z\d]+(_[A-Z\d]+)+$|\s|^\*+$|^\.+$"
)  # an address, a variable's name, a text


@check.nodes(ast.Assign, ast.AnnAssign)
def assigned(node: ast.Assign | ast.AnnAssign, file: PythonFile) -> Found:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        if _is_real(last_name(target), text_of(node.value)):
            yield node, f"{last_name(target)} is a literal"


@check.nodes(ast.keyword)
def passed(node: ast.keyword, file: PythonFile) -> Found:
    if _is_real(node.arg or "", text_of(node.value)):
        yield node.value, f"{node.arg} is a literal"


@check.calls("jwt.encode", "jwt.decode", "jose.jwt.encode", "jose.jwt.decode", "hmac.new", "hmac.digest")
def key(call: ast.Call, file: PythonFile) -> Found:
    position = 0 if file.name(call.func).startswith("hmac") else 1
    if len(call.args) > position and isinstance(call.args[position], ast.Constant):
        yield call.args[position], "the key is a literal"


@check.nodes(ast.Constant)
def key_file(node: ast.Constant, file: PythonFile) -> Found:
    if isinstance(node.value, str) and len(node.value) > 100 and _KEY_FILE.match(node.value.lstrip()):
        yield node, "a private key is in the code"


@check.script
def in_script(script: Script) -> FoundInScript:
    for at, token in enumerate(script.tokens):
        if token.kind == "name" and script.text_at(at + 1) in ("=", ":"):
            if _is_real(token.text, script.string_at(at + 2)):
                yield token, f"{token.text} is a literal"


def _is_real(name: str, value: str) -> bool:
    """Whether a literal could be the secret itself: not empty, no address, no sentence, not the name of a field."""
    if not is_secret(name) or (words(name)[-1] == "token" and not _LONG.match(value)):  # parsers have tokens too
        return False
    return len(value) >= 6 and not _POINTER.search(value) and not set(words(value)) <= _WORDS
