"""The types that can be sealed, and the bytes that stand for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

INT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Plaintext:
    """One sealable type: to bytes before sealing, and back after opening. ``name`` is bound with the cell."""

    type: type
    name: str
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]


def _encode_int(value: int) -> bytes:
    try:
        return value.to_bytes(INT_BYTES, "big", signed=True)
    except OverflowError:
        raise ValueError("a sealed int is at most 127 bits; seal longer numbers as str") from None


def _decode_int(data: bytes) -> int:
    return int.from_bytes(data, "big", signed=True)


PLAINTEXTS: dict[type, Plaintext] = {
    str: Plaintext(str, "str", str.encode, bytes.decode),
    bytes: Plaintext(bytes, "bytes", bytes, bytes),
    # Always 16 bytes, so that the length of the ciphertext does not tell how large the number is.
    int: Plaintext(int, "int", _encode_int, _decode_int),
}
