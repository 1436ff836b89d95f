"""The path of a request, read in one way only: what a proxy, a policy and the store see must be the same."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from ringwall.authority.vault.call import Refused

LONGEST = 2048


class Elsewhere(Exception):
    """The path is not in its plain form; ``location`` is."""

    def __init__(self, location: bytes) -> None:
        super().__init__(location)
        self.location = location


def read_path(raw: bytes) -> str:
    """The decoded path below ``/v1/``.

    Raises :class:`Elsewhere` for dots and doubled slashes that stand in it openly (307, as OpenBao answers), and
    ``Refused`` with 400 for those that hide behind percent signs, for control characters, and for what is not UTF-8.
    """
    if (plain := _cleaned(raw)) != raw:
        raise Elsewhere(plain)
    try:
        path = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(400, "the path is not UTF-8") from None
    if not path.isprintable() or len(path) > LONGEST:
        raise Refused(400)
    segments = path.split("/")
    if "" in segments[1:-1] or "." in segments or ".." in segments:
        raise Refused(400, "relative paths not supported")
    return path.removeprefix("/v1/")


def _cleaned(raw: bytes) -> bytes:
    kept: list[bytes] = []
    for segment in raw.split(b"/"):
        if segment == b"..":
            del kept[-1:]
        elif segment not in (b"", b"."):
            kept.append(segment)
    slash = b"/" if raw.endswith(b"/") and kept else b""
    return b"/" + b"/".join(kept) + slash
