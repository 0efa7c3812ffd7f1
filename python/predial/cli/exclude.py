"""`predial exclude`: lists of phones that are not to be called, kept as a file."""

from __future__ import annotations

from typing import Any

import click

import predial
from predial.cli.config import say_what_is_set
from predial.cli.options import MAX_ROW_BYTES, PROGRESS, READING, THREADS, declare
from predial.cli.outcome import Outcome
from predial.cli.printing import counted, say
from predial.cli.progress import How
from predial.cli.progress import progress as shown
from predial.cli.shell_words import in_shell_words


@click.group("exclude")
def command() -> None:
    """Keep lists of phones that are not to be called as a file.

    Such a file is a list for --exclude. It opens at once, however many phones it has.
    """


@command.command("build")
@click.argument("lists", metavar="LIST...", nargs=-1, required=True, type=click.Path(exists=True))
@click.option(
    "--out",
    "-o",
    metavar="FILE",
    required=True,
    type=click.Path(dir_okay=False),
    help="The file that is written, such as dnc.predial.",
)
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists.")
@declare(*READING, MAX_ROW_BYTES, THREADS, PROGRESS)
@click.pass_obj
def build(
    outcome: Outcome,
    /,
    lists: tuple[str, ...],
    out: str,
    overwrite: bool,
    progress: How,
    **options: Any,
) -> None:
    """Write the phones of each LIST to one file, which --exclude opens at once.

    A LIST is what --exclude takes: a list in any form that predial check reads, a file of this
    command, the directory of an earlier run, or a journal of predial send. Numbers that are written
    as dialled in a country are read with --region and --prefer. The file has all numbers in their
    international form, so later options do not change them. FILE gets its name when it is whole.
    """
    say_what_is_set(click.get_current_context())
    try:
        with shown(progress, None) as bar:
            built = predial.build_exclude(
                list(lists), out, overwrite=overwrite, progress=bar, **options
            )
    except FileExistsError as error:
        outcome.fail(str(error.strerror), about=out)
    except OSError as error:
        outcome.fail(error.strerror or type(error).__name__, about=str(error.filename or out))
        outcome.note(error)
    except ValueError as error:
        raise click.UsageError(in_shell_words(str(error))) from error
    else:
        for note in built.notes:
            outcome.say(note, about=out)
        # An entry may be repeated, and may have several phones.
        entries = counted(built.entries, "entry", "entries")
        of = f" (of {entries})" if built.entries != built.phones else ""
        say(f"{counted(built.phones, 'phone')} in {out}{of}")
