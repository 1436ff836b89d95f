"""Pydantic's errors as fields of a problem document: where and what, and never anything that came in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel

from ringwall.intake.problem import FieldError, pointer

MOST = 50
"""How many fields one answer names."""

# The texts of these kinds are fixed by pydantic, or hold limits that the program declared. Any other kind may hold what
# came in (a validator's own ValueError does), so its text is not used.
_TELLING = frozenset(
    [
        *("missing", "extra_forbidden", "string_type", "string_too_short", "string_too_long"),
        *("string_pattern_mismatch", "int_type", "int_from_float", "float_type", "finite_number", "bool_type"),
        *("bool_parsing", "int_parsing", "float_parsing", "list_type", "dict_type", "too_short", "too_long"),
        *("greater_than", "greater_than_equal", "less_than", "less_than_equal", "multiple_of", "enum"),
        *("literal_error", "date_type", "datetime_type", "uuid_type", "none_required", "bytes_type"),
    ]
)
_UNKNOWN = "*"


def field_errors(
    errors: Iterable[Mapping[str, Any]], known: Collection[str], *, place: str = ""
) -> tuple[FieldError, ...]:
    """One entry for each error, at most :data:`MOST`.

    ``known`` are the names that the program declared; any other name on the way to a field came in with the request and
    is shown as ``*``. ``place`` says where the fields were; without one, each location begins with it.
    """
    found = []
    for error in errors:
        where, path = (place, tuple(error["loc"])) if place else (str(error["loc"][0]), tuple(error["loc"][1:]))
        shown = tuple(part if isinstance(part, int) or part in known else _UNKNOWN for part in path)
        # The parser says at which byte it stopped; that is no field.
        shown = () if error["type"] == "json_invalid" else shown
        text = error["msg"] if error["type"] in _TELLING else "this value cannot be accepted"
        found.append(FieldError(where, pointer(shown), text[:1].lower() + text[1:]))
        if len(found) == MOST:
            break
    return tuple(found)


def declared(*annotations: Any) -> frozenset[str]:
    """Every field name and alias in these types and in the models inside them."""
    return frozenset(_names(annotations, set()))


def _names(annotations: Iterable[Any], seen: set[Any]) -> Iterator[str]:
    for annotation in annotations:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            if annotation not in seen:
                seen.add(annotation)
                for name, field in annotation.model_fields.items():
                    yield from (
                        name,
                        *(text for text in (field.alias, field.validation_alias) if isinstance(text, str)),
                    )
                    yield from _names((field.annotation,), seen)
        else:
            yield from _names(get_args(annotation), seen)
