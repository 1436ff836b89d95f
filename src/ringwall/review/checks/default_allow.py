"""A restriction counted as a permission: any() over a rule that says not."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.python import PythonFile

check = Check(
    id="default-allow",
    title="any() over a negated rule allows by default",
    severity="high",
    cwe=863,
    chapter="ABAC",
    why="'not (secret and at night)' is true for nearly everything, and any() needs one true rule: a restriction has "
    "become a permission for everybody.",
    fix="Keep two lists: any(permit) and not any(forbid), and refuse when neither says anything.",
)


@check.calls("any")
def any_rule(call: ast.Call, file: PythonFile) -> Found:
    if not call.args or not isinstance(call.args[0], ast.GeneratorExp | ast.ListComp):
        return
    loop = call.args[0]
    source = loop.generators[0]
    runs = isinstance(loop.elt, ast.Call) and isinstance(source.target, ast.Name)
    if not runs or file.name(loop.elt.func) != source.target.id:  # type: ignore[attr-defined]
        return
    rules = file.value(source.iter)
    for rule in rules.elts if isinstance(rules, ast.List | ast.Tuple) else ():
        body = rule.body if isinstance(rule, ast.Lambda) else None
        if isinstance(body, ast.UnaryOp) and isinstance(body.op, ast.Not):
            yield rule, "this restriction is one of the rules of which any is enough"
