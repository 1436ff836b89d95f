"""Ringwall on FastAPI: ``guard = protect(app)``, marks, and a ``Caller`` that can be asked for as a parameter."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from fastapi.dependencies.utils import get_dependant
from fastapi.exception_handlers import (
    request_validation_exception_handler,
    websocket_request_validation_exception_handler,
)
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from starlette.requests import HTTPConnection

from ringwall import caller
from ringwall.marks import allow, public
from ringwall.on import starlette
from ringwall.on.answer import InvalidFields
from ringwall.on.fields import declared, field_errors
from ringwall.on.guard import Guard
from ringwall.on.scope import KEY

__all__ = ["Caller", "Guard", "allow", "protect", "public"]


async def _caller(connection: HTTPConnection) -> caller.Caller:
    return starlette.caller_of(connection)


Caller = Annotated[caller.Caller, Depends(_caller)]
"""Who calls: as a parameter of a handler or dependency it is injected, and as a type it serves rules."""


def protect(app: FastAPI, *, guard: Guard | None = None) -> Guard:
    """Close ``app``: see :func:`ringwall.on.starlette.protect`. Invalid fields are answered without an echo of them."""
    return starlette.close(app, guard or Guard.near(1), _adapt)


def _adapt(handlers: dict[Any, Any]) -> None:
    # An application's own handler stays; FastAPI's repeats in its answer what came in, passwords included.
    if handlers.get(RequestValidationError) is request_validation_exception_handler:
        handlers[RequestValidationError] = _invalid
    if handlers.get(WebSocketRequestValidationError) is websocket_request_validation_exception_handler:
        handlers[WebSocketRequestValidationError] = _invalid


def _invalid(connection: HTTPConnection, error: Any) -> Any:
    visit = connection.scope[KEY]
    known = _declared(connection.scope.get("endpoint"))
    visit.guard.refuse(visit, InvalidFields(field_errors(error.errors(), known)))


@lru_cache(maxsize=1024)
def _declared(endpoint: Any) -> frozenset[str]:
    """The names that a handler and its dependencies declare, however deep."""
    names: set[str] = set()
    pending = [get_dependant(path="/", call=endpoint)] if endpoint is not None else []
    while pending:
        dependant = pending.pop()
        pending += dependant.dependencies
        for field in (
            *(*dependant.path_params, *dependant.query_params, *dependant.header_params),
            *(*dependant.cookie_params, *dependant.body_params),
        ):
            names |= {field.name, field.alias, *declared(field.field_info.annotation)}
    return frozenset(names)
