"""``ringwall policy repl``: a prompt at which Cedar expressions and requests are asked."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import click


@click.command("repl")
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("--entities", "more", multiple=True, metavar="FILE", help="Entities; without it, those beside.")
def command(paths: tuple[str, ...], more: tuple[str, ...]) -> None:
    """Evaluate Cedar expressions against the policies and entities of each PATH (default: here).

    What is typed is read as Cedar and as nothing else.
    """
    from ringwall.cli import speech
    from ringwall.cli.policy.files import files_of, read_deciding, read_entities, read_schema
    from ringwall.errors import RingwallError
    from ringwall.policy.trial.prompt import Prompt
    from ringwall.printable import printable_lines

    files = files_of(paths or (".",))
    schema = read_schema(files.schemas)
    prompt = Prompt(read_deciding(files.policies), read_entities([Path(one) for one in more] or files.entities, schema))
    with suppress(ImportError):
        import readline  # noqa: F401  lines are edited and remembered where there is one
    if sys.stdin.isatty():
        click.echo(prompt.welcome)
    while True:
        try:
            line = input("cedar> " if sys.stdin.isatty() else "")
        except EOFError:
            return
        try:
            answer = prompt.answer(line)
        except RingwallError as error:
            click.echo(speech.error(error), err=True)
            continue
        if answer is None:
            return
        if answer:
            click.echo(printable_lines(answer))
