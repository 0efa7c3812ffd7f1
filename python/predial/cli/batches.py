"""Runs one batch of a command, and sets the exit status."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

import click

import predial
from predial._batch import NAMES_LINES
from predial.cli.outcome import Outcome
from predial.cli.progress import How, Progress, progress
from predial.cli.reports import Shown
from predial.cli.shell_words import in_shell_words
from predial.cli.sources import opened, size_of

#: `predial.check` or `predial.prepare` with its options.
Work = Callable[[str | BinaryIO, Progress | None], predial.Report]


def run(
    name: str,
    work: Work,
    shown: Shown,
    outcome: Outcome,
    how: How,
    out: str | None = None,
    again: Callable[[], str] = str,
) -> None:
    """Do the work on the FILE of that name, and show its report, which may cover only a part."""
    failure = None
    if shown.quiet and how == "auto":
        how = "none"
    names_lines = NAMES_LINES.set(True)
    try:
        with progress(how, size_of(name)) as callback:
            report = work(opened(name), callback)
    except predial.SourceError as error:
        failure, report = error, error.report
    except predial.ListError as error:
        outcome.refuse(str(error), about=name)
        shown.show_failure(name, str(error))
        return
    except ValueError as error:  # an option that the core refuses, and names
        raise click.UsageError(in_shell_words(str(error))) from error
    except OSError as error:
        why = error.strerror or type(error).__name__
        outcome.fail(why, about=str(error.filename or name))
        outcome.note(error)
        shown.show_failure(name, why)
        return
    finally:
        NAMES_LINES.reset(names_lines)
    if shown.is_refused(report):
        outcome.reject()
    shown.show(name, report, failure, out, again())
    if failure is None and report.total == 0:
        outcome.say("the list has no rows", about=name)
    if failure is not None:
        # Where a file begins is said by its name.
        outcome.refuse(str(failure) if failure.offset else failure.message, about=name)
