"""All cut-offs at one place in the log, as bytes: for a guard that starts, and for its disk."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ringwall.errors import Invalid
from ringwall.tokens.revocation import Cutoffs, Revocation, seconds, sequence
from ringwall.tokens.strict_json import parse_object

FORMAT = "ringwall revocations 1"
MAX_BYTES = 256 * 1024 * 1024
_MEMBERS = ("kind", "value", "cutoff", "exp")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The log up to ``seq``, without what has expired, when the authority's clock read ``time``.

    The bytes carry no signature: whoever keeps them where others can write seals them first.
    """

    seq: int
    time: float
    entries: tuple[Revocation, ...] = ()

    @classmethod
    def of(cls, cutoffs: Cutoffs) -> Snapshot:
        """What ``cutoffs`` knows now."""
        # seq first: an entry that arrives in between is then in the snapshot and comes again, which changes nothing.
        return cls(seq=cutoffs.seq, time=cutoffs.heard_at(), entries=cutoffs.entries())

    def encode(self) -> bytes:
        """The snapshot as one JSON object, with an array ``[seq, kind, value, cutoff, exp]`` for each entry."""
        rows = [[entry.seq, entry.kind, entry.value, entry.cutoff, entry.exp] for entry in self.entries]
        document = {"format": FORMAT, "seq": self.seq, "time": self.time, "entries": rows}
        return json.dumps(document, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, data: bytes) -> Snapshot:
        """Read what :meth:`encode` wrote. Raises :class:`Invalid`; never returns a part."""
        if len(data) > MAX_BYTES:
            raise Invalid(f"the revocation snapshot is larger than {MAX_BYTES} bytes")
        document = parse_object(data, "the revocation snapshot")
        rows = document.get("entries")
        if document.get("format") != FORMAT or not isinstance(rows, list):
            raise Invalid(f"the revocation snapshot is not of format {FORMAT!r}")
        entries = tuple(_entry(row) for row in rows)
        return cls(sequence(document.get("seq")), seconds(document.get("time")), entries)


def _entry(row: object) -> Revocation:
    if not (isinstance(row, list) and len(row) == 5):
        raise Invalid("an entry of the revocation snapshot does not have five members")
    return Revocation.read(row[0], dict(zip(_MEMBERS, row[1:], strict=True)))
