"""Authentication in a middleware that sees only part of the traffic."""

import ast
import re

from ringwall.review.check import Check, Found
from ringwall.review.python import PythonFile

check = Check(
    id="http-middleware-auth",
    title="authentication in BaseHTTPMiddleware",
    severity="medium",
    cwe=288,
    chapter="Common antipatterns",
    why="BaseHTTPMiddleware passes every websocket through unseen, and costs four times the request.",
    fix="Authenticate in pure ASGI, for http and websocket alike: guard.protect(app).",
)

_AUTH = re.compile(r"auth(?!or)|token|jwt|credential|api_?key|login", re.IGNORECASE)


@check.nodes(ast.ClassDef)
def middleware(node: ast.ClassDef, file: PythonFile) -> Found:
    if any(file.name(base).endswith(".BaseHTTPMiddleware") for base in node.bases):
        if _AUTH.search(node.name) or any(_AUTH.search(file.name(call.func)) for call in file.calls_in(node)):
            yield node, f"{node.name} never sees a websocket"
