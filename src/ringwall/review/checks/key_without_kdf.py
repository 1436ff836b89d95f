"""An encryption key that is one hash of a passphrase, or one written in the code."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.python import PythonFile

check = Check(
    id="key-without-kdf",
    title="encryption key made by one hash",
    severity="high",
    cwe=916,
    chapter="Encryption at rest",
    why="One SHA-256 costs an attacker nanoseconds: billions of passphrases a second, the same key for everybody, and "
    "no way to rotate.",
    fix="Use random keys from a key ring, or scrypt/argon2id with a random salt when a person types the passphrase.",
)

_CIPHERS = ("Fernet", "AESGCM", "AESGCMSIV", "AESSIV", "AESCCM", "ChaCha20Poly1305", "AES")


@check.nodes(ast.Call)
def cipher(call: ast.Call, file: PythonFile) -> Found:
    if not call.args or not file.name(call.func).endswith((*_CIPHERS, "AES.new", "algorithms.AES")):
        return
    key = file.value(call.args[0])
    for made in file.calls_in(key):
        name = file.name(made.func)
        if name.startswith("hashlib.") and name.removeprefix("hashlib.") in ("md5", "sha1", "sha256", "sha512", "new"):
            yield made, "this key is one hash of a text"
            return
    if isinstance(key, ast.Constant) and isinstance(key.value, str | bytes):
        yield call, "this key is written in the code"
