"""A token that outlives every logout."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.expression import constant, text_of
from ringwall.review.python import PythonFile

check = Check(
    id="jwt-long-lived",
    title="JWT that lives for hours",
    severity="low",
    cwe=613,
    chapter="JWT",
    why="A JWT cannot be called back by itself: logout, a lost laptop and a dismissal take effect when it expires.",
    fix="Let access tokens live about 10 minutes, and renew them from a session that can be ended.",
)

_SECONDS = {"weeks": 604_800, "days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}
_LIMIT = 3600


@check.calls("jwt.encode", "jose.jwt.encode")
def encode(call: ast.Call, file: PythonFile) -> Found:
    payload = file.value(call.args[0]) if call.args else None
    if not isinstance(payload, ast.Dict):
        return
    for key, value in zip(payload.keys, payload.values, strict=True):
        if text_of(key) == "exp":
            for delta in file.calls_in(file.value(value)):
                if file.name(delta.func) == "datetime.timedelta" and _seconds(delta) > _LIMIT:
                    yield value, f"this token lives {_seconds(delta) / 3600:g} hours"


def _seconds(delta: ast.Call) -> float:
    total = 0.0
    for item in delta.keywords:
        value = constant(item.value)
        total += value * _SECONDS.get(item.arg or "", 0) if isinstance(value, int | float) else 0
    return total
