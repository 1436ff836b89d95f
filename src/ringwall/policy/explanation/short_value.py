"""One value in few characters: as Python writes it beside a Python rule, as Cedar writes it beside a Cedar policy."""

from __future__ import annotations

from collections.abc import Iterable

from ringwall.policy.language.value_text import value_text
from ringwall.policy.objects.cedar_value import cedar_value
from ringwall.policy.objects.scalar import is_scalar
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.evaluation_error import EvaluationError

_LONGEST = 60


def short_value(value: object, *, in_python: bool = False) -> str:
    """At most 60 characters. Only Cedar's own values are shown: any other object's repr may hold what nobody should
    read. Raises ``SealedRead`` for a secret in Cedar.
    """
    text = _python(value) if in_python else _cedar(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


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
        return value_text(cedar_value(value))
    except EvaluationError:
        return f"({type(value).__name__})"
