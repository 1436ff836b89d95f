"""Cedar's operators on Python objects. An object is an entity; ``None`` is an absent attribute.

Each raises ``EvaluationError`` where Cedar errs, and lets through what reading raises. Where Python and Cedar would
differ about ``True`` and ``1``, neither is answered: it is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ringwall.caller import Caller
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation import operations as cedar
from ringwall.policy.objects.cedar_value import cedar_value, is_entity
from ringwall.policy.objects.context import NAMES, Context, in_context
from ringwall.policy.objects.entity import entity_uid, read
from ringwall.policy.objects.hierarchy import is_below, tags_of
from ringwall.policy.objects.principal import FIELDS
from ringwall.policy.objects.scalar import is_scalar
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.functions import FUNCTIONS, call
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import expect, kind_of


def attribute(of: Any, name: str) -> Any:
    """``of.name`` as Python holds it, ``None`` where it is absent. Raises ``AttributeError`` for an object without."""
    if isinstance(of, Caller):
        return getattr(of, name) if name in FIELDS else of.attributes.get(name)
    if isinstance(of, Mapping):  # a Record too
        return of.get(name)
    if isinstance(of, EntityUid):
        return None  # an entity of which nothing but its name is known
    if is_entity(of):
        return read(of, name)
    raise EvaluationError(f"{kind_of(of)} has no attributes")


def record_of(fields: dict[str, Any]) -> dict[str, Any]:
    """A record of these values, as Python holds them. An error where one is none."""
    for value in fields.values():
        cedar_value(value)
    return fields


def has(of: Any, name: str) -> bool:
    """``of has name``; false for an object whose class knows no such attribute."""
    try:
        return attribute(of, name) is not None
    except AttributeError:
        return _never_had(of, name)


def resource_has(resource: object, name: str) -> bool:
    """The same of the resource itself, whose class was looked at before. An error where there is none."""
    if resource is None:
        raise EvaluationError("there is no resource, only its type")
    found = getattr(resource, name, _NOT_THERE)
    return _never_had(resource, name) if found is _NOT_THERE else found is not None


def has_as_python(of: Any, name: str) -> bool:
    """``of.name is not None``, an error for an object without that attribute, as in Python."""
    return attribute(of, name) is not None


def whole_context(caller: Caller, context: Context) -> Record:
    """``context`` as a value."""
    each = {name: in_context(name, caller, context) for name in NAMES}
    return Record({name: cedar_value(value) for name, value in each.items() if value is not None})


def equal(left: object, right: object) -> bool:
    """``left == right``."""
    if left.__class__ is right.__class__ is str:
        return left == right
    a, b = cedar_value(left), cedar_value(right)
    if a.__class__ is b.__class__:
        return a == b
    if a.__class__ in _NUMBERS and b.__class__ in _NUMBERS:
        raise EvaluationError("a bool is compared with a number")
    return False


def equal_as_python(left: object, right: object) -> bool:
    """``left == right`` where both are strings, ints or bools: of anything else, Python has its own idea."""
    if is_scalar(left) and is_scalar(right):
        return equal(left, right)
    raise EvaluationError(f"a {type(left).__name__} is compared with a {type(right).__name__}")


def contains(among: object, item: object) -> bool:
    """``among.contains(item)``."""
    values, value = expect(CedarSet, cedar_value(among)), cedar_value(item)
    _must_not_mix(values, CedarSet((value,)))
    return value in values


def contains_as_python(among: object, item: object) -> bool:
    """``item in among`` where the item and all members are strings, ints or bools."""
    members = tuple(among) if isinstance(among, _SETS) else ()
    if is_scalar(item) and all(map(is_scalar, members)):
        return contains(among, item)
    raise EvaluationError(f"a {type(item).__name__} is looked for")


def contains_all(among: object, other: object) -> bool:
    """``among.containsAll(other)``."""
    a, b = _two_sets(among, other)
    return a.covers(b)


def contains_any(among: object, other: object) -> bool:
    """``among.containsAny(other)``."""
    a, b = _two_sets(among, other)
    return a.meets(b)


def is_type(of: object, type_: str) -> bool:
    """``of is type``; an object need have no key to be of a type."""
    if is_entity(of) and not isinstance(of, Caller):
        return of.__class__.__name__ == type_
    return cedar.is_type(cedar_value(of), type_)


def within(left: object, right: object) -> bool:
    """``left in right``, an entity or a set of them. Every member of the set must be an entity."""
    expect(EntityUid, cedar_value(left))
    places = cedar_value(right)
    if isinstance(places, CedarSet):
        return is_below(left, [expect(EntityUid, place) for place in places])
    return is_below(left, (expect(EntityUid, places),))


def has_tag(of: object, tag: object) -> bool:
    """``of.hasTag(tag)``."""
    entity_uid(of)
    return tags_of(of).get(expect(str, cedar_value(tag))) is not None


def get_tag(of: object, tag: object) -> Any:
    """``of.getTag(tag)``. An error where there is none."""
    name = expect(str, cedar_value(tag))
    entity_uid(of)
    found = tags_of(of).get(name)
    if found is None:
        raise EvaluationError(f"there is no tag {name}")
    return found


_NOT_THERE = object()
_NUMBERS = (bool, int)
_SETS = (list, tuple, set, frozenset, CedarSet)


def _never_had(of: object, name: str) -> bool:
    """False, unless the class does know the attribute: then it was reading it that failed, and nobody knows."""
    if hasattr(of.__class__, name):
        raise EvaluationError(f"the attribute {name} could not be read")
    return False


def _two_sets(among: object, other: object) -> tuple[CedarSet, CedarSet]:
    a, b = expect(CedarSet, cedar_value(among)), expect(CedarSet, cedar_value(other))
    _must_not_mix(a, b)
    return a, b


def _must_not_mix(a: CedarSet, b: CedarSet) -> None:
    mine, theirs = ({member.__class__ for member in values}.intersection(_NUMBERS) for values in (a, b))
    if mine and theirs and len(mine | theirs) > 1:
        raise EvaluationError("a bool is compared with a number")


_CALLED: tuple[Callable[..., Any], ...] = (
    *(
        attribute,
        record_of,
        has,
        resource_has,
        whole_context,
        in_context,
        cedar_value,
        equal,
        contains,
        contains_all,
        contains_any,
    ),
    *(has_as_python, equal_as_python, contains_as_python, Exception),
    *(is_type, within, has_tag, get_tag, call, CedarSet, Record, EntityUid, str, bool, int),
    *(cedar.boolean, cedar.matches, cedar.less, cedar.less_or_equal, cedar.is_empty, cedar.negate),
    *cedar.ARITHMETIC.values(),
)

OPERATIONS: Mapping[str, object] = {
    **{called.__name__: called for called in _CALLED},
    **{name: function.apply for name, function in FUNCTIONS.items()},
}
"""What the code of a condition calls, by name. A Python rule calls ``…_as_python``: only what Python answers alike."""
