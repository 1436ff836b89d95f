"""The policies for one caller and one action as one function of a row: the list filter for what is in memory."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from ringwall.policy.evaluation import python_syntax as py
from ringwall.policy.objects.compiled import CALLED, promised
from ringwall.policy.objects.entry import Entry
from ringwall.policy.objects.known_writer import KnownWriter
from ringwall.policy.objects.question import Question
from ringwall.policy.objects.resource import asked


def specialised(
    entries: Iterable[Entry], question: Question, resource_class: type, otherwise: Callable[[Any], bool]
) -> Callable[[Any], bool]:
    """The function ``row -> bool`` that answers for each row of one class as the policies do, and never raises.

    ``entries`` speak of that caller, that action and that class; ``question.resource`` is not looked at. Where a permit
    errs it does not permit; where a forbid errs, the row is out. A row of another class goes to ``otherwise``.
    """
    constants: list[object] = []
    written = [(entry.permits, _condition(entry, question, constants)) for entry in entries]
    permits = [condition for is_permit, condition in written if is_permit and not _is(condition, False)]
    forbids = [condition for is_permit, condition in written if not is_permit and not _is(condition, False)]
    stranger = py.compare(py.member(py.name("resource"), "__class__"), ast.IsNot(), py.name("resource_class"))
    body = [py.when(stranger, py.returned(py.call("otherwise", py.name("resource"))))]
    body += [_attempt(condition, returns=False, or_error=False) for condition in forbids]
    body += [_attempt(condition, returns=True, or_error=None) for condition in permits]
    row = py.definition("allows", ["resource"], [*body, py.returned(py.constant(False))])
    names = [*(f"k{n}" for n in range(len(constants))), "principal", "action", "context", "resource_class", "otherwise"]
    made = py.defined(py.definition("made", names, [row, py.returned(py.name("allows"))]), CALLED)
    allows: Callable[[Any], bool] = made(
        *constants, question.caller, question.action, question.context, resource_class, otherwise
    )
    return allows


def _condition(entry: Entry, question: Question, constants: list[object]) -> ast.expr:
    whole = asked(entry.policy)
    if entry.sealed:
        return py.call("broken")
    if whole is None:
        return py.constant(True)
    return promised(KnownWriter(entry.policy, question, constants), whole, entry.policy.requires)


def _is(condition: ast.expr, value: bool) -> bool:
    return isinstance(condition, ast.Constant) and condition.value is value


def _attempt(condition: ast.expr, *, returns: bool, or_error: bool | None) -> ast.stmt:
    """Return where the condition is true, and perhaps where it errs; else go on."""
    answer = py.returned(py.constant(returns))
    if _is(condition, True):
        return answer
    return py.attempted(py.when(condition, answer), None if or_error is None else py.returned(py.constant(or_error)))
