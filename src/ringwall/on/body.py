"""``@body(NewOrder)``: the view gets a validated object, or the caller gets a 422 that repeats nothing."""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ringwall.errors import Invalid, Misconfigured
from ringwall.intake.json_text import is_json
from ringwall.on.answer import InvalidFields
from ringwall.on.fields import declared, field_errors

F = TypeVar("F", bound=Callable[..., Any])
Sent = Callable[[tuple[Any, ...]], tuple[str, bytes]]
"""Content type and bytes of the body of the request, given the positional arguments of its view."""


def handed_in(model: type[BaseModel], sent: Sent) -> Callable[[F], F]:
    """Read the JSON body of the request as ``model`` and hand it to the view's parameter of that type.

    Answers 415 for a body that is not JSON and 422 for one that is no ``model``.
    """
    known = declared(model)

    def put(view: Any) -> Any:
        name = _receiver(view, model)
        signature = inspect.signature(view)

        def read(args: tuple[Any, ...]) -> dict[str, BaseModel]:
            return {name: _read(model, known, *sent(args))}

        @functools.wraps(view)
        def taking(*args: Any, **kwargs: Any) -> Any:
            return view(*args, **kwargs, **read(args))

        @functools.wraps(view)
        async def awaiting(*args: Any, **kwargs: Any) -> Any:
            return await view(*args, **kwargs, **read(args))

        wrapper: Any = awaiting if inspect.iscoroutinefunction(view) else taking
        rest = [parameter for parameter in signature.parameters.values() if parameter.name != name]
        wrapper.__signature__ = signature.replace(parameters=rest)
        return wrapper

    return put


def _read(model: type[BaseModel], known: frozenset[str], content_type: str, data: bytes) -> BaseModel:
    if not is_json(content_type):
        raise Invalid("the body is to be application/json", status=415)
    try:
        # Depth, size and double keys were checked as the bytes came in.
        return model.model_validate(json.loads(data or b"null"))
    except ValidationError as error:
        raise InvalidFields(field_errors(error.errors(), known, place="body")) from None


def _receiver(view: Any, model: type[BaseModel]) -> str:
    parameters = inspect.signature(view).parameters
    typed = [name for name, parameter in parameters.items() if parameter.annotation in (model, model.__name__)]
    for names in (typed, [name for name in parameters if name not in ("self", "request")]):
        if len(names) == 1:
            return names[0]
    raise Misconfigured(
        f"it is not clear which parameter of {view.__qualname__} takes the body",
        hint=f"annotate it with {model.__name__}",
    )
