"""The attribute of a sealed field: opens when it is read, holds the value until the object is saved when it is set."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from ringwall.errors import Misconfigured
from ringwall.known_values import MASK
from ringwall.on.django.sealed_cells import Cells
from ringwall.sealing import sealed


class Unsealed:
    """What an object holds between the assignment and ``save()``: ``plain``, the encoded value.

    Shown as ``•••``; not to be pickled or copied."""

    __slots__ = ("plain",)

    def __init__(self, plain: bytes) -> None:
        self.plain = plain

    def __repr__(self) -> str:
        return MASK

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("an object whose sealed attribute was just set is not pickled or copied; save it first")


class SealedAttribute(DeferredAttribute):
    """Django's own attribute, except that the object keeps the envelope, and reading opens it anew each time."""

    field: Any  # a Sealed

    def __init__(self, field: Any) -> None:
        super().__init__(field)
        self.cells = Cells(field)

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        held = instance.__dict__[name] if name in instance.__dict__ else super().__get__(instance, cls)
        if isinstance(held, Unsealed):
            return self.field.plaintext.decode(held.plain)
        if isinstance(held, sealed.Sealed):
            return self.field.plaintext.decode(self.cells.open(instance, held.envelope))
        return held

    def __set__(self, instance: models.Model, value: Any) -> None:
        vars(instance)[self.field.attname] = self._held(value)

    def _held(self, value: Any) -> Any:
        plaintext = self.field.plaintext
        if value is None or isinstance(value, sealed.Sealed | Unsealed):
            return value
        if not isinstance(value, plaintext.type) or isinstance(value, bool):
            raise Misconfigured(f"{self.field} takes {plaintext.name}, not {type(value).__name__}")
        try:
            return Unsealed(plaintext.encode(value))
        except UnicodeEncodeError:
            raise Misconfigured(f"{self.field} takes text that UTF-8 can say, not a lone surrogate") from None
        except ValueError as error:
            raise Misconfigured(f"{self.field}: {error}") from None
