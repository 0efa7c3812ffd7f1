"""`predial forecast`: when the jobs of a list may ring."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import click

import predial
from predial.cli.options import BATCH, OUTPUT_FORMAT, declare
from predial.cli.outcome import Outcome
from predial.cli.printing import counted, grouped, say, say_json, say_table
from predial.cli.shell_words import in_shell_words
from predial.cli.sources import opened
from predial.cli.statistics import show_statistics

HOUR = timedelta(hours=1)


@click.command("forecast")
@click.argument("file", metavar="FILE")
@declare(
    click.option(
        "--days",
        type=int,
        default=7,
        show_default=True,
        help="Forecast so many days.",
    ),
    click.option("--lines", type=int, help="How many lines call at the same time."),
    click.option(
        "--seconds-per-call", type=float, help="How many seconds a call takes a line on average."
    ),
    *BATCH,
    OUTPUT_FORMAT,
)
@click.pass_obj
def command(outcome: Outcome, /, file: str, output_format: str, **options: Any) -> None:
    """Count how many jobs of FILE may ring in each hour of UTC.

    FILE is what predial check takes. A job counts in each hour in which it may ring for a moment,
    by its policy, its gmtZone and its phone. With --lines and --seconds-per-call the answer also
    says when the list would be through, and how many jobs would not be called in time. The exit
    status is 1 if something is rejected.
    """
    try:
        found = predial.forecast(opened(file), max_diagnostics=0, **options)
    except predial.SourceError as error:
        outcome.fail(str(error), about=file)
        return
    except predial.ListError as error:
        outcome.refuse(str(error), about=file)
        return
    except ValueError as error:  # an option that the core refuses, and names
        raise click.UsageError(in_shell_words(str(error))) from error
    except OSError as error:
        outcome.fail(error.strerror or type(error).__name__, about=str(error.filename or file))
        return
    if found.report.rejected:
        outcome.reject()
    _show(found, output_format)
    if output_format == "text":
        show_statistics(found.report)


def _show(found: predial.Forecast, output_format: str) -> None:
    hours = [{"hour": _utc(hour), "jobs": jobs} for hour, jobs in found.hours]
    if output_format == "json":
        say_json({**_summary(found), "hours": hours}, indent=2)
    elif output_format == "ndjson":
        for hour in hours:
            say_json({"type": "hour", **hour})
        say_json({"type": "forecast", **_summary(found)})
    else:
        rows = [("from", "until", "jobs")]
        for jobs, same in groupby(found.hours, lambda hour: hour[1]):
            begins = [begin for begin, _ in same]
            rows.append((_utc(begins[0]), _utc(begins[-1] + HOUR), grouped(jobs)))
        say_table(rows)
        _say_summary(found)


def _say_summary(found: predial.Forecast) -> None:
    say(f"{counted(found.jobs, 'job')} can be sent")
    say(f"{counted(found.night_only, 'of them rings', 'of them ring')} only at night")
    say(f"{counted(found.never, 'job')} rejected because the policy leaves no time")
    say(f"{counted(found.expired, 'job')} rejected because the finish has passed")
    if found.missed is not None:
        end = "never" if found.done is None else _utc(found.done)
        say(f"The last call ends: {end}")
        say(f"{counted(found.missed, 'job')} not called in time")


def _summary(found: predial.Forecast) -> dict[str, Any]:
    return {
        "jobs": found.jobs,
        "never": found.never,
        "expired": found.expired,
        "night_only": found.night_only,
        "done": None if found.done is None else _utc(found.done),
        "missed": found.missed,
    }


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
