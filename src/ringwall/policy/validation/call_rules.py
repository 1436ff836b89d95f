"""Types of the functions of extension types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringwall.policy.expression import Call, Literal
from ringwall.policy.schema.signatures import SIGNATURES
from ringwall.policy.validation.typed import Capabilities, Typed
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.functions import CONSTRUCTORS

if TYPE_CHECKING:
    from ringwall.policy.validation.checker import Checker


def type_of_call(checker: Checker, expression: Call, known: Capabilities) -> Typed:
    """As many arguments of the types that the function takes. A constructor takes a literal, which it can read."""
    name, arguments = expression.function, expression.arguments
    signature = SIGNATURES[name]
    if len(arguments) != len(signature.takes):
        message = f"`{name}` takes {len(signature.takes)} arguments, and {len(arguments)} came"
        checker.report(message, expression.span, "")
        return Typed(signature.gives)
    for argument, wanted in zip(arguments, signature.takes, strict=True):
        checker.expect(argument, wanted, known)
    if name in CONSTRUCTORS:
        _check_constructor(checker, expression)
    return Typed(signature.gives)


def _check_constructor(checker: Checker, expression: Call) -> None:
    match expression.arguments:
        case (Literal(value=str() as text),):
            try:
                CONSTRUCTORS[expression.function](text)
            except EvaluationError as error:
                checker.report(str(error), expression.span, "")
        case _:
            hint = "a value that is not known beforehand comes as an attribute of that type"
            checker.report(f"`{expression.function}` takes a literal string", expression.span, hint)
