"""A TLS connection to whoever answers."""

import ast

from ringwall.review.check import Check, Found, FoundInScript
from ringwall.review.expression import constant, text_of
from ringwall.review.python import PythonFile
from ringwall.review.script import Script

check = Check(
    id="tls-not-verified",
    title="TLS certificate not verified",
    severity="high",
    cwe=295,
    chapter="mTLS",
    why="Encrypted, but to anybody: whoever stands in the path reads and changes everything.",
    fix="Leave verification on, and give your own CA: verify='ca.pem', or an ssl.SSLContext that has it.",
)


@check.nodes(ast.keyword)
def option(node: ast.keyword, file: PythonFile) -> Found:
    if (
        node.arg in ("verify", "verify_ssl", "ssl_verify", "tls_verify", "validate_certs")
        and constant(node.value) is False
    ):
        call = file.parents[node]
        if not isinstance(call, ast.Call) or not file.name(call.func).startswith(("jwt.", "jose.")):
            yield node.value, f"{node.arg}=False: any certificate will do"
    elif node.arg == "cert_reqs" and (file.name(node.value) == "ssl.CERT_NONE" or text_of(node.value) == "CERT_NONE"):
        yield node.value, "CERT_NONE: any certificate will do"


@check.nodes(ast.Assign)
def setting(node: ast.Assign, file: PythonFile) -> Found:
    target = node.targets[0]
    if isinstance(target, ast.Attribute) and target.attr == "verify_mode" and file.name(node.value) == "ssl.CERT_NONE":
        yield node, "CERT_NONE: any certificate will do"
    elif isinstance(target, ast.Attribute) and target.attr == "verify" and constant(node.value) is False:
        yield node, "verify = False: any certificate will do"
    elif isinstance(target, ast.Attribute) and target.attr == "check_hostname" and constant(node.value) is False:
        yield node, "the certificate may be for any other host"


@check.calls("ssl._create_unverified_context", "ssl._create_stdlib_context")
def unverified(call: ast.Call, file: PythonFile) -> Found:
    yield call, "this context verifies nothing"


@check.script
def in_script(script: Script) -> FoundInScript:
    for at, key in script.keys:
        if key == "rejectUnauthorized" and script.text_at(at + 2) == "false":
            yield script.tokens[at], "rejectUnauthorized: false: any certificate will do"
    for at in script.find("NODE_TLS_REJECT_UNAUTHORIZED", "="):
        if script.string_at(at + 2) == "0" or script.text_at(at + 2) == "0":
            yield script.tokens[at], "certificates are not verified in this whole process"
