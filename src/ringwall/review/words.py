"""Which names mean a secret, and which a private fact about a person. One vocabulary for all checks and languages."""

from __future__ import annotations

import re
from functools import lru_cache

_SPLIT = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_SECRET_ENDS = (
    ("password",), ("passwd",), ("passphrase",), ("secret",), ("secret", "key"), ("api", "key"), ("apikey",),
    ("access", "key"), ("private", "key"), ("signing", "key"), ("encryption", "key"), ("jwt", "key"), ("token",),
)  # fmt: skip
_TOKEN_ENDS = (("token",), ("jwt",), ("id", "token"), ("bearer",))
_NOT_A_CREDENTIAL = frozenset(
    {"csrf", "xsrf", "next", "page", "continuation", "cursor", "sync", "pagination", "cancel"}
)
_PRIVATE = frozenset({
    "email", "mail", "phone", "mobile", "ssn", "address", "birthday", "birthdate", "dob", "passport", "iban",
    "salary", "firstname", "lastname", "fullname",
})  # fmt: skip
_SEALED = frozenset({"ssn", "iban", "passport", "cvv", "cvc"})
_SEALED_ENDS = (
    ("social", "security", "number"), ("social", "security"), ("card", "number"), ("credit", "card"), ("tax", "id"),
    ("passport", "number"), ("bank", "account"), ("card", "pan"),
)  # fmt: skip


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """``clientSecret``, ``CLIENT_SECRET`` and ``client-secret`` are all ``("client", "secret")``."""
    return tuple(word.lower() for word in _SPLIT.findall(name))


@lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Whether a name ends as secrets do: ``db_password``, ``API_KEY``, ``accessToken``; not ``password_hash``."""
    return _ends(name, _SECRET_ENDS) and not _NOT_A_CREDENTIAL & set(words(name))


@lru_cache(maxsize=4096)
def is_token(name: str) -> bool:
    """Whether a name is that of an access credential: ``access_token``, ``jwt``; not ``csrf_token``."""
    return _ends(name, _TOKEN_ENDS) and not _NOT_A_CREDENTIAL & set(words(name))


@lru_cache(maxsize=4096)
def is_password(name: str) -> bool:
    return _ends(name, (("password",), ("passwd",), ("passphrase",), ("pwd",)))


@lru_cache(maxsize=4096)
def is_private(name: str) -> bool:
    """Whether a name is that of a fact about a person, which a token or a log must not carry."""
    return bool(_PRIVATE & set(words(name))) or is_sealed(name)


@lru_cache(maxsize=4096)
def is_sealed(name: str) -> bool:
    """Whether a value of this name must be encrypted at rest."""
    parts = words(name)
    return bool(parts) and (parts[-1] in _SEALED or _ends(name, _SEALED_ENDS))


def _ends(name: str, endings: tuple[tuple[str, ...], ...]) -> bool:
    parts = words(name)
    return any(parts[-len(end) :] == end for end in endings)
