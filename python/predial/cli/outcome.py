"""How a command ends: its exit status, and what it says about a failure.

0: everything can be sent. 1: something is rejected. 2: the command could not do its work.
130: it was interrupted. 141: nobody read its output any more, as after `| head`. There are no
others.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import IO, Any, Final

import click

from predial.cli.printing import complain, printable, printable_lines
from predial.cli.shell_words import in_shell_words
from predial.cli.sources import shown_name

ALL_SENDABLE: Final = 0
REJECTS: Final = 1
NO_WORK_DONE: Final = 2
INTERRUPTED: Final = 130
UNREAD: Final = 141


class Outcome:
    """The worst that has happened so far; `Context.obj` holds it."""

    def __init__(self) -> None:
        self.status = ALL_SENDABLE

    def reject(self) -> None:
        """Note that something can't be sent."""
        self.status = max(self.status, REJECTS)

    def fail(self, message: str, *, about: str | None = None) -> None:
        """Say on stderr why the work, or a part of it, could not be done."""
        self.status = NO_WORK_DONE
        subject = "" if about is None else f"{shown_name(about)}: "
        complain(f"predial: {printable(subject + in_shell_words(message))}")

    def refuse(self, message: str, *, about: str) -> None:
        """Say on stderr why a list was not read, in lines that fit; a message may have several."""
        self.status = NO_WORK_DONE
        said = printable_lines(in_shell_words(message))
        for line in f"predial: {printable(shown_name(about))}: {said}".split("\n"):
            complain(line, rest="      " if line.startswith(" ") else "  ", is_report=True)

    def say(self, message: str, *, about: str) -> None:
        """Say a fact on stderr that is not a failure."""
        complain(f"predial: {printable(f'{shown_name(about)}: {message}')}")

    def note(self, error: BaseException) -> None:
        """Write the notes of an error (PEP 678) to stderr."""
        for note in getattr(error, "__notes__", ()):
            complain(f"predial: {printable(in_shell_words(note))}")


class CommandLine(click.Group):
    """The group of all commands. It ends the process as documented, also after any error.

    The module `predial.cli.NAME` has the command NAME. It is imported when the command runs, so
    that `predial --help` is quick.
    """

    def __init__(self, name: str, *, short_helps: dict[str, str], **options: Any) -> None:
        super().__init__(name, **options)
        self.short_helps = short_helps

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self.short_helps)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.short_helps:
            return None
        command: click.Command = import_module(f"predial.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(self.short_helps.items()))

    def invoke(self, ctx: click.Context) -> None:
        outcome = ctx.obj = Outcome()
        try:
            _write_what_any_stream_can(sys.stdout, sys.stderr)
            super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except KeyboardInterrupt as interrupt:
            outcome.status = INTERRUPTED
            outcome.note(interrupt)
        except BrokenPipeError:
            outcome.status = UNREAD
            _forget_stdout()
        except OSError as error:  # commands catch those of their own files: this is of the output
            _forget_stdout()
            outcome.fail(error.strerror or type(error).__name__, about="<stdout>")
        except BaseException as error:
            # A panic of the core is a BaseException. The text of the error is not shown: it may
            # quote the list.
            outcome.fail(f"an error in predial itself ({type(error).__name__}): please report it")
        ctx.exit(outcome.status)


def _write_what_any_stream_can(*streams: IO[str]) -> None:
    """Escape the characters for which a stream's encoding has no bytes."""
    for stream in streams:
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")


def _forget_stdout() -> None:
    """Write nothing more to stdout, not even what is buffered when the process ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
