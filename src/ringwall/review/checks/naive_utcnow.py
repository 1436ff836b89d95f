"""A time without a zone."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.python import PythonFile

check = Check(
    id="naive-utcnow",
    title="utcnow has no time zone",
    severity="low",
    cwe=682,
    chapter="JWT",
    why="The result is taken for local time by .timestamp() and comparisons, so expiry shifts by the server's offset. "
    "Deprecated since Python 3.12.",
    fix="datetime.now(UTC), or for a token int(time.time()).",
)


@check.calls("datetime.datetime.utcnow", "datetime.datetime.utcfromtimestamp")
def called(call: ast.Call, file: PythonFile) -> Found:
    yield call, "a time that does not know its zone"
