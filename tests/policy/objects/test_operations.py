"""Cedar's operators on Python objects at their edges: an answer, or an error that says what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ringwall.caller import Caller
from ringwall.policy.entity_uid import EntityUid
from ringwall.policy.objects import operations as ours
from ringwall.policy.objects.context import Context
from ringwall.policy.values.cedar_set import CedarSet
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.record import Record
from ringwall.secret import Secret


class Folder:
    __cedar_tags__ = "labels"
    card: Secret[str]

    def __init__(self, id_: str | None, above: object = None, **labels: object) -> None:
        self.id, self.above, self.labels = id_, above, labels

    __cedar_parents__ = ("above",)

    @property
    def broken(self) -> str:
        raise AttributeError("no such thing")


ANN = Caller("ann", roles=frozenset({"a"}), attributes={"region": "eu", "id": "not this", "none": None})
TOP = EntityUid("Folder", "top")
LEAF = Folder("leaf", Folder("top"), colour="red", none=None)

ANSWERS: list[tuple[Callable[..., Any], tuple[Any, ...], Any]] = [
    (ours.attribute, (ANN, "id"), "ann"),
    (ours.attribute, (ANN, "kind"), "person"),
    (ours.attribute, (ANN, "region"), "eu"),
    (ours.attribute, (ANN, "roles"), None),
    (ours.attribute, ({"a": 1}, "a"), 1),
    (ours.attribute, ({"a": 1}, "b"), None),
    (ours.attribute, (Record({"a": 1}), "a"), 1),
    (ours.attribute, (TOP, "id"), None),
    (ours.attribute, (LEAF, "id"), "leaf"),
    (ours.has, (LEAF, "id"), True),
    (ours.has, (Folder("x"), "above"), False),
    (ours.has, (LEAF, "weather"), False),
    (ours.has, (ANN, "none"), False),
    (ours.has, (LEAF, "_private"), False),
    (ours.resource_has, (LEAF, "id"), True),
    (ours.resource_has, (Folder("x"), "above"), False),
    (ours.resource_has, (LEAF, "weather"), False),
    (ours.has_as_python, (LEAF, "id"), True),
    (ours.has_as_python, (Folder("x"), "above"), False),
    (ours.equal, ("a", "a"), True),
    (ours.equal, ("a", "b"), False),
    (ours.equal, ("a", 1), False),
    (ours.equal, (1, 1), True),
    (ours.equal, (True, "True"), False),
    (ours.equal, ("True", True), False),
    (ours.equal, (1, [1]), False),
    (ours.equal, (LEAF, EntityUid("Folder", "leaf")), True),
    (ours.equal, ({"a": None, "b": 1}, {"b": 1}), True),
    (ours.contains, ([1, 2], 2), True),
    (ours.contains, ([1, 2], 3), False),
    (ours.contains, ([1, True], "a"), False),
    (ours.contains, ([], True), False),
    (ours.contains, (["a"], True), False),
    (ours.contains, ([True], True), True),
    (ours.contains, ([LEAF], EntityUid("Folder", "leaf")), True),
    (ours.contains_as_python, (CedarSet(["a"]), "a"), True),
    (ours.contains_all, ([1, 2], [2]), True),
    (ours.contains_all, ([1, 2], [3]), False),
    (ours.contains_all, ([1], ["a"]), False),
    (ours.contains_all, (["a"], [1, True]), False),
    (ours.contains_any, ([1, True], ["a"]), False),
    (ours.contains_any, ([1, 2], [2, 3]), True),
    (ours.contains_any, ([1, 2], [3]), False),
    (ours.is_type, (LEAF, "Folder"), True),
    (ours.is_type, (Folder(None), "Folder"), True),
    (ours.is_type, (LEAF, "Order"), False),
    (ours.is_type, (ANN, "Person"), True),
    (ours.is_type, (ANN, "Caller"), False),
    (ours.is_type, (TOP, "Folder"), True),
    (ours.within, (LEAF, TOP), True),
    (ours.within, (LEAF, Folder("top")), True),
    (ours.within, (LEAF, [TOP]), True),
    (ours.within, (LEAF, []), False),
    (ours.within, (Folder("top"), EntityUid("Folder", "leaf")), False),
    (ours.within, (ANN, EntityUid("Role", "a")), True),
    (ours.has_tag, (LEAF, "colour"), True),
    (ours.has_tag, (LEAF, "none"), False),
    (ours.has_tag, (LEAF, "weather"), False),
    (ours.get_tag, (LEAF, "colour"), "red"),
    (ours.record_of, ({"a": 1},), {"a": 1}),
]
ERRORS: list[tuple[Callable[..., Any], tuple[Any, ...], str]] = [
    (ours.attribute, (1, "a"), "a long has no attributes"),
    (ours.attribute, ("a", "a"), "a string has no attributes"),
    (ours.has, (1, "a"), "a long has no attributes"),
    (ours.has, (LEAF, "broken"), "the attribute broken could not be read"),
    (ours.resource_has, (LEAF, "broken"), "the attribute broken could not be read"),
    (ours.resource_has, (None, "a"), "there is no resource, only its type"),
    (ours.equal, (1, True), "a bool is compared with a number"),
    (ours.equal, (None, "a"), "the attribute is absent"),
    (ours.equal, ("a", None), "the attribute is absent"),
    (ours.equal_as_python, (1, 1.5), "a int is compared with a float"),
    (ours.equal_as_python, (None, 1), "a NoneType is compared with a int"),
    (ours.contains, ([1], True), "a bool is compared with a number"),
    (ours.contains, ([True], 1), "a bool is compared with a number"),
    (ours.contains, ("abc", "a"), "a set is needed, and a string came"),
    (ours.contains, ([1], None), "the attribute is absent"),
    (ours.contains_as_python, ([1.5], 1), "a int is looked for"),
    (ours.contains_as_python, ([1], 1.5), "a float is looked for"),
    (ours.contains_all, ([1], [True]), "a bool is compared with a number"),
    (ours.contains_any, ([1, True], [True]), "a bool is compared with a number"),
    (ours.contains_any, ([1], 1), "a set is needed, and a long came"),
    (ours.is_type, (1, "Folder"), "an entity is needed, and a long came"),
    (ours.within, (1, TOP), "an entity is needed, and a long came"),
    (ours.within, (LEAF, 1), "an entity is needed, and a long came"),
    (ours.within, (LEAF, [TOP, 1]), "an entity is needed, and a long came"),
    (ours.within, (Folder(None), TOP), "the Folder has no key, so nothing tells which it is"),
    (ours.has_tag, (Folder(None), "a"), "the Folder has no key, so nothing tells which it is"),
    (ours.has_tag, (LEAF, 1), "a string is needed, and a long came"),
    (ours.get_tag, (Folder(None), "a"), "the Folder has no key, so nothing tells which it is"),
    (ours.get_tag, (LEAF, 1), "a string is needed, and a long came"),
    (ours.get_tag, (LEAF, "none"), "there is no tag none"),
    (ours.record_of, ({"a": 1, "b": 1.5},), "a float is no value of Cedar"),
]


@pytest.mark.parametrize(("operation", "given", "answer"), ANSWERS)
def test_answers(operation: Callable[..., Any], given: tuple[Any, ...], answer: object) -> None:
    found = operation(*given)
    assert found.__class__ is answer.__class__
    assert found == answer


@pytest.mark.parametrize(("operation", "given", "said"), ERRORS)
def test_errors(operation: Callable[..., Any], given: tuple[Any, ...], said: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        operation(*given)
    assert str(caught.value) == said


def test_an_object_without_the_attribute_is_an_error_of_a_python_rule() -> None:
    with pytest.raises(AttributeError):
        ours.has_as_python(LEAF, "weather")
    with pytest.raises(AttributeError, match=r"Folder\._private is private"):
        ours.attribute(LEAF, "_private")


def test_the_whole_context_is_a_record_of_what_is_known() -> None:
    assert ours.whole_context(ANN, Context()) == Record({})
    shop = Caller("s", kind="service")
    whole = ours.whole_context(Caller("ann", actor=shop), Context(1.0, "::1"))
    assert set(whole) == {"actor", "time", "ip"}
    assert whole["actor"] == EntityUid("Service", "s")
