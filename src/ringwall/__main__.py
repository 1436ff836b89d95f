"""``python -m ringwall``: the same as the ``ringwall`` command."""

from ringwall.cli import main

main()
