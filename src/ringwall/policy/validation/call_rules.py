"""Types of the functions of extension types."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ringwall.policy.expression import Call, Literal
from ringwall.policy.schema.types import BOOL, LONG, STRING, ExtensionType, Type
from ringwall.policy.validation.typed import Capabilities, Typed
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.functions import CONSTRUCTORS

if TYPE_CHECKING:
    from ringwall.policy.validation.checker import Checker

_IP, _DECIMAL = ExtensionType("ipaddr"), ExtensionType("decimal")
_DATETIME, _DURATION = ExtensionType("datetime"), ExtensionType("duration")


class Signature(NamedTuple):
    """What a function takes and what it gives."""

    takes: tuple[Type, ...]
    gives: Type


SIGNATURES: dict[str, Signature] = {
    "ip": Signature((STRING,), _IP),
    "decimal": Signature((STRING,), _DECIMAL),
    "datetime": Signature((STRING,), _DATETIME),
    "duration": Signature((STRING,), _DURATION),
    "isIpv4": Signature((_IP,), BOOL),
    "isIpv6": Signature((_IP,), BOOL),
    "isLoopback": Signature((_IP,), BOOL),
    "isMulticast": Signature((_IP,), BOOL),
    "isInRange": Signature((_IP, _IP), BOOL),
    "lessThan": Signature((_DECIMAL, _DECIMAL), BOOL),
    "lessThanOrEqual": Signature((_DECIMAL, _DECIMAL), BOOL),
    "greaterThan": Signature((_DECIMAL, _DECIMAL), BOOL),
    "greaterThanOrEqual": Signature((_DECIMAL, _DECIMAL), BOOL),
    "offset": Signature((_DATETIME, _DURATION), _DATETIME),
    "durationSince": Signature((_DATETIME, _DATETIME), _DURATION),
    "toDate": Signature((_DATETIME,), _DATETIME),
    "toTime": Signature((_DATETIME,), _DURATION),
    "toMilliseconds": Signature((_DURATION,), LONG),
    "toSeconds": Signature((_DURATION,), LONG),
    "toMinutes": Signature((_DURATION,), LONG),
    "toHours": Signature((_DURATION,), LONG),
    "toDays": Signature((_DURATION,), LONG),
}


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
