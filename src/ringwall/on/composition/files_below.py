"""The files in a directory that decides: all of them, or an error."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ringwall.errors import Misconfigured


def files_below(directory: Path) -> Iterator[Path]:
    """All entries below ``directory`` that are no directories. Hidden ones are passed over: they are the working files
    of editors, and the versions of a mounted volume beside its links to them. Nothing else is, or a forbid could be
    lost in silence: raises ``OSError`` for what cannot be listed, and ``Misconfigured`` for a link to a directory.
    """
    with os.scandir(directory) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.startswith("."):
                continue
            if not entry.is_dir():
                yield Path(entry)
            elif entry.is_symlink():
                raise Misconfigured("a link to a directory is not followed", hint="link its files", where=entry.path)
            else:
                yield from files_below(Path(entry))
