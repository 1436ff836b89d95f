"""A condition as one Python function, made when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from ringwall.policy.entities.entities import Entities
from ringwall.policy.entities.entity import Entity
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.evaluation import operations as cedar
from ringwall.policy.evaluation import python_syntax as py
from ringwall.policy.evaluation.writer import Writer
from ringwall.policy.expression import Expression
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.functions import FUNCTIONS, call
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import equal

Condition: TypeAlias = Callable[[Entity, EntityUid, Entity, Record, Entities], bool]

_PARAMETERS = ("principal", "action", "resource", "context", "entities")

_CALLED: tuple[Callable[..., Any], ...] = (
    cedar.boolean,
    cedar.attribute,
    cedar.has,
    cedar.is_type,
    cedar.matches,
    cedar.less,
    cedar.less_or_equal,
    *cedar.OPERATIONS.values(),
    *cedar.OPERATIONS_ON_ENTITIES.values(),
    *cedar.ARITHMETIC.values(),
    equal,
    call,
    CedarSet,
    Record,
)

_NAMES: Mapping[str, object] = MappingProxyType(
    {"bool": bool, "int": int}
    | {called.__name__: called for called in _CALLED}
    | {name: function.apply for name, function in FUNCTIONS.items()}
)


def compiled(expression: Expression) -> Condition:
    """The function of a principal, an action, a resource, a context and all entities that answers like ``evaluate``.

    It raises ``EvaluationError`` or ``KeyError`` (an attribute that is absent) where Cedar errs.
    """
    writer = Writer()
    body = py.function(_PARAMETERS, writer.condition(expression))
    # The constants are parameters of an outer function, so that every condition shares one set of names.
    outer = py.made(py.function([f"k{n}" for n in range(len(writer.constants))], body), _NAMES)
    condition: Condition = outer(*writer.constants)
    return condition
