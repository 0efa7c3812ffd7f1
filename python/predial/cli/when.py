"""`predial when`: when one job will ring."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import click

import predial
from predial.cli.options import CAMPAIGN, OUTPUT_FORMAT, Instant, declare
from predial.cli.outcome import Outcome
from predial.cli.printing import say, say_json, say_table
from predial.cli.shell_words import in_shell_words
from predial.cli.sources import stdin

COLUMNS = ("start", "end", "local_start", "zone")


@click.command("when")
@click.argument("job", metavar="JOB")
@declare(
    CAMPAIGN,
    click.option(
        "--now",
        type=Instant(),
        help="List windows from this instant on, such as 2026-03-01T12:00Z. Default: now.",
    ),
    click.option(
        "--count",
        type=click.IntRange(min=1),
        default=5,
        show_default=True,
        help="List at most this many windows.",
    ),
    OUTPUT_FORMAT,
)
@click.pass_obj
def command(
    outcome: Outcome,
    job: str,
    campaign: str | None,
    now: datetime | None,
    count: int,
    output_format: str,
) -> None:
    """List the next windows of time in which a job may ring, soonest first.

    JOB is one job as a JSON object, or a file that holds it; - is standard input. Start and end are
    in UTC, and the end is not part of the window. The start is also shown in the zone's local time.
    A job without a gmtZone rings where its phone may be; each window is then that of one zone. The
    exit status is 1 if the job never rings.
    """
    try:
        windows = predial.call_windows(_text(job), now=now, campaign=campaign)
        shown = [_as_json(window) for window in islice(windows, count)]
    except UnicodeDecodeError as error:
        outcome.fail(f"the job is not UTF-8 (byte {error.start})", about=job)
    except ValueError as error:  # a job or a campaign that the core refuses, and names
        raise click.UsageError(in_shell_words(str(error))) from error
    except OSError as error:
        outcome.fail(error.strerror or type(error).__name__, about=str(error.filename or job))
    else:
        if not shown:
            outcome.reject()
        _show(shown, output_format)


def _text(job: str) -> str:
    """The JSON of a job: what was given if it begins like an object, else what the file has."""
    if job.lstrip().startswith("{"):
        return job
    data = stdin().read() if job == "-" else Path(job).read_bytes()
    return data.decode("utf-8-sig")


def _show(windows: list[dict[str, Any]], output_format: str) -> None:
    if output_format == "json":
        say_json(windows, indent=2)
    elif output_format == "ndjson":
        for window in windows:
            say_json(window)
    elif windows:
        say_table([COLUMNS, *([window[name] or "-" for name in COLUMNS] for window in windows)])
    else:
        say("The job never rings.")


def _as_json(window: predial.Window) -> dict[str, Any]:
    return {
        "start": _utc(window.start),
        "end": None if window.end is None else _utc(window.end),
        "local_start": window.local_start.isoformat(),
        "zone": window.zone.id,
    }


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
