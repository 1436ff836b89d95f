"""Where a program can be made wrong by one small change: every such change of one source text.

The changes are those that mutation testing has agreed on: a comparison turned or moved by one, ``and`` for ``or``, an
operand or a ``not`` gone, a condition that always or never holds, another operator, a number off by one, ``True`` for
``False``, another answer returned, a ``raise`` or a call left out. Decorators, annotations, assertions, and the text of
messages stay as they are: a change there is no other behaviour.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import copy
from typing import Any, NamedTuple

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}


class Mutant(NamedTuple):
    """One change: ``before`` of line ``line`` becomes ``after``; ``text`` is the whole changed source."""

    line: int
    before: str
    after: str
    text: str


def mutants(text: str) -> list[Mutant]:
    """Every mutant of ``text``, in the order of its lines."""
    found = [_spliced(text, node, after) for node, after in _changes(ast.parse(text))]
    return sorted(found, key=lambda mutant: mutant.line)


def _changes(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    if isinstance(node, ast.JoinedStr | ast.Assert) or _only_for_types(node):
        return
    if isinstance(node, ast.expr):
        yield from ((node, f"({ast.unparse(after)})") for after in _other_values(node))
    elif isinstance(node, ast.stmt):
        yield from ((node, after) for after in _other_statements(node))
    for condition in _conditions(node):
        yield from ((condition, answer) for answer in ("True", "False") if ast.unparse(condition) != answer)
    if isinstance(node, ast.FunctionDef) and node.returns is not None and ast.unparse(node.returns) == "bool":
        yield from _other_answers(node)
    for name, child in ast.iter_fields(node):
        if name not in {"decorator_list", "annotation", "returns"}:
            for part in child if isinstance(child, list) else [child]:
                if isinstance(part, ast.AST):
                    yield from _changes(part)


def _only_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _other_values(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(ops=ops):
            for place, operator in enumerate(ops):
                for other in COMPARISONS[type(operator)]:
                    yield _with(node, ops=[*ops[:place], other(), *ops[place + 1 :]])
        case ast.BoolOp(op=op, values=values):
            yield _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
            for place in range(len(values)):
                rest = [*values[:place], *values[place + 1 :]]
                yield rest[0] if len(rest) == 1 else _with(node, values=rest)
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.BinOp(op=op) if type(op) in OPERATORS:
            yield _with(node, op=OPERATORS[type(op)]())
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value + 1)


def _with(node: ast.expr, **fields: Any) -> ast.expr:
    changed = copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _other_statements(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.Raise() | ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom() | ast.Await()):
            yield "pass"
        case ast.AugAssign(op=op) if type(op) in OPERATORS:
            yield ast.unparse(ast.AugAssign(node.target, OPERATORS[type(op)](), node.value))
        case ast.Continue():
            yield "break"
        case ast.Break():
            yield "continue"


def _conditions(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            return [test]
        case ast.comprehension(ifs=ifs):
            return ifs
        case ast.match_case(guard=ast.expr() as guard):
            return [guard]
    return []


def _other_answers(function: ast.FunctionDef) -> Iterator[tuple[ast.expr, str]]:
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
            yield from ((node.value, answer) for answer in ("True", "False"))


def _spliced(text: str, node: ast.expr | ast.stmt, after: str) -> Mutant:
    before = ast.get_source_segment(text, node)
    assert before is not None
    lines = text.encode().splitlines(keepends=True)
    start = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
    changed = text.encode()[:start] + after.encode() + text.encode()[start + len(before.encode()) :]
    return Mutant(node.lineno, before, after, changed.decode())
