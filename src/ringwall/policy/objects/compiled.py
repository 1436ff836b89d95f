"""A condition as one Python function of a caller, an action, a resource and a context, made when it is first needed."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, TypeAlias

from ringwall.caller import Caller
from ringwall.policy.evaluation import python_syntax as py
from ringwall.policy.expression import Expression
from ringwall.policy.objects.context import Context
from ringwall.policy.objects.operations import OPERATIONS
from ringwall.policy.objects.writer import PARAMETERS, ObjectWriter
from ringwall.policy.policy import Policy
from ringwall.policy.values.evaluation_error import EvaluationError

Condition: TypeAlias = Callable[[Caller, str, Any, Context], bool]
Reading: TypeAlias = Callable[[Caller, str, Any, Context], Any]


def compiled(expression: Expression, policy: Policy, requires: Sequence[Expression] = ()) -> Condition:
    """One condition of a policy. Where something that it requires is not true, it errs.

    The function answers, or raises: whatever is raised is an error of the policy.
    """
    writer = ObjectWriter(in_python=policy.in_python)
    made: Condition = _made(promised(writer, expression, requires), writer)
    return made


def reading(expression: Expression, policy: Policy) -> Reading:
    """The expression as Python's own object, ``None`` where it is absent; for an explanation."""
    writer = ObjectWriter(in_python=policy.in_python)
    made: Reading = _made(writer.raw(expression), writer)
    return made


def promised(writer: ObjectWriter, expression: Expression, requires: Sequence[Expression]) -> ast.expr:
    """The condition, behind what its policy requires."""
    condition = writer.condition(expression)
    terms = [writer.condition(required) for required in dict.fromkeys(requires)]
    if not terms:
        return condition
    return py.choice(py.joined(ast.And(), terms) if len(terms) > 1 else terms[0], condition, py.call("broken"))


def _made(body: ast.expr, writer: ObjectWriter) -> Any:
    function = py.function(PARAMETERS, body)
    # The constants are parameters of an outer function, so that every condition shares one set of names.
    outer = py.made(py.function([f"k{n}" for n in range(len(writer.constants))], function), CALLED)
    return outer(*writer.constants)


def broken() -> NoReturn:
    """An attribute that its class says is never None, is."""
    raise EvaluationError("an attribute is absent that never is")


CALLED: Mapping[str, object] = {**OPERATIONS, "broken": broken}
"""What generated code calls, by name."""
