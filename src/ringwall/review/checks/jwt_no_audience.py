"""A token taken, or made, without saying by whom and for whom."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.expression import keyword, spreads, text_of
from ringwall.review.python import PythonFile

check = Check(
    id="jwt-no-audience",
    title="JWT without issuer or audience",
    severity="high",
    cwe=345,
    chapter="JWT",
    why="A token that another party issued, or that was meant for another service, is accepted here (RFC 8725 sections "
    "3.8 and 3.9).",
    fix='Set iss and aud in each token, and require both: jwt.decode(..., issuer=..., audience="orders").',
)

_NEEDED = {"iss": "issuer", "aud": "audience"}


@check.calls("jwt.decode", "jose.jwt.decode")
def decode(call: ast.Call, file: PythonFile) -> Found:
    missing = [name for name in _NEEDED.values() if keyword(call, name) is None]
    if missing and not spreads(call) and "get_unverified" not in ast.unparse(call):
        yield call, f"the token is accepted from any {' and for any '.join(missing)}"


@check.calls("jwt.encode", "jose.jwt.encode")
def encode(call: ast.Call, file: PythonFile) -> Found:
    payload = file.value(call.args[0]) if call.args else None
    if isinstance(payload, ast.Dict) and None not in payload.keys:
        missing = sorted(_NEEDED.keys() - {text_of(key) for key in payload.keys}, reverse=True)
        if missing:
            yield call, f"the token is made without {' and '.join(missing)}"
