"""``ringwall policy pull orders policies/``: the policies of a service as the authority has them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import click

from ringwall.cli.operator import Operator
from ringwall.errors import Invalid


@click.command()
@click.argument("name")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--version", "number", type=click.IntRange(min=1), help="A version other than the current one.")
def command(name: str, directory: Path, number: int | None) -> None:
    """Write the files of the policy set NAME into DIRECTORY, which is made, or must be empty.

    To go back to an earlier version, pull it and push it: it becomes the next one.
    """
    from ringwall.authority.policies.files import check_files

    if directory.exists() and any(directory.iterdir()):
        raise Invalid(f"{directory} is not empty", hint="name a directory that is not there yet")
    answer = Operator().get(f"/policies?name={quote(name)}" + (f"&version={number}" if number else ""))
    if answer is None:
        which = f"version {number} of {name}" if number else f"policy set {name}"
        raise Invalid(f"the authority has no {which}", status=404, hint=f"ringwall policy history {name}")
    check_files(answer["files"])  # so that no name leads out of the directory
    for file, text in answer["files"].items():
        place = directory / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())
    click.echo(f"version {answer['version']} of {name}: {len(answer['files'])} files in {directory}")
