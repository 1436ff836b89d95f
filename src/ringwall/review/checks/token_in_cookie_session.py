"""A token in Flask's session, which is a cookie that is signed and not encrypted."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.expression import text_of
from ringwall.review.python import PythonFile
from ringwall.review.words import is_token

check = Check(
    id="token-in-cookie-session",
    title="token in a readable session cookie",
    severity="high",
    cwe=539,
    chapter="OAuth 2.0",
    why="Flask's and Starlette's sessions are signed cookies: whoever holds the cookie, or its backup, reads the token "
    "in it without any key.",
    fix="Keep tokens on the server, and only a random session id in the cookie.",
)


@check.nodes(ast.Assign)
def stored(node: ast.Assign, file: PythonFile) -> Found:
    for target in node.targets:
        if isinstance(target, ast.Subscript) and is_token(text_of(target.slice)):
            name = file.name(target.value)
            if name == "flask.session" or (name == "session" and file.imported("flask")) or name == "request.session":
                yield node, f"session[{text_of(target.slice)!r}] goes to the browser in clear"
