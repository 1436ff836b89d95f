"""The command line: one file per verb, each imported only when it is asked for."""

from __future__ import annotations

import sys
from importlib import import_module

from ringwall.cli.frame import ringwall


def main() -> None:
    """The console script. Every ``RingwallError`` ends as two lines on stderr and exit status 2."""
    from ringwall.errors import RingwallError

    try:
        ringwall(prog_name="ringwall")
    except RingwallError as error:
        sys.stderr.write(import_module("ringwall.cli.speech").error(error) + "\n")
        sys.exit(2)
