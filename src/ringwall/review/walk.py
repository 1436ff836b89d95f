"""From the paths a person names to the files that will be read, in a fixed order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from ringwall.errors import Misconfigured
from ringwall.review.finding import Unread

SCRIPTS = frozenset({".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"})
TEMPLATES = frozenset({".html", ".htm", ".jinja", ".jinja2", ".j2"})
PROSE = frozenset({".md", ".txt"})  # read for the samples in it, and only when named: a README is rarely a program
IN_FOLDERS = SCRIPTS | TEMPLATES | {".py", ".pyw"}

_NOT_OURS = frozenset({"node_modules", "__pycache__", "site-packages"})


def walk(paths: Iterable[str | Path]) -> Iterator[Path | Unread]:
    """Every file to review once, sorted within its folder. Raises Misconfigured for a path that cannot be meant.

    Folders are followed through links, each real folder once. Hidden folders, virtual environments and installed
    packages are other people's code and are left out, unless the path itself names them.
    """
    seen: set[str] = set()
    for path in map(Path, paths):
        if path.is_dir():
            yield from _folder(path, seen)
        elif not os.path.lexists(path):
            raise Misconfigured(f"no such file or folder: {path}", hint="name the files or folders to review")
        elif path.suffix.lower() not in IN_FOLDERS | PROSE:
            raise Misconfigured(
                f"{path}: not a kind of file that review can read",
                hint=f"it reads {' '.join(sorted(IN_FOLDERS | PROSE))}",
            )
        else:
            yield from _file(path, seen)


def _folder(folder: Path, seen: set[str]) -> Iterator[Path | Unread]:
    real = os.path.realpath(folder)
    if real in seen:
        return
    seen.add(real)
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Unread(str(folder), 0, _reason(error))
        return
    for entry in entries:
        path = folder / entry.name
        try:
            if entry.is_dir():
                if not _left_out(path):
                    yield from _folder(path, seen)
            elif path.suffix.lower() in IN_FOLDERS:
                yield from _file(path, seen)
        except OSError as error:  # a link that leads to itself
            yield Unread(str(path), 0, _reason(error))


def _left_out(folder: Path) -> bool:
    return folder.name in _NOT_OURS or folder.name.startswith(".") or (folder / "pyvenv.cfg").exists()


def _file(path: Path, seen: set[str]) -> Iterator[Path | Unread]:
    try:
        real = str(path.resolve(strict=True))
    except (OSError, RuntimeError) as error:
        yield Unread(str(path), 0, _reason(error))
        return
    if not path.is_file():
        yield Unread(str(path), 0, "not a regular file")
    elif real not in seen:
        seen.add(real)
        yield path


def _reason(error: Exception) -> str:
    if isinstance(error, RuntimeError) or getattr(error, "errno", None) == 40:  # ELOOP
        return "a link that leads back to itself"
    return (error.strerror if isinstance(error, OSError) and error.strerror else str(error)).lower()
