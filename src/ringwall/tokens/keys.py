"""Public keys that know their one algorithm, read from a JWK Set (RFC 7517)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.registry import HeaderParameter
from joserfc.util import base64_to_int

from ringwall.errors import Invalid, Unauthenticated
from ringwall.tokens.strict_json import parse_object

ALGORITHMS = frozenset({"ES256", "ES384", "EdDSA", "RS256", "PS256"})
"""Every algorithm a key may have. All are asymmetric: what verifies a token can never make one."""

MAX_BYTES = 256 * 1024
MAX_KEYS = 100
MAX_TEXT = 256


class UnknownKey(Unauthenticated):
    """The token names a key (``kid``, or ``None``) that the set does not hold; perhaps the set is old."""

    def __init__(self, kid: str | None) -> None:
        named = "names no key and the set holds several" if kid is None else f"is signed by the unknown key {kid!r}"
        super().__init__(f"the token {named}", code="invalid_token")
        self.kid = kid


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """One public key for signatures. Two are equal when id, algorithm and key material (RFC 7638 thumbprint) are."""

    kid: str
    algorithm: str
    thumbprint: str
    _jwk: ECKey | OKPKey | RSAKey = field(repr=False, compare=False)
    _registry: _OneAlgorithm = field(repr=False, compare=False)

    def verifies(self, compact: bytes) -> bool:
        """Whether ``compact``, a JWS in compact form, carries this key's signature by this key's algorithm."""
        try:
            token = jws.extract_compact(compact, registry=self._registry)
            return jws.validate_compact(token, self._jwk, registry=self._registry)
        except (JoseError, ValueError, RecursionError):
            return False


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys of one issuer, by ``kid``; never changed, only replaced.

    ``ignored`` says for each key of the document that is not used why not: another purpose than signatures, an
    algorithm outside :data:`ALGORITHMS`, a symmetric or private key (a published one is no secret), a ``kid`` that two
    different keys claim.
    """

    keys: Mapping[str, VerifyingKey]
    ignored: tuple[str, ...] = ()

    @classmethod
    def parse(cls, document: bytes) -> KeySet:
        """Read a JWK Set document of at most 256 KiB and 100 keys.

        A key without ``kid`` goes by its thumbprint. Raises :class:`Invalid` when the document is not a JWK Set
        or holds no usable key.
        """
        if len(document) > MAX_BYTES:
            raise Invalid(f"the key set is larger than {MAX_BYTES} bytes")
        listed = parse_object(document, "the key set").get("keys")
        if not isinstance(listed, list) or len(listed) > MAX_KEYS:
            raise Invalid(f"the key set has no list 'keys' of at most {MAX_KEYS} keys")
        keys: dict[str, VerifyingKey] = {}
        claimed_twice: set[str] = set()
        ignored: list[str] = []
        for position, jwk in enumerate(listed):
            try:
                key = _import(jwk)
            except _Unusable as reason:
                ignored.append(f"keys[{position}]: {reason}")
                continue
            if keys.setdefault(key.kid, key) != key:
                claimed_twice.add(key.kid)
        for kid in sorted(claimed_twice):
            del keys[kid]
            ignored.append(f"kid {kid!r}: two different keys claim it")
        if not keys:
            raise Invalid("the key set holds no usable key", hint="; ".join(ignored))
        return cls(MappingProxyType(keys), tuple(ignored))

    def find(self, kid: str | None) -> VerifyingKey:
        """The key that a token's ``kid`` names; without a ``kid``, the only one. Raises :class:`UnknownKey`."""
        if kid is None and len(self.keys) == 1:
            return next(iter(self.keys.values()))
        key = self.keys.get(kid) if kid is not None else None
        if key is None:
            raise UnknownKey(kid)
        return key

    def holds(self, key: VerifyingKey) -> bool:
        """Whether this very key, under its id, is still in the set."""
        held = self.keys.get(key.kid)
        return held is key or held == key

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[VerifyingKey]:
        return iter(self.keys.values())


NO_KEYS = KeySet(MappingProxyType({}))
"""What stands where a key set has not been loaded yet."""


class _Unusable(Exception):
    pass


class _OneAlgorithm(jws.JWSRegistry):
    """A joserfc registry that knows a single algorithm, so that a token's header has nothing to choose from."""

    default_header_registry = {name: HeaderParameter(name, "str") for name in ("alg", "kid", "typ")}  # noqa: RUF012
    max_header_length = 2048

    def __init__(self, names: tuple[str, ...], model: JWSAlgModel) -> None:
        super().__init__(strict_check_header=False)
        self._names, self._model = names, model

    def get_alg(self, name: str) -> JWSAlgModel:
        if name not in self._names:
            raise UnsupportedAlgorithmError()
        return self._model


def _one(*names: str) -> _OneAlgorithm:
    return _OneAlgorithm(names, jws.JWSRegistry.algorithms[names[-1]])


# EdDSA with Ed25519 has had a second name since RFC 9864.
_REGISTRIES = {name: _one(name) for name in ALGORITHMS - {"EdDSA"}} | {"EdDSA": _one("EdDSA", "Ed25519")}

# What a key's type and curve allow; the first is meant when the key has no "alg".
_ALLOWED = {
    ("EC", "P-256"): ("ES256",),
    ("EC", "P-384"): ("ES384",),
    ("OKP", "Ed25519"): ("EdDSA",),
    ("RSA", None): ("RS256", "PS256"),
}
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def _import(jwk: Any) -> VerifyingKey:
    if type(jwk) is not dict:
        raise _Unusable("not an object")
    if jwk.get("kty") == "oct":
        raise _Unusable("a symmetric key can never verify here")
    if not _PRIVATE.isdisjoint(jwk):
        raise _Unusable("a private key was published")
    if jwk.get("use", "sig") != "sig" or "verify" not in _texts(jwk.get("key_ops", ["verify"])):
        raise _Unusable("not meant for signatures")
    algorithm = _algorithm(jwk)
    kid = jwk.get("kid")
    if kid is not None and not (isinstance(kid, str) and 0 < len(kid) <= MAX_TEXT and kid.isprintable()):
        raise _Unusable("'kid' is not a short printable string")
    material = _material(jwk)
    thumbprint = material.thumbprint()
    return VerifyingKey(kid or thumbprint, algorithm, thumbprint, material, _REGISTRIES[algorithm])


def _texts(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _algorithm(jwk: dict[str, Any]) -> str:
    kty, crv, named = jwk.get("kty"), jwk.get("crv"), jwk.get("alg")
    if not all(value is None or isinstance(value, str) for value in (kty, crv, named)):
        raise _Unusable("'kty', 'crv' or 'alg' is not a string")
    allowed = _ALLOWED.get((kty or "", crv))
    if allowed is None:
        raise _Unusable("unknown type or curve")
    named = "EdDSA" if named == "Ed25519" else named
    if named is not None and named not in allowed:
        raise _Unusable("an algorithm that is unknown or does not fit the key")
    return named or allowed[0]


def _material(jwk: dict[str, Any]) -> ECKey | OKPKey | RSAKey:
    bare: dict[str, Any] = {name: jwk[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in jwk}
    try:
        if jwk["kty"] == "EC":
            return ECKey.import_key(bare)
        if jwk["kty"] == "OKP":
            return OKPKey.import_key(bare)
        if not 2048 <= base64_to_int(bare["n"]).bit_length() <= 8192:
            raise _Unusable("an RSA modulus outside 2048 to 8192 bits")
        if not 2**16 < base64_to_int(bare["e"]) < 2**32:
            raise _Unusable("an RSA exponent outside 65537 to 2^32")
        return RSAKey.import_key(bare)
    except (JoseError, UnsupportedAlgorithm, ValueError, TypeError, KeyError, OverflowError):
        raise _Unusable("its numbers are no valid public key") from None
