"""A right taken from what the client sent."""

import ast

from ringwall.review.check import Check, Found, FoundInScript
from ringwall.review.expression import last_name, text_of
from ringwall.review.python import PythonFile
from ringwall.review.script import Script
from ringwall.review.words import words

check = Check(
    id="client-says-who",
    title="identity or rights taken from the client's word",
    severity="high",
    cwe=807,
    chapter="Common antipatterns",
    why="A header, a cookie or a field of a form is what the client wants it to be.",
    fix="Take identity from a verified token or session, and rights from your own records.",
)

_WHO = ({"x", "user"}, {"x", "user", "id"}, {"x", "user", "name"}, {"x", "role"}, {"x", "roles"}, {"user", "id"},
        {"role"}, {"roles"}, {"user", "role"}, {"x", "user", "role"}, {"x", "admin"})  # fmt: skip
_RIGHT = ({"is", "admin"}, {"admin"}, {"is", "superuser"}, {"is", "staff"})
_SIGNED_BY_NOBODY = ("headers", "cookies")
_FIELDS = ("form", "args", "json", "values", "query_params", "GET", "POST", "data", "get_json", "body", "query")


@check.nodes(ast.Subscript)
def read(node: ast.Subscript, file: PythonFile) -> Found:
    if isinstance(node.ctx, ast.Load):
        yield from _claim(node, node.value, text_of(node.slice))


@check.methods("get")
def asked(call: ast.Call, file: PythonFile) -> Found:
    if call.args and isinstance(call.func, ast.Attribute):
        yield from _claim(call, call.func.value, text_of(call.args[0]))


@check.script
def in_script(script: Script) -> FoundInScript:
    for source in ("headers", "cookies", "body", "query"):
        for at in (*script.find("req", ".", source), *script.find("request", ".", source)):
            name = script.text_at(at + 4) if script.text_at(at + 3) == "." else script.string_at(at + 4)
            if _is_claim(source, name) and script.text_at(at + 5) != "=":
                yield script.tokens[at], f"{name} comes from the client's {source}"


def _claim(node: ast.AST, source: ast.expr, name: str) -> Found:
    if isinstance(source, ast.Call):
        source = source.func
    if isinstance(source, ast.Attribute) and last_name(source.value) in ("request", "req"):
        if _is_claim(source.attr, name):
            yield node, f"{name} comes from the client's {source.attr}"


def _is_claim(source: str, name: str) -> bool:
    said = set(words(name))
    if source in _SIGNED_BY_NOBODY and said in _WHO:
        return True
    return said in _RIGHT and source in (*_SIGNED_BY_NOBODY, *_FIELDS)
