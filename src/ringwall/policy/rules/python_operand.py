"""The values that a Python rule compares: attributes of the caller and of the resource, and constants."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from difflib import get_close_matches

from ringwall.errors import Misconfigured
from ringwall.policy.expression import Attribute, Expression, Has, Literal, Variable
from ringwall.policy.objects.attribute_type import Kind, attribute_type, known_names
from ringwall.policy.source import Source, Span

_PRINCIPAL, _RESOURCE, _CONTEXT = Variable(name="principal"), Variable(name="resource"), Variable(name="context")
_CALLER_TEXTS = ("id", "kind", "proof", "issuer")
_CALLER_HINTS = {
    "roles": 'caller.has_role("…")',
    "name": "caller.id; the name is for display",
    "attributes": "caller.region, for a claim that [claims] maps",
    "has_role": 'caller.has_role("…")',
    "session": "a claim that [claims] maps",
    "expires": "nothing: an expired caller never gets here",
}

Present = frozenset[str]  # the paths that are surely not None where an expression is asked


@dataclass(frozen=True, slots=True)
class Operand:
    """A value in a comparison. ``path`` names it (``caller.region``); a constant has none.

    ``has`` asks for its presence; ``absent`` says that it may be None here; ``declared``, that its class
    says it never is. ``target`` is the class of a reference.
    """

    expression: Expression
    kind: Kind
    path: str = ""
    has: Has | None = None
    absent: bool = False
    declared: bool = False
    target: type | None = None
    python: str = ""


@dataclass(frozen=True, slots=True)
class RuleSource:
    """The source of one rule, and the names of its parameters."""

    source: Source
    caller: str
    resource: str
    resource_class: type | None

    def scalar(self, node: ast.expr, present: Present) -> Operand:
        """An operand that can be compared: a string, an int, a bool, or what may turn out to be one."""
        operand = self.operand(node, present)
        if operand.kind == "entity":
            raise self.refused(node, "is a whole object", "compare its id")
        if operand.kind in ("set", "other"):
            raise self.refused(
                node, f"is a {operand.python or 'set'}", "rules compare strings, ints and bools, and ask `in` of sets"
            )
        return operand

    def operand(self, node: ast.expr, present: Present) -> Operand:
        """Any operand. Raises ``Misconfigured`` for what is none."""
        match node:
            case ast.Constant(value=None):
                raise self.refused(node, "compares with None by value", "write `is None` or `is not None`")
            case ast.Constant(value=bool() | int() | str() as value):
                return self._constant(node, value)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)) if not isinstance(value, bool):
                return self._constant(node, -value)
            case ast.Attribute():
                return self._attribute(node, present)
            case ast.Name(id=name) if name in (self.caller, self.resource):
                raise self.refused(node, "is a whole object", f"compare an attribute of it, for example {name}.id")
            case ast.Name():
                raise self.refused(node, "is a name from outside the rule", "write the value itself")
        raise self.refused(node, "is not part of the rule language", "docs/policy.md says what a rule may be made of")

    def span(self, node: ast.expr) -> Span:
        """Where ``node`` was written, with its text on one line."""
        start, end = self._place(node.lineno, node.col_offset), self._place(node.end_lineno, node.end_col_offset)
        return Span(self.source, start, end, self._shown(node))

    def refused(self, node: ast.expr, why: str, hint: str) -> Misconfigured:
        """The error to raise: this expression, at this line, for this reason, and what to write instead."""
        span = self.span(node)
        text = span.text if len(span.text) <= 100 else span.text[:99] + "…"
        return Misconfigured(f"`{text}` {why}", hint=hint, where=str(span))

    def _place(self, line: int | None, column: int | None) -> int:
        """A position of Python's parser, whose columns are bytes, as an index into the text."""
        before = self.source.text.splitlines(keepends=True)
        assert line is not None
        return sum(map(len, before[: line - 1])) + len(before[line - 1].encode()[:column].decode())

    def _shown(self, node: ast.expr) -> str:
        written = ast.get_source_segment(self.source.text, node) or ""
        return "" if written and "\n" not in written else ast.unparse(node)

    def _constant(self, node: ast.expr, value: bool | int | str) -> Operand:
        kind: Kind = "bool" if isinstance(value, bool) else "long" if isinstance(value, int) else "string"
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise self.refused(node, "does not fit into 64 bits", "write a smaller number")
        return Operand(Literal(value=value, span=self.span(node)), kind)

    def _attribute(self, node: ast.Attribute, present: Present) -> Operand:
        name = node.attr
        if name.startswith("_"):
            raise self.refused(node, "is private", "read an attribute without a leading underscore")
        if isinstance(node.value, ast.Name) and node.value.id == self.caller:
            return self._of_caller(node, present)
        if isinstance(node.value, ast.Name) and node.value.id == self.resource:
            return self._of_class(node, _RESOURCE, self.resource_class, f"{self.resource}.{name}", present)
        if not isinstance(node.value, ast.Attribute):
            raise self.refused(node, "does not start at the caller or the resource", "write the value itself")
        owner = self._attribute(node.value, present)
        path = f"{owner.path}.{name}"
        if owner.absent:
            raise self.refused(
                node, f"fails where {owner.path} is None", f"write `{owner.path} is not None and …` before it"
            )
        if owner.path == f"{self.caller}.actor":
            if name not in ("id", "kind"):
                raise self.refused(node, "is not known of an actor", f"read {owner.path}.id or {owner.path}.kind")
            return Operand(self._get(node, owner.expression), "string", path)
        if owner.kind not in ("entity", "unknown"):
            raise self.refused(
                node, f"reads inside a {owner.python or owner.kind}", "only objects have attributes that a rule reads"
            )
        return self._of_class(node, owner.expression, owner.target, path, present)

    def _of_caller(self, node: ast.Attribute, present: Present) -> Operand:
        path, name = f"{self.caller}.{node.attr}", node.attr
        if name in _CALLER_TEXTS:
            return Operand(self._get(node, _PRINCIPAL), "string", path)
        if name in _CALLER_HINTS:
            raise self.refused(node, "is not for rules", f"write {_CALLER_HINTS[name]}")
        absent = path not in present
        if name == "actor":
            return Operand(self._get(node, _CONTEXT), "entity", path, self._has(node, _CONTEXT), absent)
        return Operand(self._get(node, _PRINCIPAL), "unknown", path, self._has(node, _PRINCIPAL), absent)

    def _of_class(
        self, node: ast.Attribute, of: Expression, owner: type | None, path: str, present: Present
    ) -> Operand:
        known = attribute_type(owner, node.attr)
        if known is None:
            assert owner is not None
            near = get_close_matches(node.attr, known_names(owner), 1)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(known_names(owner))}"
            raise self.refused(node, f"does not exist: {owner.__name__} has no {node.attr}", hint)
        if known.sealed:
            raise self.refused(node, "is sealed or secret", "no rule may read it; decide by another attribute")
        absent = known.optional and path not in present
        return Operand(
            expression=self._get(node, of),
            kind=known.kind,
            path=path,
            has=self._has(node, of),
            absent=absent,
            declared=not known.optional,
            target=known.target,
            python=known.python,
        )

    def _get(self, node: ast.Attribute, of: Expression) -> Expression:
        return Attribute(of=of, name=node.attr, span=self.span(node))

    def _has(self, node: ast.Attribute, of: Expression) -> Has:
        return Has(of=of, name=node.attr, span=self.span(node))
