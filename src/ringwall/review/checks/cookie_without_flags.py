"""A session cookie that scripts can read or that travels in clear."""

import ast
import re

from ringwall.review.check import Check, Found
from ringwall.review.expression import argument, constant, keyword, spreads, text_of
from ringwall.review.python import PythonFile
from ringwall.review.words import is_token

check = Check(
    id="cookie-without-flags",
    title="session cookie without HttpOnly or Secure",
    severity="medium",
    cwe=1004,
    chapter="Common antipatterns",
    why="Without HttpOnly any script on the page takes the session; without Secure anybody on the network does.",
    fix="set_cookie(name, value, secure=True, httponly=True, samesite='Lax').",
)

_SESSION = re.compile(r"^(__Host-|__Secure-)?(session|sid|sess)(_?id)?$", re.IGNORECASE)
_SETTINGS = ("SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY")


@check.methods("set_cookie")
def cookie(call: ast.Call, file: PythonFile) -> Found:
    first = argument(call, 0, "key")
    name = text_of(file.value(first)) if first is not None else ""
    if (is_token(name) or _SESSION.match(name)) and not spreads(call):
        missing = [
            flag for flag in ("httponly", "secure") if constant(keyword(call, flag) or ast.Constant(False)) is False
        ]
        if missing:
            yield call, f"{name} is set without {' and '.join(missing)}"


@check.nodes(ast.Assign)
def setting(node: ast.Assign, file: PythonFile) -> Found:
    target = node.targets[0]
    name = target.id if isinstance(target, ast.Name) else text_of(getattr(target, "slice", None))
    if name in _SETTINGS and constant(node.value) is False:
        yield node, f"{name} is off"
