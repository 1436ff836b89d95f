"""The command line: one file per verb, each imported only when it is asked for."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ringwall.errors import RingwallError


def main() -> None:
    """The console script. Every error ends as one or two lines on stderr and exit status 2; Ctrl-C as status 130.

    Statuses 0 and 1 are the verbs' own: all is well, and something was found.
    """
    from ringwall import extras
    from ringwall.errors import RingwallError

    try:
        from ringwall.cli.frame import run

        sys.exit(run())
    except RingwallError as error:
        _fail(error)
    except ModuleNotFoundError as error:
        # What an extra's package needs itself, such as httptools for uvicorn.
        if (missing := extras.missing(error.name or "")) is None:
            raise
        _fail(missing)
    except BrokenPipeError:
        # Whoever reads our output, such as head, has enough; the interpreter's own flush at its end must not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _fail(error: RingwallError) -> None:
    from ringwall.cli import speech

    sys.stderr.write(speech.error(error) + "\n")
    sys.exit(2)
