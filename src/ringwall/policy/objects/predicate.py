"""The Python back end: a condition compiled once into plain functions of a caller and a resource.

Entities are the Python objects themselves: ``principal`` is the Caller, ``principal.region`` one of its mapped claims,
``context.actor`` its actor, ``resource`` any object. ``None`` is an absent attribute. An exception while reading is an
error, like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any, Literal, TypeAlias

from ringwall.caller import Caller
from ringwall.errors import Misconfigured
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.expression import Attribute, Expression, In, SetOf, Variable
from ringwall.policy.expression import Literal as Constant
from ringwall.policy.objects import value as cedar
from ringwall.policy.objects.entity import read
from ringwall.policy.objects.principal import roles_in
from ringwall.policy.objects.resource import asked
from ringwall.policy.policy import Policy
from ringwall.policy.translation import Truth, translate, translate_policy

Predicate: TypeAlias = Callable[[Caller, Any], bool]

_FIELDS = ("id", "kind", "proof", "issuer")
_LONGEST_SOURCE = 50_000  # characters; each level of `or` inside `and` inside `or` doubles it


@dataclass(frozen=True, slots=True)
class Predicates:
    """``holds``: the condition is true without an error. ``fails``: it is false without one. Neither: it erred."""

    holds: Predicate
    fails: Predicate


def compile_policy(policy: Policy) -> Predicates | None:
    """Both predicates of a policy: its condition, and what its scope leaves to ask of the resource.

    ``None`` where there is nothing to ask. Raises ``Misconfigured`` for an expression that is not evaluated here.
    """
    writer = _Writer(policy)
    truth = translate_policy(asked(policy), policy.requires, writer)
    if truth is None:
        return None
    return Predicates(writer.function(truth.true), writer.function(truth.false))


def compile_expression(expression: Expression, policy: Policy, requires: tuple[Expression, ...] = ()) -> Predicates:
    """The same for one expression of a policy, for an explanation."""
    writer = _Writer(policy)
    truth = translate_policy(expression, requires, writer) or translate(expression, writer)
    return Predicates(writer.function(truth.true), writer.function(truth.false))


@dataclass(frozen=True, slots=True)
class _Code:
    """Python source of a value. ``kind``: what it surely is; ``text`` is a string that was proven to be one."""

    source: str
    kind: Literal["text", "constant", "set", "caller", "context", "actor", "resource", "any"] = "any"


class _Writer:
    """Writes the source. From a policy it takes only attribute names, checked to be identifiers; values are bound."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._names: dict[str, object] = {
            "same": cedar.same,
            "differ": cedar.differ,
            "below": cedar.below,
            "not_above": cedar.not_above,
            "holds": cedar.holds,
            "lacks": cedar.lacks,
            "read": read,
            "str": str,
            "__builtins__": {},
        }

    def function(self, source: str) -> Predicate:
        # Our own generated source, closed over our own names: see the class.
        # ringwall: allow eval-of-input until=2027-12-31 because the source is generated here, from a parsed policy
        made: Predicate = eval(f"lambda p, r: {source}", self._names)  # noqa: S307
        return made

    def both(self, left: str, right: str) -> str:
        return self._joined(left, "and", right)

    def either(self, left: str, right: str) -> str:
        return self._joined(left, "or", right)

    def _joined(self, left: str, word: str, right: str) -> str:
        if len(left) + len(right) > _LONGEST_SOURCE:
            raise Misconfigured(
                f"rule {self._policy.id} alternates `and` and `or` too deeply",
                where=self._policy.where,
                hint="split it: each permit is a rule of its own",
            )
        return f"({left} {word} {right})"

    def value(self, expression: Expression) -> _Code:
        match expression:
            case Constant(value=EntityUid()):
                raise self._unsupported(expression)
            case Constant():
                kind: Literal["text", "constant"] = "text" if isinstance(expression.value, str) else "constant"
                return _Code(self._bind(expression.value), kind)
            case SetOf() if all(isinstance(item, Constant) for item in expression.items):
                members = [item.value for item in expression.items if isinstance(item, Constant)]
                return _Code(self._bind(frozenset(members) if _all_text(members) else tuple(members)), "set")
            case Variable(name="principal"):
                return _Code("p", "caller")
            case Variable(name="resource"):
                return _Code("r", "resource")
            case Variable(name="context"):
                return _Code("", "context")
            case Attribute():
                return self._read(self.value(expression.of), expression.name)
        raise self._unsupported(expression)

    def truth(self, value: _Code) -> Truth[str]:
        return Truth(f"({value.source} is True)", f"({value.source} is False)")

    def equal(self, left: _Code, right: _Code) -> Truth[str]:
        if left.kind == "text" and right.kind == "text":
            return Truth(f"({left.source} == {right.source})", f"({left.source} != {right.source})", total=True)
        if left.kind == "text":
            left, right = right, left
        if right.kind == "text":
            # Most rules compare an attribute with a string: asked in place, without a call.
            is_text = f"(t := {left.source}).__class__ is str"
            return Truth(
                f"({is_text} and t == {right.source})",
                f"(t != {right.source} if {is_text} else differ(t, {right.source}))",
            )
        return Truth(f"same({left.source}, {right.source})", f"differ({left.source}, {right.source})")

    def less(self, left: _Code, right: _Code, or_equal: bool) -> Truth[str]:
        forward, backward = f"({left.source}, {right.source})", f"({right.source}, {left.source})"
        return (
            Truth("not_above" + forward, "below" + backward)
            if or_equal
            else Truth("below" + forward, "not_above" + backward)
        )

    def contains(self, among: _Code, item: _Code) -> Truth[str]:
        if among.kind == "set" and isinstance(self._names[among.source], frozenset):
            is_text = f"(t := {item.source}).__class__ is str"
            whole = f"({self._bind(tuple(self._names[among.source]))}, t)"  # type: ignore[arg-type]
            return Truth(
                f"({is_text} and t in {among.source})", f"(t not in {among.source} if {is_text} else lacks{whole})"
            )
        return Truth(f"holds({among.source}, {item.source})", f"lacks({among.source}, {item.source})")

    def has(self, owner: _Code, name: str) -> Truth[str]:
        source = self._read(owner, name).source
        return Truth(f"({source} is not None)", f"({source} is None)", total=True)

    def within(self, expression: In) -> Truth[str]:
        names = roles_in(expression)
        if not names:
            raise self._unsupported(expression)
        if len(names) == 1:
            role = self._bind(names[0])
            return Truth(f"({role} in p.roles)", f"({role} not in p.roles)", total=True)
        apart = f"{self._bind(frozenset(names))}.isdisjoint(p.roles)"
        return Truth(f"(not {apart})", apart, total=True)

    def _read(self, owner: _Code, name: str) -> _Code:
        if not name.isidentifier() or name.startswith("_") or iskeyword(name):
            raise Misconfigured(
                f"rule {self._policy.id} reads {name!r}", where=self._policy.where, hint="no such attribute"
            )
        if owner.kind == "context" and name == "actor":
            return _Code("p.actor", "actor")
        if owner.kind in ("caller", "actor") and name in _FIELDS:
            return _Code(f"{owner.source}.{name}", "text")
        if owner.kind == "caller":
            return _Code(f"p.attributes.get({name!r})")
        if owner.kind == "resource":
            return _Code(f"r.{name}")  # the engine has looked at the resource's class: see Engine._entry
        return _Code(f"read({owner.source}, {name!r})")

    def _bind(self, value: object) -> str:
        name = f"k{len(self._names)}"
        self._names[name] = value
        return name

    def _unsupported(self, expression: Expression) -> Misconfigured:
        where = str(expression.span) or self._policy.where
        text = expression.span.text or type(expression).__name__
        return Misconfigured(f"rule {self._policy.id}: `{text}` is not evaluated here", where=where)


def _all_text(members: list[Any]) -> bool:
    return all(isinstance(member, str) for member in members)
