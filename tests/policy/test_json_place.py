"""A place in JSON becomes text late, and a short one."""

from __future__ import annotations

import pytest

from ringwall.policy.json_place import Place


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place("entities"), "entities"),
        (Place("{}.{}", "a", "b"), "a.b"),
        (Place("{}[{}]", Place("{}.{}", "a", "b"), 3), "a.b[3]"),
        (Place("{}", "x" * 60), "x" * 60),
        (Place("{}", "x" * 61), "x" * 59 + "…"),
        (Place("{}.{}", Place("{}.{}", "y" * 50, "z" * 50), "x" * 99), f"{'y' * 50}.{'z' * 50}.{'x' * 59}…"),
    ],
)  # fmt: skip
def test_each_part_is_shown_in_sixty_characters(place: Place, text: str) -> None:
    assert str(place) == text
