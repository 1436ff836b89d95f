"""A Python file, parsed once and walked once, with the questions that checks ask of it."""

from __future__ import annotations

import ast
import warnings
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

Function = (ast.FunctionDef, ast.AsyncFunctionDef)
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

_ROUTES = frozenset({"route", "get", "post", "put", "patch", "delete", "api_route", "websocket"})


class PythonFile:
    """The syntax tree of one file. Raises SyntaxError, or ValueError for NUL bytes, when there is none."""

    def __init__(self, text: str) -> None:
        self.text = text
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in somebody's file is not ours to report
            self.tree = ast.parse(text)
        self.nodes: dict[type[ast.AST], list[ast.AST]] = defaultdict(list)
        self.parents: dict[ast.AST, ast.AST] = {}
        self._walk()

    def _walk(self) -> None:
        nodes, parents, stack = self.nodes, self.parents, [self.tree]
        while stack:
            node: ast.AST = stack.pop()
            nodes[type(node)].append(node)
            for value in node.__dict__.values():
                if isinstance(value, list):
                    for item in value:
                        if isinstance(item, ast.AST):
                            parents[item] = node
                            stack.append(item)  # type: ignore[arg-type]
                elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
                    parents[value] = node
                    stack.append(value)  # type: ignore[arg-type]

    @cached_property
    def imports(self) -> dict[str, str]:
        """Local name -> full name, for everything imported anywhere in the file."""
        names: dict[str, str] = {}
        for node in self.nodes[ast.Import]:
            for alias in node.names:  # type: ignore[attr-defined]
                head = alias.name.partition(".")[0]
                names[alias.asname or head] = alias.name if alias.asname else head
        for node in self.nodes[ast.ImportFrom]:
            for alias in node.names:  # type: ignore[attr-defined]
                names[alias.asname or alias.name] = f"{node.module or ''}.{alias.name}"  # type: ignore[attr-defined]
        return names

    def imported(self, package: str) -> bool:
        """Whether the file imports the package or anything below it."""
        return any(name == package or name.startswith(package + ".") for name in self.imports.values())

    def name(self, node: ast.AST | None) -> str:
        """The full dotted name of an expression (``jwt.decode``), or "" when it is not a plain name."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        parts.append(self.imports.get(node.id, node.id))
        return ".".join(reversed(parts))

    def is_own_name(self, node: ast.expr) -> bool:
        """Whether a dotted name starts with a variable of this file, and so only looks like a module's."""
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id not in self.imports and node.id in self._variables

    def value(self, node: ast.expr) -> ast.expr:
        """What a name stands for when its scope assigns it exactly once; otherwise the expression itself."""
        if not isinstance(node, ast.Name):
            return node
        scope = self.scope(node)
        while True:
            assigned = self._assignments.get((scope, node.id))
            if assigned is not None:
                only = assigned[0] if len(assigned) == 1 else None
                return only if only is not None else node
            if isinstance(scope, ast.Module):
                return node
            scope = self.scope(scope)

    @cached_property
    def _variables(self) -> frozenset[str]:
        functions = (node.name for kind in Function for node in self.nodes[kind] if isinstance(node, Function))
        return frozenset(name for _, name in self._assignments).union(functions)

    @cached_property
    def _assignments(self) -> dict[tuple[ast.AST, str], list[ast.expr | None]]:
        """(scope, name) -> each value it is given; None where the value is not one expression."""
        found: dict[tuple[ast.AST, str], list[ast.expr | None]] = defaultdict(list)
        for node in self.nodes[ast.Name]:
            assert isinstance(node, ast.Name)
            if isinstance(node.ctx, ast.Store):
                parent = self.parents[node]
                plain = isinstance(parent, ast.Assign | ast.AnnAssign | ast.NamedExpr)
                found[self.scope(node), node.id].append(parent.value if plain else None)  # type: ignore[attr-defined]
        for node in self.nodes[ast.arg]:
            assert isinstance(node, ast.arg)
            found[self.scope(node), node.arg].append(None)
        return found

    def place(self, node: ast.AST) -> tuple[int, int]:
        """Line and column, both from 1, the column in characters (``ast`` counts bytes)."""
        line: int = getattr(node, "lineno", 1)
        text = self.text.split("\n", line)[line - 1]
        return line, len(text.encode()[: getattr(node, "col_offset", 0)].decode()) + 1

    def scope(self, node: ast.AST) -> ast.AST:
        """The function that holds this node, or the module."""
        while (parent := self.parents.get(node)) is not None:
            if isinstance(parent, (*Function, ast.Lambda)):
                return parent
            node = parent
        return self.tree

    def function(self, node: ast.AST) -> FunctionNode | None:
        """The ``def`` that holds this node, if any."""
        scope = self.scope(node)
        while isinstance(scope, ast.Lambda):
            scope = self.scope(scope)
        return scope if isinstance(scope, Function) else None

    def calls_in(self, node: ast.AST) -> Iterator[ast.Call]:
        """Every call inside a node."""
        return (child for child in ast.walk(node) if isinstance(child, ast.Call))

    def is_route(self, function: FunctionNode | None) -> bool:
        """Whether a ``def`` is a web handler: marked ``@app.route(...)``, ``@router.get(...)`` and the like."""
        return function is not None and any(True for _ in self.route_marks(function))

    def route_marks(self, function: FunctionNode) -> Iterator[ast.Call]:
        """The decorators that make a ``def`` a web handler."""
        for mark in function.decorator_list:
            if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr in _ROUTES:
                yield mark
