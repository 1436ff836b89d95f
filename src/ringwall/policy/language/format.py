"""Policy text laid out in one way. Every token and every comment stays in its order; the space between them changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ringwall.policy.language.parse import parse_policies
from ringwall.policy.language.written import Brackets, Node, Word, flattened, tree, words

_WIDTH = 100
_STEP = 2


def formatted(text: str, *, file: str = "") -> str:
    """The text, laid out. Formatted again, it stays as it is. Raises ``Unreadable`` for what is no policy text."""
    parse_policies(text, file=file)
    *written, end = words(text)
    lines: list[str] = []
    for policy in _policies(written):
        first = policy[0]
        lines += ["", *first.above]
        for statement in _statements([replace(first, above=()), *policy[1:]]):
            lines += _layout(tree(statement), 0)
    laid_out = "\n".join([*lines, "", *end.above]).strip("\n")
    return laid_out and f"{laid_out}\n"


def _policies(written: Sequence[Word]) -> Iterator[list[Word]]:
    policy: list[Word] = []
    for word in written:
        policy.append(word)
        if word.text == ";":
            yield policy
            policy = []


def _statements(policy: Sequence[Word]) -> Iterator[list[Word]]:
    """Each annotation, the scope and each clause by itself; the semicolon belongs to the last."""
    statement: list[Word] = []
    depth = 0
    for word in policy:
        starts = word.text in ("@", "when", "unless", "permit", "forbid")
        if starts and not depth and statement and statement[-1].text != "@":
            yield statement
            statement = []
        statement.append(word)
        depth += (word.text in ("(", "[", "{")) - (word.text in (")", "]", "}"))
    yield statement


def _layout(nodes: Sequence[Node], indent: int, hang: int = 0) -> list[str]:
    """The lines of some nodes. A chain that is part of another hangs to the right from its second line on."""
    margin = " " * indent
    first = nodes[0] if isinstance(nodes[0], Word) else nodes[0].open
    if first.above:
        return [margin + comment for comment in first.above if comment] + _layout(_without_above(nodes), indent, hang)
    parts = _parts(nodes)
    opens = any(isinstance(node, Brackets) and node.items for node in nodes)
    line = _line(list(flattened(nodes)))
    if line is not None and (len(margin) + len(line) <= _WIDTH or (len(parts) == 1 and not opens)):
        return [margin + line]
    if len(parts) == 1:
        return _opened(nodes, indent) or _broken(nodes, margin)
    lines = _layout(parts[0], indent, _STEP)
    for part in parts[1:]:
        lines += _layout(part, indent + hang, _STEP)
    return lines


def _without_above(nodes: Sequence[Node]) -> list[Node]:
    first, *rest = nodes
    if isinstance(first, Word):
        return [replace(first, above=()), *rest]
    return [replace(first, open=replace(first.open, above=())), *rest]


def _parts(nodes: Sequence[Node]) -> list[Sequence[Node]]:
    """Where the nodes are best broken: an ``if`` before its ``then`` and ``else``, a chain behind its operators."""
    texts = [node.text if isinstance(node, Word) else "" for node in nodes]
    if texts[0] == "if" and (choice := _choice(texts)):
        cuts = choice
    else:
        inside = texts[:-1]  # an operator at the end belongs to the chain around
        operator = next((operator for operator in ("||", "&&") if operator in inside), None)
        cuts = [place + 1 for place, text in enumerate(inside) if text == operator]
    return [nodes[start:end] for start, end in zip([0, *cuts], [*cuts, len(nodes)], strict=True)]


def _choice(texts: Sequence[str]) -> list[int]:
    """Where the ``then`` and the ``else`` of the first ``if`` stand."""
    places: list[int] = []
    inner = 0
    for place, text in enumerate(texts[1:], 1):
        if text == "if":
            inner += 1
        elif text == "else" and inner:
            inner -= 1
        elif text in ("then", "else") and not inner:
            places.append(place)
    return places


def _opened(nodes: Sequence[Node], indent: int) -> list[str]:
    """The last brackets with each item on a line of its own; nothing where a comment stands in the way."""
    place, group = max(
        ((place, node) for place, node in enumerate(nodes) if isinstance(node, Brackets) and node.items),
        key=lambda found: found[0],
        default=(0, None),
    )
    if group is None:
        return []
    head = _line([*flattened(nodes[:place]), group.open])
    tail = _line([replace(group.close, above=()), *flattened(nodes[place + 1 :])])
    if head is None or tail is None:
        return []
    inside = [line for item in group.items for line in _layout(item, indent + _STEP)]
    inside += [" " * (indent + _STEP) + comment for comment in group.close.above if comment]
    return [" " * indent + head, *inside, " " * indent + tail]


def _broken(nodes: Sequence[Node], margin: str) -> list[str]:
    """As few lines as the comments between the words allow."""
    lines: list[str] = []
    waiting: list[Word] = []
    for word in flattened(nodes):
        if word.above and waiting:
            lines.append(_line(waiting) or "")
            waiting = []
        lines += [comment for comment in word.above if comment]
        waiting.append(replace(word, above=()))
        if word.beside:
            lines.append(_line(waiting) or "")
            waiting = []
    lines += [_line(waiting) or ""] if waiting else []
    return [margin + line for line in lines]


def _line(written: Sequence[Word]) -> str | None:
    """All words on one line; ``None`` where a comment stands between two of them."""
    if any(word.above for word in written) or any(word.beside for word in written[:-1]):
        return None
    text = written[0].text
    for before, word in pairwise(written):
        text += " " + word.text if before.apart[1] and word.apart[0] else word.text
    return f"{text}  {written[-1].beside}" if written[-1].beside else text
