"""A token that says itself how it wants to be verified."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.expression import argument, text_of
from ringwall.review.python import PythonFile

check = Check(
    id="jwt-algorithm-from-token",
    title="JWT algorithm taken from the token, or of two kinds",
    severity="high",
    cwe=347,
    chapter="JWT",
    why="If the token chooses, the attacker chooses: an HS256 token made with your public key passes as one made with "
    "your private key (RFC 8725 section 3.1).",
    fix="Write the one algorithm of the key into the code: algorithms=['ES256'].",
)


@check.calls("jwt.decode", "jose.jwt.decode", "jose.jws.verify")
def decode(call: ast.Call, file: PythonFile) -> Found:
    algorithms = argument(call, 2, "algorithms")
    if algorithms is None:
        return
    for node in ast.walk(file.value(algorithms)):
        if isinstance(node, ast.Subscript) and text_of(node.slice) == "alg":
            yield call, "the token's own header decides the algorithm"
            return
    names = {text_of(node)[:2] for node in ast.walk(file.value(algorithms))} - {""}
    if "HS" in names and names & {"RS", "ES", "PS", "Ed"}:
        yield call, "shared and public keys are accepted in one place"
