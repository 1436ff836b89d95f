"""One value as text: as Python writes it beside a Python rule, as Cedar writes it beside a Cedar policy."""

from __future__ import annotations

from collections.abc import Iterable

from ringwall.policy.entity_uid import quoted
from ringwall.policy.objects.cedar_value import cedar_value
from ringwall.policy.objects.value import is_scalar
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.record import Record
from ringwall.policy.values.value import Value

_LONGEST = 60


def value_text(value: object, *, in_python: bool = False) -> str:
    """At most 60 characters. Only Cedar's own values are shown: any other object's repr may hold what nobody should
    read. Raises ``SealedRead`` for a secret in Cedar.
    """
    text = _python(value) if in_python else _cedar(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def cedar_literal(value: Value) -> str:
    """The whole value as Cedar writes it, members of sets in the order of their texts."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value)
        case CedarSet():
            return f"[{', '.join(sorted(map(cedar_literal, value)))}]"
        case Record():
            return f"{{{', '.join(f'{quoted(name)}: {cedar_literal(value[name])}' for name in sorted(value))}}}"
    return str(value)


def _python(value: object) -> str:
    if value is None or is_scalar(value):
        return repr(value)
    if isinstance(value, CedarSet) or value.__class__ in (tuple, list, set, frozenset):
        assert isinstance(value, Iterable)
        return f"({', '.join(sorted(map(_python, value)))})"
    return f"({type(value).__name__})"


def _cedar(value: object) -> str:
    if value is None:
        return "(absent)"
    try:
        return cedar_literal(cedar_value(value))
    except EvaluationError:
        return f"({type(value).__name__})"
