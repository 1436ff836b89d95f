"""A code redeemed by a new session that knows nothing of the PKCE verifier."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.expression import keyword, spreads
from ringwall.review.python import PythonFile

check = Check(
    id="oauth-lost-verifier",
    title="code redeemed without the PKCE verifier",
    severity="high",
    cwe=352,
    chapter="OAuth 2.0",
    why="The session that made the challenge is gone when the browser comes back. A new one has no verifier, so PKCE "
    "fails, or was never on.",
    fix="Keep the verifier with the login attempt, and pass it: fetch_token(..., code_verifier=verifier).",
)


@check.methods("fetch_token")
def redeem(call: ast.Call, file: PythonFile) -> Found:
    assert isinstance(call.func, ast.Attribute)
    session = file.value(call.func.value)
    if not isinstance(session, ast.Call) or not file.name(session.func).endswith(("OAuth2Session", "OAuth2Client")):
        return
    by_code = keyword(call, "authorization_response") or keyword(call, "code")
    if by_code and not keyword(call, "code_verifier") and not spreads(call):
        yield call, "the new session redeems the code without code_verifier"
