"""What would change a no: the fewest conditions that, turned, make a permit hold or a forbid not hold."""

from __future__ import annotations

from typing import NamedTuple

from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.explanation.shown_values import core_of
from ringwall.policy.explanation.unfold import Leaf
from ringwall.policy.explanation.weigh import Weighed
from ringwall.policy.explanation.world import World
from ringwall.policy.expression import Attribute, Equal, Expression, In, Is, Literal, Variable
from ringwall.policy.objects.principal import roles_in
from ringwall.policy.objects.scalar import is_scalar

_MOST = 3  # alternatives that are kept at each step, so the search stays small
_PRINCIPAL = Variable(name="principal")


class Remedy(NamedTuple):
    """The fewest conditions to turn, and up to three ways to do it; no ways if nothing would help."""

    cost: int
    ways: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        return ", or ".join(" and ".join(way) for way in self.ways)


def remedy(weighed: Weighed, want: bool, world: World) -> Remedy:
    """How the weighed rule comes to ``want``."""
    if weighed.outcome is want:
        return _NOTHING
    if isinstance(weighed.node, Leaf):
        phrase = _phrase(weighed.node, want, world)
        return Remedy(1, ((phrase,),)) if phrase else _HOPELESS
    parts, join = weighed.parts, weighed.node.join
    if join in ("not", "unless"):
        return remedy(parts[0], not want, world)
    if join == "if":
        test, then, other = parts
        branches = (
            (remedy(test, True, world), remedy(then, want, world)),
            (remedy(test, False, world), remedy(other, want, world)),
        )
        return _least([_together(list(branch)) for branch in branches])
    each = [remedy(part, want, world) for part in parts]
    if (join == "all of") is want:
        return _together(each)
    # What stands after an error is not asked until that is gone.
    reached = next((number for number, part in enumerate(parts, 1) if part.outcome is None), len(parts))
    return _least(each[:reached])


_NOTHING, _HOPELESS = Remedy(0, ((),)), Remedy(1_000_000, ())


def _together(parts: list[Remedy]) -> Remedy:
    ways: list[tuple[str, ...]] = [()]
    for part in parts:
        ways = [(*way, *(phrase for phrase in more if phrase not in way)) for way in ways for more in part.ways][:_MOST]
    return Remedy(sum(part.cost for part in parts), tuple(ways))


def _least(choices: list[Remedy]) -> Remedy:
    cost = min(choice.cost for choice in choices)
    ways = [way for choice in choices if choice.cost == cost for way in choice.ways]
    return Remedy(cost, tuple(dict.fromkeys(ways))[:_MOST])


def _phrase(leaf: Leaf, want: bool, world: World) -> str:
    """What to do about one condition; empty where nothing can be done."""
    negated, core = core_of(leaf.expression)
    if isinstance(core, Literal) or _is_the_question(core):
        return ""
    if isinstance(core, In) and not negated and (roles := roles_in(core)):
        held = f"hold the role {roles[0]}" if len(roles) == 1 else f"hold one of the roles {', '.join(roles)}"
        return held if want else f"not {held}"
    if isinstance(core, Equal) and want and not negated:
        return _equal(leaf, core, world)
    return f"{'have' if want else 'not have'} {leaf.text}"


def _is_the_question(core: Expression) -> bool:
    """Whether a condition is about what was asked for, which can be asked otherwise but not be changed."""
    match core:
        case Equal(left=Variable(name=name), right=Literal()) | In(left=Variable(name=name)):
            return name in ("action", "resource")
        case Is(of=Variable()):
            return True
    return False


def _equal(leaf: Leaf, core: Equal, world: World) -> str:
    for mine, theirs in ((core.left, core.right), (core.right, core.left)):
        if mine == _PRINCIPAL and isinstance(theirs, Literal) and isinstance(theirs.value, EntityUid):
            return f"be {world.name(theirs.value)}"
        if isinstance(mine, Attribute) and mine.of == _PRINCIPAL:
            value = _scalar(leaf, theirs, world)
            if value is None:
                return ""  # nobody equals what is absent
            return f"be {value}" if mine.name == "id" else f"have {mine.name} {value}"
    return f"have {leaf.text}"


def _scalar(leaf: Leaf, expression: Expression, world: World) -> object:
    try:
        value = world.value(leaf, expression)
    except Exception:  # noqa: BLE001  a value that cannot be read helps nobody
        return None
    return value if is_scalar(value) else None
