"""A plain, typed Python function becomes a rule. Its source is read and parsed; it is never evaluated as text."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from ringwall.errors import Misconfigured
from ringwall.policy.actions import action_scope
from ringwall.policy.expression import Literal
from ringwall.policy.objects.attribute_type import resolve
from ringwall.policy.policy import Clause, Effect, Policy
from ringwall.policy.rules.python_condition import PythonCondition
from ringwall.policy.rules.python_operand import RuleSource
from ringwall.policy.scope import ANYTHING, OfType
from ringwall.policy.source import Source


def python_rule(
    function: Callable[..., bool], *actions: str, effect: Effect = "permit", public: bool = False, name: str = ""
) -> Policy:
    """The rule that ``function`` is, for ``actions``.

    Its first parameter is the caller; a second one, if any, is the resource, and its annotation says of which type. Its
    body is a docstring, the rule's sentence, and one ``return`` of a condition (see ``PythonCondition``). Where the
    engine answers without an error, the function called with the same values gives the same answer; where it errs, the
    answer is no.

    Raises ``Misconfigured`` with file and line for anything else, with the expression and what to write instead.
    """
    definition, text, file, first = _source(function)
    where = f"{file}:{first + definition.lineno - 1}"
    if not actions:
        raise Misconfigured("a rule names the actions it is for", where=where, hint='@guard.rule("order:read")')
    caller, resource = _parameters(definition, where)
    annotation = inspect.get_annotations(function).get(resource) if resource else None
    resource_type, resource_class = _resource(annotation, function.__globals__, where) if resource else ("", None)
    sentence, returned = _body(definition, where)
    translation = PythonCondition(RuleSource(Source(file, text, first), caller, resource, resource_class))
    condition = translation.translate(returned)
    _check_current(function, definition, where)
    said = {"sentence": sentence or ast.unparse(returned), "where": where, **({"public": ""} if public else {})}
    return Policy(
        id=name or function.__name__,
        effect=effect,
        action=action_scope(actions),
        resource=OfType(resource_type) if resource_type else ANYTHING,
        clauses=() if condition == Literal(value=True) else (Clause("when", condition),),
        annotations=said,
        span=condition.span,
        requires=tuple(translation.requires),
        resource_class=resource_class,
        in_python=True,
    )


def _source(function: Callable[..., bool]) -> tuple[ast.FunctionDef, str, str, int]:
    """The parsed definition, its text, its file as a person names it, and the line of that file it begins on."""
    label = getattr(function, "__qualname__", repr(function))
    if not isinstance(function, FunctionType) or hasattr(function, "__wrapped__"):
        raise Misconfigured(
            f"{label} is not a plain function",
            hint="put the rule decorator directly on a def, and no other one below it",
        )
    try:
        lines, first = inspect.getsourcelines(function)
        text = textwrap.dedent("".join(lines))
        tree = ast.parse(text)
    except (OSError, SyntaxError) as error:
        raise Misconfigured(f"the source of {label} cannot be read", hint="define the rule in a file") from error
    file = _short(function.__code__.co_filename)
    match tree.body:
        case [ast.FunctionDef() as definition]:
            return definition, text, file, first
    raise Misconfigured(
        f"{label} is no plain def", where=f"{file}:{first}", hint="a rule is a def, not async or lambda"
    )


def _short(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else path.name


def _parameters(definition: ast.FunctionDef, where: str) -> tuple[str, str]:
    given = definition.args
    names = [argument.arg for argument in (*given.posonlyargs, *given.args)]
    if given.vararg or given.kwarg or given.kwonlyargs or given.defaults or len(names) not in (1, 2):
        raise Misconfigured(
            f"{definition.name} does not take (caller) or (caller, resource)",
            where=where,
            hint=f"def {definition.name}(caller: Caller, order: Order) -> bool",
        )
    return names[0], names[1] if len(names) == 2 else ""


def _resource(annotation: object, names: dict[str, Any], where: str) -> tuple[str, type | None]:
    found = resolve(annotation, names) if isinstance(annotation, str) else annotation
    if isinstance(found, type):
        return found.__name__, found
    if isinstance(found, str) and all(part.isidentifier() for part in found.split(".")):
        return found.rpartition(".")[2], None
    raise Misconfigured(
        "the resource has no class of its own" if annotation is not None else "the resource has no annotation",
        where=where,
        hint="annotate the second parameter with the class it is, for example order: Order",
    )


def _body(definition: ast.FunctionDef, where: str) -> tuple[str, ast.expr]:
    sentence = " ".join((ast.get_docstring(definition) or "").split())
    statements = definition.body[1:] if ast.get_docstring(definition) is not None else definition.body
    match statements:
        case [ast.Return(value=ast.expr() as returned)]:
            return sentence, returned
    raise Misconfigured(
        f"the body of {definition.name} is not one return",
        where=where,
        hint="a rule is a docstring and one `return` of a condition; write `a if c else b` for branches",
    )


def _check_current(function: Callable[..., bool], definition: ast.FunctionDef, where: str) -> None:
    """Refuse if the source that was read is not what runs: a file edited since its import, a rewritten function."""
    definition.decorator_list = []
    module = compile(ast.Module([definition], []), "<rule>", "exec", dont_inherit=True)
    read = next(constant for constant in module.co_consts if isinstance(constant, CodeType))
    runs = function.__code__
    first = 0 if ast.get_docstring(definition) is None else 1  # the docstring, whose indentation was taken away
    if (read.co_code, read.co_consts[first:], read.co_names) != (runs.co_code, runs.co_consts[first:], runs.co_names):
        raise Misconfigured(
            f"the source of {definition.name} is not the function that runs",
            where=where,
            hint="the file changed after it was imported, or a tool rewrote the function; start again",
        )
