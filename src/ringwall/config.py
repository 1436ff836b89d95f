"""``ringwall.toml`` → typed settings. Every error names file, line, key, and the nearest right word."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from ringwall.config_sections import SECTIONS
from ringwall.errors import Misconfigured
from ringwall.settings import FILE, Mode, Settings
from ringwall.toml_source import TomlSource


def find(near: Path) -> Path:
    """The ``ringwall.toml`` nearest to ``near``, upward. Raises ``Misconfigured`` when there is none."""
    start = near.resolve()
    for directory in (start, *start.parents):
        if (candidate := directory / FILE).is_file():
            return candidate
    raise Misconfigured(f"no {FILE} in {near} or above it", hint="create one with 'ringwall init'")


def load(near: Path) -> Settings:
    """Read the ``ringwall.toml`` nearest to ``near`` (a file or a directory). Raises ``Misconfigured``."""
    return read(find(near))


def read(path: Path) -> Settings:
    """Read this very file. Raises ``Misconfigured`` with file, line, key, and the nearest right word."""
    source = TomlSource(path)
    source.refuse_unknown(source.data, SECTIONS)
    sections = {key: build(source) for key, build in SECTIONS.items() if key in source.data}
    if "service" not in sections:
        raise Misconfigured("the section [service] is missing", hint='add: [service] name = "…"', where=str(path))
    mode = sections.pop("mode", "production" if "authority" in sections else "development")
    if "login" in sections:
        sections["logins"] = sections.pop("login")
    return Settings(path=path, mode=cast(Mode, mode), **cast(dict[str, Any], sections))
