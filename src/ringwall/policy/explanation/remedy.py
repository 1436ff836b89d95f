"""What would change a no: the fewest conditions that, turned, make a permit hold or a forbid not hold."""

from __future__ import annotations

from dataclasses import dataclass

from ringwall.caller import Caller
from ringwall.policy.explanation.shown_values import core_of, value_of
from ringwall.policy.explanation.unfold import Leaf, Weighed
from ringwall.policy.expression import Attribute, Equal, Expression, In, Literal, Variable
from ringwall.policy.objects.principal import roles_in
from ringwall.policy.objects.value import is_scalar

_MOST = 3  # alternatives that are kept at each step, so the search stays small
_PRINCIPAL = Variable(name="principal")


@dataclass(frozen=True, slots=True)
class Remedy:
    """The fewest conditions to turn, and up to three ways to do it; no ways if nothing would help."""

    cost: int
    ways: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        return ", or ".join(" and ".join(way) for way in self.ways if way)


def remedy(weighed: Weighed, want: bool, caller: Caller, resource: object) -> Remedy:
    """How the weighed rule comes to ``want``."""
    if weighed.outcome is want:
        return Remedy(0, ((),))
    if isinstance(weighed.node, Leaf):
        phrase = _phrase(weighed.node, want, caller, resource)
        return Remedy(1, ((phrase,),)) if phrase else _HOPELESS
    parts = [weighed.parts[0]] if weighed.node.join == "not" else list(weighed.parts)
    if weighed.node.join == "not":
        return remedy(parts[0], not want, caller, resource)
    if weighed.node.join == "if":
        test, then, other = parts
        branches = (
            (remedy(test, True, caller, resource), remedy(then, want, caller, resource)),
            (remedy(test, False, caller, resource), remedy(other, want, caller, resource)),
        )
        return _least([_together(list(branch)) for branch in branches])
    each = [remedy(part, want, caller, resource) for part in parts]
    needs_all = (weighed.node.join == "all of") is want
    return _together(each) if needs_all else _least(each)


_HOPELESS = Remedy(1_000_000, ())


def _together(parts: list[Remedy]) -> Remedy:
    ways: list[tuple[str, ...]] = [()]
    for part in parts:
        ways = [(*way, *(phrase for phrase in more if phrase not in way)) for way in ways for more in part.ways][:_MOST]
    return Remedy(sum(part.cost for part in parts), tuple(ways)) if ways else _HOPELESS


def _least(choices: list[Remedy]) -> Remedy:
    cost = min(choice.cost for choice in choices)
    ways = [way for choice in choices if choice.cost == cost for way in choice.ways]
    return Remedy(cost, tuple(dict.fromkeys(ways))[:_MOST])


def _phrase(leaf: Leaf, want: bool, caller: Caller, resource: object) -> str:
    """What to do about one condition; empty where nothing can be done."""
    negated, core = core_of(leaf.expression)
    if isinstance(core, Literal):
        return ""
    if isinstance(core, In) and not negated:
        return ("" if want else "not ") + _roles(core)
    if isinstance(core, Equal) and want and not negated:
        return _equal(leaf, core, caller, resource)
    return f"{'have' if want else 'not have'} {leaf.text}"


def _equal(leaf: Leaf, core: Equal, caller: Caller, resource: object) -> str:
    for mine, theirs in ((core.left, core.right), (core.right, core.left)):
        if isinstance(mine, Attribute) and mine.of == _PRINCIPAL:
            value = _scalar(theirs, caller, resource)
            if value is None:
                return ""  # nobody equals what is absent
            return f"be {value}" if mine.name == "id" else f"have {mine.name} {value}"
    return f"have {leaf.text}"


def _scalar(expression: Expression, caller: Caller, resource: object) -> object:
    try:
        value = value_of(expression, caller, resource)
    except Exception:  # noqa: BLE001  a value that cannot be read helps nobody
        return None
    return value if is_scalar(value) else None


def _roles(core: In) -> str:
    names = roles_in(core)
    return f"hold the role {names[0]}" if len(names) == 1 else f"hold one of the roles {', '.join(names)}"
