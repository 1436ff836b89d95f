"""A version of TLS that has been broken."""

import ast
import re

from ringwall.review.check import Check, Found, FoundInScript
from ringwall.review.python import PythonFile
from ringwall.review.script import Script

check = Check(
    id="tls-too-old",
    title="TLS older than 1.2",
    severity="high",
    cwe=327,
    chapter="Common antipatterns",
    why="SSL 3, TLS 1.0 and 1.1 fall to known attacks, and are forbidden by RFC 8996.",
    fix="context.minimum_version = ssl.TLSVersion.TLSv1_3, or TLSv1_2 where old clients must be served.",
)

_OLD = frozenset({
    "ssl.PROTOCOL_SSLv2", "ssl.PROTOCOL_SSLv3", "ssl.PROTOCOL_TLSv1", "ssl.PROTOCOL_TLSv1_1", "ssl.TLSVersion.SSLv3",
    "ssl.TLSVersion.TLSv1", "ssl.TLSVersion.TLSv1_1", "ssl.TLSVersion.MINIMUM_SUPPORTED",
})  # fmt: skip
_OLD_NODE = re.compile(r"^(SSLv2|SSLv3|TLSv1(\.1|_1)?)(_(client_|server_)?method)?$")


@check.nodes(ast.Attribute)
def version(node: ast.Attribute, file: PythonFile) -> Found:
    if node.attr[:3] in ("PRO", "SSL", "TLS", "MIN") and file.name(node) in _OLD and not _is_bound(node, file):
        yield node, f"{node.attr} is allowed"


@check.script
def in_script(script: Script) -> FoundInScript:
    for at, key in script.keys:
        if key in ("minVersion", "secureProtocol") and _OLD_NODE.match(script.string_at(at + 2)):
            yield script.tokens[at], f"{script.string_at(at + 2)} is allowed"


def _is_bound(node: ast.Attribute, file: PythonFile) -> bool:
    """A comparison asks about a version; it allows none."""
    return isinstance(file.parents[node], ast.Compare)
