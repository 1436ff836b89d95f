"""The revocation feed: the authority's log as ``text/event-stream`` (WHATWG HTML, section 9.2), written and read.

``id: SEQ`` and ``event: revoke`` for each entry, its sequence number one more than the last; ``event: beat`` with the
present sequence number and time twice a second; ``event: reset`` when the log no longer reaches back far enough.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from ringwall.errors import Invalid
from ringwall.tokens.revocation import Beat, Revocation, seconds, sequence
from ringwall.tokens.strict_json import parse_object

MAX_LINE = 16 * 1024
MAX_SEQ_DIGITS = 19


@dataclass(frozen=True, slots=True)
class Reset:
    """The stream cannot be followed on: take the snapshot, start again from there. ``reason`` is for the operator."""

    reason: str


def encode(event: Revocation | Beat | Reset) -> bytes:
    """One event as it goes over the stream."""
    if isinstance(event, Revocation):
        data = {"kind": event.kind, "value": event.value, "cutoff": event.cutoff, "exp": event.exp}
        return b"id: %d\nevent: revoke\ndata: %s\n\n" % (event.seq, _json(data))
    if isinstance(event, Beat):
        return b"event: beat\ndata: %s\n\n" % _json({"seq": event.seq, "time": event.time})
    return b"event: reset\ndata: %s\n\n" % _json({"reason": event.reason})


class FeedReader:
    """Reads the stream that follows sequence number ``after``, in pieces of any size.

    Nothing that it does not understand is skipped: that could be a revocation. An error ends it for good, and so does
    a :class:`Reset`, which also stands for a gap in the sequence. It holds at most one event and one line.
    """

    def __init__(self, after: int) -> None:
        self.seq = after
        self._line = bytearray()
        self._fields: dict[str, bytes] = {}
        self._ended = False

    def receive(self, piece: bytes) -> Iterator[Revocation | Beat | Reset]:
        """The events that ``piece`` completes, in order. Raises :class:`Invalid`."""
        if self._ended:
            raise Invalid("the feed has ended; start again from a snapshot")
        self._ended = True  # holds if anything below raises, or the caller stops in the middle
        lines = piece.split(b"\n")
        for position, part in enumerate(lines):
            if len(self._line) + len(part) > MAX_LINE:
                raise Invalid(f"a line of the feed is longer than {MAX_LINE} bytes")
            self._line += part
            if position == len(lines) - 1:
                break
            line = bytes(self._line).removesuffix(b"\r")
            self._line.clear()
            event = self._take(line)
            if event is not None:
                yield event
            if isinstance(event, Reset):
                return
        self._ended = False

    def _take(self, line: bytes) -> Revocation | Beat | Reset | None:
        if line.startswith(b":"):
            return None
        if line:
            name, _, value = line.partition(b":")
            field = name.decode("ascii", "replace")
            if field not in ("id", "event", "data") or field in self._fields:
                raise Invalid("a line of the feed is none that this version knows")
            self._fields[field] = value.removeprefix(b" ")
            return None
        fields, self._fields = self._fields, {}
        return self._event(fields) if fields else None

    def _event(self, fields: dict[str, bytes]) -> Revocation | Beat | Reset | None:
        kind = fields.get("event", b"")
        data = parse_object(fields.get("data", b""), "the feed's event")
        if kind == b"revoke":
            entry = Revocation.read(_number(fields.get("id", b"")), data)
            if entry.seq <= self.seq:
                return None  # we have it already
            if entry.seq != self.seq + 1:
                return Reset(f"the feed jumped from {self.seq} to {entry.seq}")
            self.seq = entry.seq
            return entry
        if kind == b"beat":
            beat = Beat(sequence(data.get("seq")), seconds(data.get("time")))
            return beat if beat.seq == self.seq else Reset(f"the log stands at {beat.seq}, we at {self.seq}")
        if kind == b"reset":
            return Reset("the log no longer reaches back to where we stand")
        raise Invalid("the feed sent an event that this version does not know")


def _json(value: dict[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _number(digits: bytes) -> int:
    if not (digits.isdigit() and len(digits) <= MAX_SEQ_DIGITS):
        raise Invalid("the feed's event has no sequence number")
    return int(digits)
