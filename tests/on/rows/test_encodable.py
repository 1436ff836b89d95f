"""Text without an encoding is refused, and not quoted."""

from __future__ import annotations

import pytest

from ringwall.errors import Misconfigured
from ringwall.on.rows.encodable import must_be_encodable


@pytest.mark.parametrize("text", ["", "a\0", "日本", "😀", "\uffff"])
def test_what_has_an_encoding_passes(text: str) -> None:
    must_be_encodable(text)


@pytest.mark.parametrize("text", ["\ud800", "a\udfff", "\udc00\ud800"])
def test_half_a_surrogate_pair_is_refused_in_words_that_can_be_written(text: str) -> None:
    with pytest.raises(Misconfigured, match="half a surrogate pair") as caught:
        must_be_encodable(text)
    str(caught.value).encode()
