"""SQLAlchemy-Utils' encrypted column, with the engine that it takes by default."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.expression import argument, spreads
from ringwall.review.python import PythonFile

check = Check(
    id="encrypted-type-unauthenticated",
    title="encrypted column without authentication",
    severity="high",
    cwe=353,
    chapter="Encryption at rest",
    why="The default AesEngine has one fixed IV: equal values give equal ciphertext, which anybody may also change "
    "unnoticed.",
    fix="A column type that authenticates and binds to its row: mapped_column(Sealed); at least engine=AesGcmEngine.",
)


@check.nodes(ast.Call)
def column(call: ast.Call, file: PythonFile) -> Found:
    name = file.name(call.func)
    if not name.startswith("sqlalchemy_utils.") or not name.endswith(("StringEncryptedType", ".EncryptedType")):
        return
    engine = argument(call, 2, "engine")
    if (engine is None and not spreads(call)) or file.name(engine).endswith("AesEngine"):
        yield call, "AesEngine: the same plain text is the same ciphertext, and no change is noticed"
