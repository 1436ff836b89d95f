"""A type's text is what a schema calls it; of a bool that can be only one, it is that one."""

from __future__ import annotations

import pytest

from ringwall.policy.schema.types import BOOL, LONG, BoolType, Field, RecordType, SetType, Type


@pytest.mark.parametrize(
    ("of", "text"),
    [
        (BOOL, "Bool"),
        (BoolType(value=True), "true"),
        (BoolType(value=False), "false"),
        (SetType(BOOL), "Set<Bool>"),
        (RecordType({name: Field(LONG, name != "b") for name in "ab"}), "{a: Long, b?: Long}"),
        (RecordType(dict.fromkeys("abcdef", Field(LONG))), f"{{{', '.join(f'{name}: Long' for name in 'abcdef')}}}"),
        (
            RecordType(dict.fromkeys("abcdefg", Field(LONG))),
            f"{{{', '.join(f'{name}: Long' for name in 'abcdef')}, …}}",
        ),
    ],
)
def test_its_text(of: Type, text: str) -> None:
    assert str(of) == text
