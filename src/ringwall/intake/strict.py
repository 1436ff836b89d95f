"""The base class for what comes in: nothing unknown, nothing coerced, everything bounded."""

from __future__ import annotations

from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic.fields import FieldInfo

from ringwall.intake.strict_schema import strict_schema
from ringwall.secret import Secret


class Strict(BaseModel):
    """A pydantic model that accepts exactly what it declares.

    Unknown fields are refused (no mass assignment), and no value becomes another type than JSON gave it; types that
    JSON lacks (dates, UUIDs, decimals, enums) are still read from their text. What a field leaves unbounded is bounded
    here: text to 10,000 characters, lists and objects to 1,000 members, whole numbers to 53 bits (I-JSON, RFC 7493),
    floats to finite ones. Text is brought to Unicode's NFC; control and bidirectional override characters are refused,
    and line breaks too unless the field's type is :data:`~ringwall.intake.text.Lines`. Constraints on a ``Secret[str]``
    field hold for the value inside. Errors never show what came in.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, allow_inf_nan=False, validate_default=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> Any:
        for field in cls.__pydantic_fields__.values():
            _push_into_secret(field)
        return strict_schema(handler(source), cls)


def _push_into_secret(field: FieldInfo) -> None:
    """Move the constraints of a field from the ``Secret`` to the value that it holds."""
    if field.metadata and (pushed := _with_inner(field.annotation, tuple(field.metadata))) is not None:
        field.annotation = pushed
        field.metadata = []


def _with_inner(annotation: Any, metadata: tuple[Any, ...]) -> Any:
    if get_origin(annotation) is Secret:
        inner = Annotated.__class_getitem__((*get_args(annotation), *metadata))  # type: ignore[attr-defined]
        return Secret.__class_getitem__(inner)  # type: ignore[attr-defined]
    members = get_args(annotation)
    if any(get_origin(member) is Secret for member in members) and type(None) in members:
        return Union[tuple(_with_inner(member, metadata) or member for member in members)]  # noqa: UP007
    return None
