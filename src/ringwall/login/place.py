"""Where a browser may be sent: a path of this very site, or a callback at this very origin. Nowhere else."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ringwall.errors import Misconfigured
from ringwall.login.refusal import LoginRefused

PATHS = frozenset({"/login", "/callback", "/logout"})
HOME = "/"

# What a browser sends in a request line, less the backslash: browsers read it as a slash.
_PATH = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?")
_HOST = re.compile(r"(?:[a-z0-9-]+\.)*[a-z0-9-]+|\[::1\]")
_LOOPBACK = frozenset({"127.0.0.1", "[::1]", "localhost"})
_MAX_PATH = 1024


def local_path(text: str | None) -> str:
    """``text`` when it is a path of this site, ``/`` when it is absent. Raises ``LoginRefused`` for all else.

    Refused: other schemes and hosts, ``//host``, backslashes, control characters, anything but ASCII, and the paths of
    the login itself, which would lead in a circle.
    """
    if not text:
        return HOME
    if len(text) > _MAX_PATH or not _PATH.fullmatch(text) or text.split("?")[0].split("#")[0] in PATHS:
        raise LoginRefused("'next' is not a path of this site")
    return text


class Origins:
    """The origins that a login may return to.

    In production the one that ``[service] url`` names, whatever the ``Host`` header says. In development also any
    loopback address and ``*.localhost``, with any port. Raises ``Misconfigured`` when production has no url.
    """

    def __init__(self, url: str, *, development: bool) -> None:
        if not url and not development:
            raise Misconfigured(
                "[service] url is missing", hint='people log in here, so say where: url = "https://shop.example.com"'
            )
        self._own = url.rstrip("/")
        if url and not _is_origin(self._own, ("http", "https") if development else ("https",)):
            raise Misconfigured(f"[service] url is {url!r}", hint='it is an origin: "https://shop.example.com"')
        self._development = development

    def of(self, scheme: str, host: str) -> str:
        """The origin of a request by its scheme and ``Host``. Raises ``LoginRefused`` for a foreign one."""
        host = host.lower()
        if self._own and host == urlsplit(self._own).netloc:
            # Behind a proxy that ends TLS the request's own scheme may say http; the configuration knows better.
            return self._own
        if self._development and is_local(f"{scheme}://{host}"):
            return f"{scheme}://{host}"
        raise LoginRefused("this host is not one where people log in", status=421)


def is_local(url: str) -> bool:
    """Whether ``url`` stays on this machine: a loopback address, ``localhost`` or ``*.localhost`` (RFC 6761)."""
    if not _is_origin("/".join(url.split("/")[:3]), ("http", "https")):
        return False
    host = urlsplit(url).netloc.rpartition(":")[0] if _has_port(url) else urlsplit(url).netloc
    return host in _LOOPBACK or host.endswith(".localhost")


def _is_origin(text: str, schemes: tuple[str, ...]) -> bool:
    scheme, separator, rest = text.partition("://")
    host, colon, port = rest.rpartition(":") if _has_port(text) else (rest, "", "")
    if colon and not (port.isascii() and port.isdigit() and 0 < int(port) < 1 << 16):
        return False
    return bool(separator) and scheme in schemes and _HOST.fullmatch(host) is not None


def _has_port(url: str) -> bool:
    return ":" in urlsplit(url).netloc.rpartition("]")[2]
