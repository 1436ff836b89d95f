"""A token request whose body is JSON."""

from ringwall.review.check import Check, FoundInScript
from ringwall.review.script import Script

check = Check(
    id="oauth-json-token-request",
    title="token request sent as JSON",
    severity="low",
    cwe=436,
    chapter="OAuth 2.0",
    why="A token endpoint takes form fields (RFC 6749 section 4.1.3). A provider that follows the standard refuses "
    "JSON, and the login fails.",
    fix="Send new URLSearchParams({grant_type: ..., code: ..., code_verifier: ...}) as the body.",
)


@check.script
def body(script: Script) -> FoundInScript:
    for at in script.find("JSON", ".", "stringify", "("):
        inside = script.tokens[at : script.close(at + 3)]
        if any(token.text.strip("\"'") == "grant_type" for token in inside):
            yield script.tokens[at], "this token request is JSON, not form fields"
