"""``card = Sealed()``: a field that is encrypted at rest and bound to its row."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any, NoReturn

from django.db import models, router, transaction

from ringwall.errors import Misconfigured
from ringwall.on.django.sealed_attribute import SealedAttribute, Unsealed
from ringwall.on.django.sealed_cells import ROW_KEY, Cells, identity_of
from ringwall.sealing import sealed
from ringwall.sealing.place import ROW_KEY_BYTES
from ringwall.sealing.plaintext import PLAINTEXTS

if TYPE_CHECKING:
    BinaryField = models.BinaryField[Any, Any]
else:
    BinaryField = models.BinaryField

PLACEHOLDER = b"\x00"
"""What stands in a cell between its ``INSERT`` and the ``UPDATE`` that seals it. No envelope has version 0."""

_SAVING = "ringwall_saving"


class Sealed(BinaryField):
    """A sealed field: AES-256-GCM, bound to application, table, column, primary key and a random row key.

    ``kind`` is ``str``, ``bytes`` or ``int``. The attribute of an object reads and takes that type; it is opened when
    it is read, and sealed when the object is saved. Below that nothing opens or seals: ``values()`` gives an unopened
    :class:`ringwall.sealing.sealed.Sealed`; ``update()``, ``bulk_update()`` and every lookup but ``isnull`` raise
    ``Misconfigured``, and so does ``bulk_create()`` of rows whose key the database assigns.

    A cell that was changed or moved raises :class:`ringwall.errors.Tampered` when it is read. A table gets one more
    column, ``ringwall_row_key``. To migrations both are plain ``BinaryField``.
    """

    descriptor_class = SealedAttribute

    def __init__(self, kind: type[str] | type[bytes] | type[int] = str, **options: Any) -> None:
        if kind not in PLAINTEXTS:
            raise Misconfigured(f"a sealed field cannot hold {kind.__name__}", hint="Sealed(str), (bytes) or (int)")
        if any(options.get(name) for name in ("primary_key", "unique", "db_index")) or "db_default" in options:
            raise Misconfigured(
                "a sealed field cannot be a key, unique, indexed or filled by the database",
                hint="its ciphertext is different each time; put such a constraint on another column",
            )
        self.plaintext = PLAINTEXTS[kind]
        super().__init__(**options)

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        if cls._meta.abstract:
            return
        if ROW_KEY not in {field.name for field in cls._meta.local_fields}:
            models.BinaryField(max_length=ROW_KEY_BYTES, null=True).contribute_to_class(cls, ROW_KEY)
            cls.save_base = _sealing(cls.save_base)  # type: ignore[method-assign]

    def deconstruct(self) -> Any:
        name, _, args, options = super().deconstruct()
        return name, "django.db.models.BinaryField", args, options

    def get_default(self) -> Any:
        # Not the empty bytes of a BinaryField: nothing was said.
        return super().get_default() if self.has_default() else None

    def to_python(self, value: Any) -> Any:
        return value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: ARG002
        held = model_instance.__dict__.get(self.attname)
        if held is None:
            return None
        if isinstance(held, sealed.Sealed):
            self._must_be_at_home(model_instance, held)
            return held
        if model_instance.pk is None:
            if not getattr(model_instance._state, _SAVING, False):
                raise Misconfigured(
                    f"{self} cannot be sealed by bulk_create(): the database has yet to assign the key",
                    hint="save() each object, or give the model a key with a default, such as a UUID",
                )
            return sealed.Sealed(PLACEHOLDER)
        return self.seal(model_instance)

    def seal(self, instance: models.Model) -> sealed.Sealed:
        """Seal what was set, for the row that ``instance`` is; the object holds the envelope from now on."""
        held = instance.__dict__[self.attname]
        if getattr(instance, ROW_KEY) is None:
            setattr(instance, ROW_KEY, os.urandom(ROW_KEY_BYTES))
        cipher = self._cells().cipher()
        envelope = cipher.seal(held.plain, bytes(getattr(instance, ROW_KEY)), identity_of(instance))
        vars(instance)[self.attname] = found = sealed.Sealed(envelope)
        return found

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> sealed.Sealed | None:
        return None if value is None else sealed.Sealed(bytes(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        if not isinstance(value, sealed.Sealed):
            raise Misconfigured(
                f"a statement gives a plain {type(value).__name__} to the sealed field {self}",
                hint="set the attribute of an object and save() it; update() and bulk_update() cannot seal",
            )
        return super().get_db_prep_value(value.envelope, connection, prepared)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise Misconfigured(
                f"the sealed field {self} cannot be compared",
                hint="only isnull works on a sealed field; find the row by another one, and read the attribute",
            )
        return super().get_lookup(lookup_name)

    def value_to_string(self, obj: models.Model) -> NoReturn:  # noqa: ARG002
        raise Misconfigured(f"the sealed field {self} is never serialised")

    def _cells(self) -> Cells:
        attribute: SealedAttribute = self.model.__dict__[self.attname]
        return attribute.cells

    def _must_be_at_home(self, instance: models.Model, held: sealed.Sealed) -> None:
        # Django copies a row when its key is set to None; the cell would then belong to the former row.
        if instance.pk is None or not self._cells().opens(instance, held.envelope):
            raise Misconfigured(
                f"the row of {self} was copied, or its primary key changed, since the value was sealed",
                hint="set the sealed attribute again before saving",
            )


def _sealing(save_base: Any) -> Any:
    """``save_base`` with the values of a new row sealed in the same transaction, once the database has said its key."""

    @functools.wraps(save_base)
    def saving(self: models.Model, *args: Any, using: str | None = None, **options: Any) -> None:
        using = using or router.db_for_write(type(self), instance=self)
        if getattr(self, ROW_KEY) is None:
            setattr(self, ROW_KEY, os.urandom(ROW_KEY_BYTES))
            if options.get("update_fields") is not None:
                options["update_fields"] = frozenset({*options["update_fields"], ROW_KEY})
        assigned_by_database = self.pk is None
        setattr(self._state, _SAVING, True)
        try:
            with transaction.atomic(using=using, savepoint=False):
                save_base(self, *args, using=using, **options)
                if assigned_by_database:
                    _seal_waiting(self, using)
        finally:
            delattr(self._state, _SAVING)

    return saving


def _seal_waiting(instance: models.Model, using: str) -> None:
    fields = [field for field in instance._meta.local_concrete_fields if isinstance(field, Sealed)]
    waiting = [field for field in fields if isinstance(instance.__dict__.get(field.attname), Unsealed)]
    if waiting:
        rows = type(instance)._base_manager.using(using).filter(pk=instance.pk)
        rows.update(**{field.name: field.seal(instance) for field in waiting})
