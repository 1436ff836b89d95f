"""Parses a piece of code once, walks it once, and asks each check about what it wants to see."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date

from ringwall.review.allow import Allow, Said, allows_in_python, allows_in_script, allows_in_template, settle
from ringwall.review.check import Check, Found, Look, LookAtScript, LookAtTemplate
from ringwall.review.finding import Finding
from ringwall.review.python import PythonFile
from ringwall.review.script import Script
from ringwall.review.source import Piece
from ringwall.review.template import Template
from ringwall.review.token import Unclosed


class Reviewer:
    """The checks, sorted by what they want to see."""

    def __init__(self, checks: tuple[Check, ...], today: date) -> None:
        self.checks = checks
        self._today = today
        self._by_node: dict[type[ast.AST], list[tuple[Check, Look]]] = defaultdict(list)
        self._by_call: dict[str, list[tuple[Check, Look]]] = defaultdict(list)
        self._by_method: dict[str, list[tuple[Check, Look]]] = defaultdict(list)
        self._scripts: list[tuple[Check, LookAtScript]] = []
        self._templates: list[tuple[Check, LookAtTemplate]] = []
        for check in checks:
            for kind, look in check.by_node:
                self._by_node[kind].append((check, look))
            for name, look in check.by_call:
                self._by_call[name].append((check, look))
            for name, look in check.by_method:
                self._by_method[name].append((check, look))
            self._scripts.extend((check, look) for look in check.by_script)
            self._templates.extend((check, look) for look in check.by_template)

    def findings(self, path: str, piece: Piece) -> list[Finding]:
        """What the checks and the allowances leave to say about one piece of code. Raises Unreadable."""
        languages: dict[str, Callable[[str], Iterator[Said | Allow]]] = {
            "python": self._python,
            "javascript": self._script,
            "html": self._template,
        }
        allows: list[Allow] = []
        said: list[Said] = []
        try:
            for item in languages[piece.language](piece.text):
                allows.append(item) if isinstance(item, Allow) else said.append(item)
        except SyntaxError as error:
            reason = f"not {piece.language} that this interpreter can parse: {error.msg}"
            raise Unreadable(reason, error.lineno or 0) from error
        except Unclosed as error:
            raise Unreadable(str(error), error.line) from error
        except (RecursionError, MemoryError) as error:
            raise Unreadable("nested too deeply") from error
        kept = settle(said, allows, self.checks, self._today)
        return [Finding(check, path, *piece.place(line, column), message) for check, line, column, message in kept]

    def _python(self, text: str) -> Iterator[Said | Allow]:
        file = PythonFile(text)
        for kind, looks in self._by_node.items():
            for node in file.nodes.get(kind, ()):
                for check, look in looks:
                    yield from _say(check, look(node, file), file)
        for node in file.nodes[ast.Call]:
            assert isinstance(node, ast.Call)
            if isinstance(node.func, ast.Attribute):
                for check, look in self._by_method.get(node.func.attr, ()):
                    yield from _say(check, look(node, file), file)
            looks = self._by_call.get(file.name(node.func), [])
            if looks and not file.is_own_name(node.func):
                for check, look in looks:
                    yield from _say(check, look(node, file), file)
        yield from allows_in_python(text)

    def _script(self, text: str) -> Iterator[Said | Allow]:
        script = Script(text)
        for check, look in self._scripts:
            for token, message in look(script):
                yield check, token.line, token.column, message
        yield from allows_in_script(script)

    def _template(self, text: str) -> Iterator[Said | Allow]:
        template = Template(text)
        for check, look in self._templates:
            for mark, message in look(template):
                yield check, mark.line, mark.column, message
        yield from allows_in_template(template)


class Unreadable(Exception):
    """A piece of code that no check can look at. ``line`` counts within the piece; 0 when the whole is meant."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line


def _say(check: Check, found: Found, file: PythonFile) -> Iterator[Said]:
    for node, message in found:
        yield check, *file.place(node), message
