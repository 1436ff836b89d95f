"""The verbs and their one-line help, so that ``ringwall --help`` imports none of them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import ClassVar, cast

import click

from ringwall import __version__
from ringwall.errors import Misconfigured

VERBS = {
    "init": "Write a ringwall.toml for the service in this directory.",
    "up": "Start the authority: login page, tokens, certificates, secrets, audit log.",
    "run": "Run a service with its certificates issued and renewed: ringwall run orders:app",
    "check": "Explain ringwall.toml line by line; with --production, refuse what is unsafe there.",
    "routes": "Who may call what: the table of doors, and which stand open.",
    "why": "Explain one decision, rule by rule, value by value.",
    "policy": "Check, test, explain and compare policies; show those of a service as Cedar text.",
    "token": "Revoke tokens, by person, session, client or key.",
    "secret": "Set, read, rotate and list secrets, and their history.",
    "certs": "Every certificate, its peer, and how long it lasts.",
    "seal": "Re-encrypt sealed columns, and show what is under which key.",
    "audit": "Follow the audit log, and prove that nothing in it was changed.",
    "review": "Find the antipatterns in a tree: file, line, why, and the fix.",
}


class Verbs(click.Group):
    """A group whose commands are loaded when they are called: one module of ``package`` for each of ``verbs``."""

    verbs: ClassVar[Mapping[str, str]] = VERBS
    package = "ringwall.cli"

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.verbs:
            return None
        return cast(click.Command, import_module(f"{self.package}.{cmd_name.replace('-', '_')}").command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.verbs and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], self.verbs, n=1)
            ctx.fail(f"no verb {args[0]!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl(list(self.verbs.items()))


def run() -> int:
    """Run the command of this process; its exit status. Raises ``Misconfigured`` for a command that makes no sense."""
    try:
        return int(ringwall.main(prog_name="ringwall", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        text = error.format_message().rstrip(".")
        context = error.ctx if isinstance(error, click.UsageError) else None
        hint = f"see '{context.command_path} --help'" if context is not None else ""
        raise Misconfigured(text[:1].lower() + text[1:], hint=hint) from None
    except click.Abort:
        raise KeyboardInterrupt from None


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ringwall")
def ringwall() -> None:
    """Every layer of microservice security, closed by default."""
