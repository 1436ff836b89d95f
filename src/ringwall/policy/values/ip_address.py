"""Cedar's ``ipaddr``: one address or a range of them, of version 4 or 6."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from ringwall.policy.values.evaluation_error import EvaluationError

_PREFIX = re.compile(r"0|[1-9][0-9]{0,2}")


@dataclass(frozen=True, slots=True)
class IpAddress:
    """An address as it was written and the length of its prefix; ``10.0.0.1/8`` and ``10.0.0.0/8`` are two."""

    address: ipaddress.IPv4Address | ipaddress.IPv6Address
    prefix: int

    @classmethod
    def parse(cls, text: str) -> IpAddress:
        """``"10.0.0.0/8"`` or ``"::1"``. Raises ``EvaluationError``; a scope (``%eth0``) or a version 4 address inside
        one of version 6 is refused, as in Cedar.
        """
        if "%" in text or (":" in text and "." in text):
            raise _no_address(text)
        written, slash, prefix = text.partition("/")
        try:
            address = ipaddress.ip_address(written)
        except ValueError:
            raise _no_address(text) from None
        if not slash:
            return cls(address, address.max_prefixlen)
        if not _PREFIX.fullmatch(prefix) or int(prefix) > address.max_prefixlen:
            raise _no_address(text)
        return cls(address, int(prefix))

    @property
    def text(self) -> str:
        """What ``parse`` reads: ``"10.0.0.0/8"``."""
        return f"{self.address}/{self.prefix}"

    def is_in_range(self, of: IpAddress) -> bool:
        """The whole range lies in the other one, of the same version: it is no wider, and begins with the same bits."""
        if self.prefix < of.prefix or self.address.version != of.address.version:
            return False
        host_bits = of.address.max_prefixlen - of.prefix
        return int(self.address) >> host_bits == int(of.address) >> host_bits

    def is_loopback(self) -> bool:
        """The whole range is ``127.0.0.0/8`` or ``::1``, or lies in it."""
        return self.is_in_range(_LOOPBACK[self.address.version])

    def is_multicast(self) -> bool:
        """The whole range lies in ``224.0.0.0/4`` or ``ff00::/8``."""
        return self.is_in_range(_MULTICAST[self.address.version])

    def __str__(self) -> str:
        return f'ip("{self.text}")'


_LOOPBACK = {4: IpAddress.parse("127.0.0.0/8"), 6: IpAddress.parse("::1")}
_MULTICAST = {4: IpAddress.parse("224.0.0.0/4"), 6: IpAddress.parse("ff00::/8")}


def _no_address(text: str) -> EvaluationError:
    return EvaluationError(f"{text[:60]!r} is no ip address or range, which look like 10.0.0.1 and 10.0.0.0/8")
