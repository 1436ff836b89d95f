"""An authorization request without PKCE."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.expression import keyword, spreads, text_of
from ringwall.review.python import PythonFile

check = Check(
    id="oauth-no-pkce",
    title="authorization code flow without PKCE",
    severity="high",
    cwe=352,
    chapter="OAuth 2.0",
    why="A code that leaks from a redirect, a log or a browser history can be redeemed by whoever finds it (RFC 9700).",
    fix='Ask for it: OAuth2Session(..., pkce="S256"), and carry the verifier to the callback.',
)


@check.methods("authorization_url", "create_authorization_url")
def request(call: ast.Call, file: PythonFile) -> Found:
    assert isinstance(call.func, ast.Attribute)
    session = file.value(call.func.value)
    if not isinstance(session, ast.Call) or not file.name(session.func).endswith(("OAuth2Session", "OAuth2Client")):
        return
    named = (keyword(session, "pkce"), keyword(session, "code_challenge_method"), keyword(call, "code_challenge"))
    if spreads(session) or spreads(call) or keyword(call, "code_verifier"):
        return
    if not any(node is not None and text_of(node) != "plain" for node in named):
        yield session, "this login sends no PKCE challenge"
