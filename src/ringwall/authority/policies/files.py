"""The files of a policy set as they may be pushed: their names, their kinds, how many, and how large."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ringwall.errors import Misconfigured
from ringwall.policy.bundle import ENTITIES, POLICIES, SCHEMA

MAX_FILES = 256
MAX_BYTES = 768 * 1024
"""All files of a set together, in UTF-8."""

KINDS = (POLICIES, SCHEMA, ENTITIES)

_PART = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}"
_NAME = re.compile(f"{_PART}(?:/{_PART}){{0,7}}")


def check_files(files: Mapping[str, str]) -> None:
    """Raise ``Misconfigured`` for names that are none, kinds of files that no set has, and for too much of them."""
    if len(files) > MAX_FILES:
        raise Misconfigured(f"a policy set has at most {MAX_FILES} files, and here are {len(files)}")
    for name in files:
        if not _NAME.fullmatch(name) or not name.endswith(KINDS):
            raise Misconfigured(
                f"{name[:100]!r} is no file of a policy set", hint=f"its name ends in {', '.join(KINDS)}"
            )
    size = sum(len(text.encode()) for text in files.values())
    if size > MAX_BYTES:
        raise Misconfigured(f"the files hold {size} bytes, and a policy set at most {MAX_BYTES}")
