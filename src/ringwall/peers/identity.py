"""SPIFFE ids, parsed strictly (SPIFFE-ID standard, sections 2.1 to 2.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ringwall.errors import Invalid

_SCHEME = "spiffe://"
_TRUST_DOMAIN = re.compile(r"[a-z0-9._-]{1,255}")
_SEGMENT = re.compile(r"[A-Za-z0-9._-]+")
_LONGEST = 2048


@dataclass(frozen=True, slots=True, order=True)
class SpiffeId:
    """``spiffe://<trust_domain><path>``. ``path`` is empty for the trust domain itself, else it starts with a slash.

    The standard leaves no room for normalising: an id that is not written in its only form is no id. So there is no
    percent-encoding, no port, no user, no query, no upper case in the trust domain, no empty or dotted segment.
    """

    trust_domain: str
    path: str = ""

    @classmethod
    def parse(cls, text: str) -> SpiffeId:
        """The id that ``text`` spells. Raises :class:`Invalid`, which names the part that is wrong."""
        if not text.startswith(_SCHEME):
            raise _wrong("the scheme is not spiffe://")
        if len(text) > _LONGEST:
            raise _wrong(f"it is longer than {_LONGEST} bytes")
        trust_domain, slash, rest = text[len(_SCHEME) :].partition("/")
        if not _TRUST_DOMAIN.fullmatch(trust_domain):
            raise _wrong("the trust domain must be 1 to 255 of a-z, 0-9, dot, dash and underscore")
        for segment in rest.split("/") if slash else ():
            if not _SEGMENT.fullmatch(segment):
                raise _wrong("a path segment must be one or more of a-z, A-Z, 0-9, dot, dash and underscore")
            if segment in {".", ".."}:
                raise _wrong("a path segment must not be a dot or two")
        return cls(trust_domain, slash + rest)

    @classmethod
    def of(cls, trust_domain: str, service: str) -> SpiffeId:
        """The id of ``service`` in ``trust_domain``; raises :class:`Invalid` when the two do not make one."""
        return cls.parse(f"{_SCHEME}{trust_domain}/{service}")

    def __str__(self) -> str:
        return f"{_SCHEME}{self.trust_domain}{self.path}"


def _wrong(why: str) -> Invalid:
    return Invalid(f"not a spiffe id: {why}")
