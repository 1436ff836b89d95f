"""The tree that the formatter lays out has every token of the text, in its order."""

from __future__ import annotations

import pytest

from ringwall.policy.language.written import Brackets, flattened, tree, words


@pytest.mark.parametrize("text", ["a, b", "f(a, [b, c,], {}), d", "when { {a: [1]}.a == [] };"])
def test_a_tree_has_the_same_tokens(text: str) -> None:
    assert list(flattened(tree(words(text)))) == words(text)


def test_each_item_in_brackets_ends_in_its_comma() -> None:
    (brackets,) = tree(words("(a b, c)")[:-1])
    assert isinstance(brackets, Brackets)
    assert [[word.text for word in flattened(item)] for item in brackets.items] == [["a", "b", ","], ["c"]]
