"""The audit logs of guards: of the service here, or of every service of the installation here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from ringwall.store.contract import Reader


def events(rows: Callable[[Reader], Iterable[bytes]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events that ``rows`` finds in each log, each with the service whose log it is."""
    from ringwall.audit.decisions import logs
    from ringwall.store import connection
    from ringwall.store.rows import SqliteReader

    for service, directory in _state_directories():
        for path in logs(directory / "audit"):
            reader = SqliteReader(connection.reading(path))
            try:
                for body in rows(reader):
                    yield service, json.loads(body)
            finally:
                reader.close()


def _state_directories() -> Iterator[tuple[str, Path]]:
    from ringwall import config
    from ringwall.settings import FILE

    here = Path.cwd()
    if (here / FILE).is_file():
        settings = config.load(here)
        yield settings.service.name, settings.state_directory
    for directory in (here, *here.parents):
        if (services := directory / ".ringwall" / "services").is_dir():
            yield from sorted((path.name, path) for path in services.iterdir() if path.is_dir())
            return
