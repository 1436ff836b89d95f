"""``Secret[str]`` as a pydantic field: checked as the value that it holds, kept as a ``Secret``."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema as schemas

from ringwall.secret import Secret


def core_schema(_kind: type[Secret[Any]], source: Any, handler: GetCoreSchemaHandler) -> Any:
    """The schema of one ``Secret[T]`` field. It takes a ``T`` or a ``Secret``, and is never written into JSON."""
    inner = (get_args(source) or (Any,))[0]
    return schemas.no_info_wrap_validator_function(
        _wrap,
        handler.generate_schema(inner),
        serialization=schemas.plain_serializer_function_ser_schema(_dump, info_arg=True),
    )


def _wrap(value: Any, check: Any) -> Secret[Any]:
    return Secret(check(value.reveal() if isinstance(value, Secret) else value))


def _dump(value: Any, info: Any) -> Any:
    if info.mode == "json":
        raise TypeError("a secret is never written into JSON; call reveal() where the value is needed")
    return value
