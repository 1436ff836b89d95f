"""Every surprise in decoded JSON is one error, with its path and the way out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ringwall.errors import Misconfigured
from ringwall.policy.json_reading import below, nth, read_bool, read_list, read_object, read_string


def test_what_is_right_comes_back_as_it_is() -> None:
    assert read_object({"a": 1}, "it") == {"a": 1}
    assert read_object({"a": 1, "b": 2}, "it", ["a", "b", "c"], ["a"]) == {"a": 1, "b": 2}
    assert read_object({}, "it", ["a"]) == {}
    assert read_list([1], "it") == [1]
    assert read_string("a", "it") == "a"
    assert read_bool(False, "it") is False


def test_a_path_grows_with_names_and_numbers() -> None:
    assert str(nth(below(below("it", "a"), "b"), 0)) == "it.a.b[0]"


@pytest.mark.parametrize(
    ("read", "message", "hint"),
    [
        (lambda: read_object([], "it"), "it: an array stands where an object belongs", ""),
        (lambda: read_object({1: 2}, "it"), "it: an object stands where an object belongs", ""),
        (lambda: read_object({"atrs": 1}, "it", ["attrs", "uid"]), "it: `atrs` is not known here",
         "did you mean attrs"),
        (lambda: read_object({"zzz": 1}, "it", ["b", "a"]), "it: `zzz` is not known here", "it may have a, b"),
        (lambda: read_object({"a": 1}, "it", None, ["a", "b"]), "it: `b` is missing", ""),
        (lambda: read_object({}, below("it", "x"), ["a"], ["a"]), "it.x: `a` is missing", ""),
        (lambda: read_list({}, "it"), "it: an object stands where an array belongs", ""),
        (lambda: read_list((), "it"), "it: a tuple stands where an array belongs", ""),
        (lambda: read_string(1, "it"), "it: a number stands where a string belongs", ""),
        (lambda: read_string(1.5, "it"), "it: a number stands where a string belongs", ""),
        (lambda: read_string(None, "it"), "it: null stands where a string belongs", ""),
        (lambda: read_string(True, "it"), "it: a boolean stands where a string belongs", ""),
        (lambda: read_bool(1, "it"), "it: a number stands where true or false belongs", ""),
        (lambda: read_bool("true", "it"), "it: a string stands where true or false belongs", ""),
    ],
)  # fmt: skip
def test_a_surprise_is_told_with_its_path(read: Callable[[], object], message: str, hint: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        read()
    assert (caught.value.message, caught.value.hint) == (message, hint)
