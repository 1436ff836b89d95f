"""``ringwall policy diff --replay``: which decisions in the audit logs here other policies would take otherwise."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import click

from ringwall.cli.audit_logs import events
from ringwall.cli.policy.files import files_of, read_deciding
from ringwall.cli.speech import paint
from ringwall.errors import Misconfigured
from ringwall.policy.comparison.recorded import Recorded, recorded
from ringwall.policy.comparison.replay import Verdict, replayed
from ringwall.printable import printable
from ringwall.store import decisions


def show(path: str, *, as_json: bool) -> int:
    """Print the decisions that would change, and what cannot be told. The exit status: 1 for either."""
    policies = read_deciding(files_of((path,)).policies)
    total, changed, untold = 0, [], Counter[str]()
    for one in _recorded():
        total += 1
        verdict = Verdict(None, one) if isinstance(one, str) else replayed(one, policies)
        if verdict.allowed is None:
            untold[verdict.because] += 1
        elif isinstance(one, Recorded) and verdict.allowed is not one.allowed:
            changed.append((one, verdict))
    if not total:
        raise Misconfigured(
            "there is no decision in the audit logs here", hint="run this in the directory of the service, or above it"
        )
    click.echo(json.dumps(_json(total, changed, untold), indent=2) if as_json else _text(total, changed, untold))
    return 1 if changed or untold else 0


def _recorded() -> Iterator[Recorded | str]:
    for _, event in events(decisions.every):
        if event["kind"] == "decision.denied":
            yield recorded(event["detail"], allowed=False)
        elif event["kind"] == "decisions.allowed":
            yield from (recorded(one, allowed=True) for one in event["detail"]["decisions"])


def _text(total: int, changed: list[tuple[Recorded, Verdict]], untold: Counter[str]) -> str:
    lines = []
    for one, verdict in changed:
        word = paint("NOW ALLOWED", "31;1") if verdict.allowed else paint("NOW DENIED", "33;1")
        asked = one.request
        told = f"{one.id}  {asked.principal}  {asked.action.id}  {asked.resource}  {verdict.because}"
        lines.append(f"{word}  " + printable(told))
    lines += [printable(f"{count} cannot be told: {because}") for because, count in untold.most_common()]
    lines.append(f"{total} decisions replayed, {len(changed)} would change, {untold.total()} cannot be told")
    return "\n".join(lines)


def _json(total: int, changed: list[tuple[Recorded, Verdict]], untold: Counter[str]) -> dict[str, Any]:
    return {
        "decisions": total,
        "changed": [
            {"id": one.id, "principal": str(one.request.principal), "action": str(one.request.action),
             "resource": str(one.request.resource), "allowed": verdict.allowed, "because": verdict.because}
            for one, verdict in changed
        ],
        "untold": [{"because": because, "count": count} for because, count in untold.most_common()],
    }  # fmt: skip
