"""A field of a Django model, known by its shape; Django is never imported."""

from __future__ import annotations

from typing import Any, Literal

Kind = Literal["string", "long", "bool", "other"]

_KINDS: dict[str, Kind] = {
    "CharField": "string",
    "TextField": "string",
    "SlugField": "string",
    "BooleanField": "bool",
    "AutoField": "long",
    "BigAutoField": "long",
    "SmallAutoField": "long",
    "IntegerField": "long",
    "BigIntegerField": "long",
    "SmallIntegerField": "long",
    "PositiveIntegerField": "long",
    "PositiveBigIntegerField": "long",
    "PositiveSmallIntegerField": "long",
}


def field_of(owner: type, name: str) -> Any:
    """The field that a Django model keeps in its own table under this attribute, or ``None``: ``customer`` and
    ``customer_id`` are both the reference to a customer."""
    for field in getattr(getattr(owner, "_meta", None), "local_concrete_fields", ()):
        if name in (field.name, field.attname) or (name == "pk" and field.primary_key):
            return field
    return None


def kind_of_field(field: Any) -> Kind:
    """The Cedar type of the field's values; those of a reference are the keys that it refers to."""
    if field.remote_field is None:
        return _KINDS.get(field.get_internal_type(), "other")
    # The model may be a name in quotes until it is defined.
    return kind_of_field(field.target_field) if isinstance(field.related_model, type) else "other"


def field_names(owner: type) -> list[str]:
    """The names of a Django model's own fields; none for another class."""
    return [field.name for field in getattr(getattr(owner, "_meta", None), "local_concrete_fields", ())]
