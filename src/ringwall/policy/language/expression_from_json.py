"""An expression out of Cedar's JSON policy format, language 4.5. Nothing is passed over that is not understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ringwall.errors import Misconfigured
from ringwall.policy.chain import joined
from ringwall.policy.expression import (
    And,
    Arithmetic,
    Attribute,
    Contains,
    ContainsAll,
    ContainsAny,
    Expression,
    GetTag,
    Has,
    HasTag,
    IfThenElse,
    In,
    Is,
    IsEmpty,
    Like,
    Negate,
    Not,
    Or,
    RecordOf,
    SetOf,
    Variable,
)
from ringwall.policy.json_reading import Where, below, nth, read_list, read_object, read_string
from ringwall.policy.language.cursor import DEEPEST
from ringwall.policy.language.hints import nearest
from ringwall.policy.language.json_names import read_type
from ringwall.policy.language.json_value import called, value_from_json
from ringwall.policy.language.sugar import compared
from ringwall.policy.language.vocabulary import EXTENSION_FUNCTIONS, EXTENSION_METHODS, VARIABLES


def expression_from_json(value: object, path: Where, depth: int = 1) -> Expression:
    """The expression at ``path``, which has ``depth`` levels of others around it.

    Raises ``Misconfigured`` with the path of what is wrong.
    """
    if depth > DEEPEST:
        message = f"the expression is more than {DEEPEST} levels deep"
        raise Misconfigured(message, where=str(path), hint="divide it into several policies")
    node = read_object(value, path)
    if len(node) != 1:
        hint = 'for example {"Var": "principal"}'
        raise Misconfigured("an expression is an object with one name, its operator", where=str(path), hint=hint)
    ((operator, body),) = node.items()
    at = below(path, operator)
    if read := _READERS.get(operator):
        return read(body, at, depth)
    if operator in _BINARY:
        fields = read_object(body, at, ("left", "right"), ("left", "right"))
        sides = (expression_from_json(fields[side], below(at, side), depth + 1) for side in ("left", "right"))
        return _BINARY[operator](*sides)
    if operator in _UNARY:
        fields = read_object(body, at, ("arg",), ("arg",))
        return _UNARY[operator](expression_from_json(fields["arg"], below(at, "arg"), depth + 1))
    if operator in EXTENSION_FUNCTIONS or operator in EXTENSION_METHODS:
        return called(operator, _all(body, at, depth), at)
    known = (*_READERS, *_BINARY, *_UNARY, *EXTENSION_FUNCTIONS, *EXTENSION_METHODS)
    raise Misconfigured(f"there is no operator `{operator}`", where=str(path), hint=nearest(operator, known))


def _all(value: object, path: Where, depth: int) -> tuple[Expression, ...]:
    items = enumerate(read_list(value, path))
    return tuple(expression_from_json(item, nth(path, place), depth + 1) for place, item in items)


def _variable(value: object, path: Where, _: int) -> Expression:
    name = read_string(value, path)
    if name not in VARIABLES:
        raise Misconfigured(f"`{name}` is no variable", where=str(path), hint=nearest(name, VARIABLES))
    return Variable(name=VARIABLES[name])


def _slot(_value: object, path: Where, _depth: int) -> Expression:
    raise Misconfigured("a slot stands in a condition", where=str(path), hint="slots belong in the scope")


def _chain(kind: type[And] | type[Or], operator: str) -> Callable[[object, Where, int], Expression]:
    def read(value: object, path: Where, depth: int) -> Expression:
        """However deep the chain is nested, it is one level of ours."""
        terms: list[Expression] = []
        waiting: list[object] = [{operator: value}]
        while waiting:
            term = waiting.pop()
            if isinstance(term, dict) and list(term) == [operator]:
                fields = read_object(term[operator], path, ("left", "right"), ("left", "right"))
                waiting += (fields["right"], fields["left"])
            else:
                terms.append(expression_from_json(term, nth(path, len(terms)), depth + 1))
        return joined(kind, terms)

    return read


def _attribute(value: object, path: Where, depth: int) -> Expression:
    fields = read_object(value, path, ("left", "attr"), ("left", "attr"))
    of = expression_from_json(fields["left"], below(path, "left"), depth + 1)
    return Attribute(of=of, name=read_string(fields["attr"], below(path, "attr")))


def _has(value: object, path: Where, depth: int) -> Expression:
    """``attr`` may be a list of names, each an attribute of the one before."""
    fields = read_object(value, path, ("left", "attr"), ("left", "attr"))
    written = fields["attr"] if isinstance(fields["attr"], list) else [fields["attr"]]
    names = [read_string(name, below(path, "attr")) for name in written]
    if not names:
        raise Misconfigured("the path has no attribute", where=str(below(path, "attr")))
    of = expression_from_json(fields["left"], below(path, "left"), depth + len(names))
    steps = []
    for name in names:
        steps.append(Has(of=of, name=name))
        of = Attribute(of=of, name=name)
    return joined(And, steps)


def _like(value: object, path: Where, depth: int) -> Expression:
    fields = read_object(value, path, ("left", "pattern"), ("left", "pattern"))
    parts = [""]
    for place, part in enumerate(read_list(fields["pattern"], below(path, "pattern"))):
        if part == "Wildcard":
            parts.append("")
        else:
            at = nth(below(path, "pattern"), place)
            parts[-1] += read_string(read_object(part, at, ("Literal",), ("Literal",))["Literal"], below(at, "Literal"))
    return Like(of=expression_from_json(fields["left"], below(path, "left"), depth + 1), parts=tuple(parts))


def _is(value: object, path: Where, depth: int) -> Expression:
    fields = read_object(value, path, ("left", "entity_type", "in"), ("left", "entity_type"))
    of = expression_from_json(fields["left"], below(path, "left"), depth + 1)
    kind = Is(of=of, type=read_type(fields["entity_type"], below(path, "entity_type")))
    if "in" not in fields:
        return kind
    return And(left=kind, right=In(left=of, right=expression_from_json(fields["in"], below(path, "in"), depth + 1)))


def _if(value: object, path: Where, depth: int) -> Expression:
    fields = read_object(value, path, ("if", "then", "else"), ("if", "then", "else"))
    read = {name: expression_from_json(fields[name], below(path, name), depth + 1) for name in ("if", "then", "else")}
    return IfThenElse(test=read["if"], then=read["then"], otherwise=read["else"])


def _record(value: object, path: Where, depth: int) -> Expression:
    fields = read_object(value, path).items()
    return RecordOf(
        fields=tuple((name, expression_from_json(field, below(path, name), depth + 1)) for name, field in fields)
    )


_READERS: Mapping[str, Callable[[object, Where, int], Expression]] = {
    "Value": value_from_json,
    "Var": _variable,
    "Slot": _slot,
    "&&": _chain(And, "&&"),
    "||": _chain(Or, "||"),
    ".": _attribute,
    "has": _has,
    "like": _like,
    "is": _is,
    "if-then-else": _if,
    "Set": lambda value, path, depth: SetOf(items=_all(value, path, depth)),
    "Record": _record,
}
_BINARY: Mapping[str, Callable[[Expression, Expression], Expression]] = {
    "==": lambda left, right: compared("==", left, right),
    "!=": lambda left, right: compared("!=", left, right),
    "in": lambda left, right: compared("in", left, right),
    "<": lambda left, right: compared("<", left, right),
    "<=": lambda left, right: compared("<=", left, right),
    ">": lambda left, right: compared(">", left, right),
    ">=": lambda left, right: compared(">=", left, right),
    "+": lambda left, right: Arithmetic(operator="+", left=left, right=right),
    "-": lambda left, right: Arithmetic(operator="-", left=left, right=right),
    "*": lambda left, right: Arithmetic(operator="*", left=left, right=right),
    "contains": lambda left, right: Contains(set=left, item=right),
    "containsAll": lambda left, right: ContainsAll(set=left, other=right),
    "containsAny": lambda left, right: ContainsAny(set=left, other=right),
    "hasTag": lambda left, right: HasTag(of=left, tag=right),
    "getTag": lambda left, right: GetTag(of=left, tag=right),
}
_UNARY: Mapping[str, Callable[[Expression], Expression]] = {
    "!": lambda of: Not(of=of),
    "neg": lambda of: Negate(of=of),
    "isEmpty": lambda of: IsEmpty(of=of),
}
