"""``ringwall policy diff A B``: which requests change their answer, proven over all of them or replayed from a log."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from ringwall.cli.speech import paint
from ringwall.errors import Misconfigured
from ringwall.printable import printable

if TYPE_CHECKING:
    from ringwall.policy.comparison.difference import Difference, Direction
    from ringwall.policy.comparison.search import Counterexample
    from ringwall.policy.evaluation.engine import Response

_LONGEST = 86_400  # seconds


@click.command("diff")
@click.argument("paths", nargs=-1, required=True, metavar="[A] B")
@click.option("--replay", is_flag=True, help="Ask B, and no A, what the audit logs of the services here asked.")
@click.option("--schema", metavar="FILE", help="The schema; without it, the one beside B, or else beside A.")
@click.option("--seconds", default=30.0, show_default=True, help="How long to look.")
@click.option("--most", default=3, show_default=True, help="How many requests to show in each direction.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(paths: tuple[str, ...], replay: bool, schema: str | None, seconds: float, most: int, as_json: bool) -> None:
    """Compare two sets of policies, A before and B after, each a file or a directory.

    Every request that is shown was asked of both. Exit status 0 where it is proven that no request changes its
    answer, 1 where one does or might.
    """
    if len(paths) != (1 if replay else 2):
        hint = "ringwall policy diff --replay policies" if replay else "ringwall policy diff before after"
        raise Misconfigured(f"{'one set' if replay else 'two sets'} of policies, and {len(paths)} came", hint=hint)
    if replay:
        from ringwall.cli.policy import replayed

        sys.exit(replayed.show(paths[0], as_json=as_json))
    found = _compare(*paths, schema=schema, seconds=seconds, most=most)
    if as_json:
        click.echo(json.dumps(_json(found), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(found)))
    sys.exit(0 if found.same else 1)


def _compare(before: str, after: str, *, schema: str | None, seconds: float, most: int) -> Difference:
    from ringwall.cli.policy.files import files_of, read_deciding, read_schema
    from ringwall.policy.comparison.difference import difference

    if not 0 <= seconds <= _LONGEST:  # nan is in no range
        raise Misconfigured(f"{seconds} seconds are no time to search for", hint=f"0 to {_LONGEST}")
    one, other = files_of((before,)), files_of((after,))
    known = read_schema(other.schemas or one.schemas, schema)
    return difference(read_deciding(one.policies), read_deciding(other.policies), known, seconds=seconds, most=most)


def _lines(found: Difference) -> Iterator[str]:
    for direction, word, colour in ((found.newly_allowed, "ALLOWED", "31;1"), (found.newly_denied, "DENIED", "33;1")):
        for example in direction.found:
            yield from _example(example, paint(f"NOW {word}", colour), word == "ALLOWED")
        if direction.more:
            yield f"… and perhaps more that are now {word.lower()}; --most shows more"
        for reason in direction.undecided:
            yield f"{paint('undecided', '33')}: more requests might be {word.lower()}: {printable(reason)}"
    for limit in found.limits:
        told = f"{limit.span}: {limit.policy.id}: no formula says this exactly: {limit.reason}".removeprefix(": ")
        yield printable(told)
    yield _summary(found)


def _example(example: Counterexample, head: str, now_allowed: bool) -> Iterator[str]:
    from ringwall.policy.language.value_text import record_text

    before, after = (example.denying, example.allowing) if now_allowed else (example.allowing, example.denying)
    request = example.request
    yield f"{head}  {request.principal}  {request.action}  {request.resource}"
    yield f"  context  {record_text(request.context)}"
    for uid, entity in example.entities.items():
        if entity.attributes or entity.parents or entity.tags:
            above = f" in {', '.join(sorted(map(str, entity.parents)))}" if entity.parents else ""
            tags = f" tags {record_text(entity.tags)}" if entity.tags else ""
            yield f"  {uid}{above}  {record_text(entity.attributes)}{tags}"
    yield printable(f"  before: {_answer(before)}")
    yield printable(f"  after:  {_answer(after)}")
    yield ""


def _answer(response: Response) -> str:
    reasons = ", ".join(response.reasons)
    erred = "".join(f"; {error.policy_id} errs: {error.message}" for error in response.errors)
    if response.allowed:
        return f"allowed by {reasons}{erred}"
    return f"denied by {reasons}{erred}" if reasons else f"denied, since no permit applies{erred}"


def _summary(found: Difference) -> str:
    over = "every request over the attributes that the policies read" if found.read else "every request of the schema"
    if found.same:
        return f"{paint('SAME', '32;1')}: no request changes its answer; proven over {over}"
    told = [
        f"{len(direction.found)}{' or more' if direction.more or direction.undecided else ''} {word}"
        for direction, word in ((found.newly_allowed, "now allowed"), (found.newly_denied, "now denied"))
    ]
    return f"{' and '.join(told)}, among {over}"


def _json(found: Difference) -> dict[str, Any]:
    return {
        "same": found.same,
        "newly_allowed": _direction(found.newly_allowed, True),
        "newly_denied": _direction(found.newly_denied, False),
        "limits": [
            {"policy": limit.policy.id, "where": str(limit.span), "text": limit.span.text, "reason": limit.reason}
            for limit in found.limits
        ],
        "schema": not found.read,
    }


def _direction(direction: Direction, now_allowed: bool) -> dict[str, Any]:
    return {
        "examples": [_example_json(example, now_allowed) for example in direction.found],
        "undecided": list(direction.undecided),
        "more": direction.more,
    }


def _example_json(example: Counterexample, now_allowed: bool) -> dict[str, Any]:
    from ringwall.policy.entities.entities_json import entities_to_json
    from ringwall.policy.entities.uid_json import uid_to_json
    from ringwall.policy.entities.value_json import value_to_json

    before, after = (example.denying, example.allowing) if now_allowed else (example.allowing, example.denying)
    request = example.request
    return {
        "request": {
            "principal": uid_to_json(request.principal),
            "action": uid_to_json(request.action),
            "resource": uid_to_json(request.resource),
            "context": value_to_json(request.context),
        },
        "entities": entities_to_json(example.entities),
        "before": {"allowed": before.allowed, "reasons": before.reasons},
        "after": {"allowed": after.allowed, "reasons": after.reasons},
    }
