"""A code redeemed without the redirect address it was asked for with."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.expression import keyword, spreads
from ringwall.review.python import PythonFile

check = Check(
    id="oauth-no-redirect-uri",
    title="code redeemed without its redirect_uri",
    severity="low",
    cwe=346,
    chapter="OAuth 2.0",
    why="The code is bound to the redirect_uri of its request (RFC 6749 section 4.1.3). A strict provider refuses the "
    "exchange; a lax one has nothing to compare.",
    fix="Pass the same redirect_uri to the session of the callback.",
)


@check.methods("fetch_token")
def redeem(call: ast.Call, file: PythonFile) -> Found:
    assert isinstance(call.func, ast.Attribute)
    session = file.value(call.func.value)
    if not isinstance(session, ast.Call) or not file.name(session.func).endswith("OAuth2Session"):
        return
    by_code = keyword(call, "authorization_response") or keyword(call, "code")
    named = keyword(session, "redirect_uri") or keyword(call, "redirect_uri") or len(session.args) > 5
    if by_code and not named and not spreads(session) and not spreads(call):
        yield session, "the session of the callback has no redirect_uri"
