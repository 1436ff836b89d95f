"""A cipher used so that equal texts look equal."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.expression import argument, constant
from ringwall.review.python import PythonFile

check = Check(
    id="cipher-without-nonce",
    title="ECB mode, or a fixed nonce",
    severity="high",
    cwe=329,
    chapter="Encryption at rest",
    why="Equal blocks encrypt equally under ECB; a nonce used twice under GCM or CTR gives away the text, and with GCM "
    "the power to forge.",
    fix="AES-GCM with os.urandom(12) for each message: AESGCM(key).encrypt(os.urandom(12), text, context).",
)


@check.calls("cryptography.hazmat.primitives.ciphers.modes.ECB")
def ecb(call: ast.Call, file: PythonFile) -> Found:
    yield call, "ECB shows which blocks are equal"


@check.nodes(ast.Attribute)
def mode(node: ast.Attribute, file: PythonFile) -> Found:
    if node.attr == "MODE_ECB":
        yield node, "ECB shows which blocks are equal"


@check.calls(*(f"cryptography.hazmat.primitives.ciphers.modes.{name}" for name in ("CBC", "CTR", "GCM", "CFB", "OFB")))
def vector(call: ast.Call, file: PythonFile) -> Found:
    if call.args and _is_fixed(file.value(call.args[0])):
        yield call, "this nonce is always the same"


@check.methods("encrypt")
def message(call: ast.Call, file: PythonFile) -> Found:
    assert isinstance(call.func, ast.Attribute)
    cipher = file.value(call.func.value)
    nonce = argument(call, 0, "nonce")
    if isinstance(cipher, ast.Call) and file.name(cipher.func).endswith(("AESGCM", "ChaCha20Poly1305", "AESCCM")):
        if nonce is not None and _is_fixed(file.value(nonce)):
            yield call, "this nonce is always the same"


def _is_fixed(node: ast.expr) -> bool:
    """A bytes literal, or one repeated: b"\\0" * 12."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return _is_fixed(node.left) or _is_fixed(node.right)
    return isinstance(constant(node), bytes)
