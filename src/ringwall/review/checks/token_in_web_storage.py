"""A token where every script of the page can read it."""

from ringwall.review.check import Check, FoundInScript
from ringwall.review.script import Script
from ringwall.review.words import is_secret

check = Check(
    id="token-in-web-storage",
    title="token in localStorage or sessionStorage",
    severity="high",
    cwe=922,
    chapter="JWT",
    why="Any script on the page, also one that slipped in, reads web storage and takes the token with it.",
    fix="Keep tokens on the server, and give the browser an opaque HttpOnly, Secure, SameSite cookie.",
)


@check.script
def stored(script: Script) -> FoundInScript:
    for store in ("localStorage", "sessionStorage"):
        for at in script.find(store, ".", "setItem", "("):
            key, *value = script.arguments(at + 3) or [[]]
            names = [token.text.strip("\"'`") for token in (*key, *(value[0] if value else ()))]
            if any(is_secret(name) for name in names):
                yield script.tokens[at], f"a token is written to {store}"
        for at in script.find(store, "."):
            if script.text_at(at + 3) == "=" and is_secret(script.text_at(at + 2)):
                yield script.tokens[at], f"a token is written to {store}"
        for at in script.find(store, "["):
            if script.text_at(at + 4) == "=" and is_secret(script.string_at(at + 2)):
                yield script.tokens[at], f"a token is written to {store}"
