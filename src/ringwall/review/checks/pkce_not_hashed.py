"""A PKCE challenge that is not the hash of its verifier."""

import ast
import re

from ringwall.review.check import Check, Found, FoundInScript
from ringwall.review.expression import text_of
from ringwall.review.python import PythonFile
from ringwall.review.script import Script

check = Check(
    id="pkce-not-hashed",
    title="PKCE challenge is not SHA-256 of the verifier",
    severity="high",
    cwe=326,
    chapter="OAuth 2.0",
    why="S256 means BASE64URL(SHA-256(verifier)) (RFC 7636 section 4.2). Encoding alone hides nothing: whoever sees "
    "the request can compute the verifier. In JavaScript, new Uint8Array(text) is even empty.",
    fix="Hash first: base64url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))).",
)

_HASH = re.compile(r"sha-?_?256|digest|s256", re.IGNORECASE)
_ENCODES = re.compile(r"b64encode|btoa|base64|urlsafe", re.IGNORECASE)


@check.nodes(ast.FunctionDef, ast.AsyncFunctionDef)
def function(node: ast.FunctionDef, file: PythonFile) -> Found:
    if "challenge" in node.name.lower():
        code = " ".join(file.name(call.func) or "." + getattr(call.func, "attr", "") for call in file.calls_in(node))
        if _ENCODES.search(code) and not _HASH.search(code):
            yield node, f"{node.name} encodes the verifier and does not hash it"


@check.nodes(ast.keyword)
def plain(node: ast.keyword, file: PythonFile) -> Found:
    if node.arg in ("code_challenge_method", "pkce") and text_of(node.value) == "plain":
        yield node, "the challenge method is plain: the challenge is the verifier"


@check.script
def script_function(script: Script) -> FoundInScript:
    for at, name, body in script.functions():
        code = " ".join(token.text for token in body if token.kind in ("name", "string"))
        if "challenge" in name.lower() and _ENCODES.search(code) and not _HASH.search(code):
            yield script.tokens[at], f"{name} encodes the verifier and does not hash it"
    for at, key in script.keys:
        if key == "code_challenge_method" and script.string_at(at + 2) == "plain":
            yield script.tokens[at], "the challenge method is plain: the challenge is the verifier"
