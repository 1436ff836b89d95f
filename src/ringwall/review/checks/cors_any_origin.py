"""Every site on the web may act as the person who visits it."""

import ast

from ringwall.review.check import Check, Found, FoundInScript
from ringwall.review.expression import constant, keyword, text_of
from ringwall.review.python import PythonFile
from ringwall.review.script import Script

check = Check(
    id="cors-any-origin",
    title="CORS for every origin, with credentials",
    severity="high",
    cwe=942,
    chapter="Common antipatterns",
    why="The server echoes the origin of whoever asks and lets the browser send cookies: any page reads your API as "
    "its visitor.",
    fix="Name the origins: allow_origins=['https://app.example.com'].",
)


@check.nodes(ast.Call)
def middleware(call: ast.Call, file: PythonFile) -> Found:
    cookies = keyword(call, "allow_credentials") or keyword(call, "supports_credentials")
    if constant(cookies) is not True:
        return
    flask = keyword(call, "supports_credentials") is not None
    names = ("origins",) if flask else ("allow_origins", "allow_origin_regex")
    origins = [value for name in names if (value := keyword(call, name)) is not None]
    anyone = any(text_of(node) in ("*", ".*") for value in origins for node in ast.walk(file.value(value)))
    if anyone or (flask and not origins and keyword(call, "resources") is None):
        yield call, "any page may call this with its visitor's cookies"


@check.script
def in_script(script: Script) -> FoundInScript:
    for at in script.find("cors", "(", "{"):
        options = {key: index for index, key in script.keys if at < index < script.close(at + 1)}
        origin, cookies = options.get("origin", -9), options.get("credentials", -9)
        if script.text_at(cookies + 2) == "true" and script.text_at(origin + 2).strip("\"'") in ("true", "*"):
            yield script.tokens[at], "any page may call this with its visitor's cookies"
