"""``ringwall policy fmt``: policies laid out as everybody lays them out."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click


@click.command("fmt")
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("--check", is_flag=True, help="Change nothing; exit status 1 where something would change.")
@click.option("--json", "as_json", is_flag=True, help="The files that changed, or would.")
def command(paths: tuple[str, ...], check: bool, as_json: bool) -> None:
    """Lay out the policies of each PATH (default: here) in place; "-" reads stdin and prints. Comments stay."""
    from ringwall.cli.policy.files import files_of, read_text
    from ringwall.policy.language.format import formatted

    if paths == ("-",):
        text = sys.stdin.read()
        laid_out = formatted(text)
        click.echo(laid_out, nl=False)
        sys.exit(1 if check and laid_out != text else 0)
    changed: list[Path] = []
    for file in files_of(paths or (".",)).policies:
        before = read_text(file)
        after = formatted(before, file=str(file))
        if after != before:
            changed.append(file)
            if not check:
                _write(file, after)
    if as_json:
        click.echo(json.dumps({"changed": [str(file) for file in changed]}))
    else:
        for file in changed:
            click.echo(f"{'would lay out' if check else 'laid out'} {file}")
    sys.exit(1 if check and changed else 0)


def _write(file: Path, text: str) -> None:
    from ringwall.errors import Misconfigured

    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Misconfigured(f"cannot write {file}: {(error.strerror or str(error)).lower()}") from None
