"""`predial prepare`: write what can be sent, and what can't, to a directory."""

from __future__ import annotations

import os
import shlex
from typing import Any, BinaryIO

import click

import predial
from predial._batch import prepare_and_forecast
from predial.cli.batches import run
from predial.cli.options import BATCH, SHOWN, declare
from predial.cli.outcome import Outcome
from predial.cli.previews import EXAMPLES, PREVIEW, wanted
from predial.cli.progress import How, Progress
from predial.cli.repeated import RepeatableCommand, repeated
from predial.cli.reports import MaxRejects, Shown
from predial.cli.sources import shown_name

#: The options with which the corrected rejects have to be read, too.
REPEATED = (
    *("region", "prefer", "level", "map", "payload", "drop_empty", "set", "no_repair", "repair"),
    *("error", "severity", "canonical", "campaign", "night", "zone", "zones", "multiple"),
    *("duplicates", "max_row_bytes", "max_jobs", "max_bytes", "after", "exclude"),
)


@click.command("prepare", cls=RepeatableCommand)
@click.argument("file", metavar="FILE")
@click.argument("out", metavar="OUT", type=click.Path(file_okay=False))
@click.option(
    "--max-jobs",
    type=click.IntRange(min=1),
    default=10_000,
    show_default=True,
    help="The most jobs in one request body.",
)
@click.option(
    "--max-bytes",
    metavar="SIZE",
    help="The most bytes in one request body, such as 5MB (5 000 000). Default: no limit.",
)
@click.option(
    "--run",
    metavar="NAME",
    help="The name of this loading of the list: the idempotence keys are made from it. Default: a "
    "new random name.",
)
@click.option(
    "--resume",
    is_flag=True,
    help="Continue a run into OUT that was interrupted or killed, after its last whole body.",
)
@click.option(
    "--overwrite", is_flag=True, help="First remove the files of an earlier run from OUT."
)
@click.option(
    "--forget-sent",
    is_flag=True,
    help="Also remove the journal of predial send from OUT, which refuses such a directory: its "
    "jobs may be created again.",
)
@declare(*BATCH, *SHOWN, *PREVIEW)
@click.pass_obj
def command(
    outcome: Outcome,
    /,
    file: str,
    out: str,
    output_format: Any,
    max_diagnostics: int | None,
    show_all: bool,
    strict: bool,
    quiet: bool,
    max_rejects: MaxRejects | None,
    progress: How,
    report_file: str | None,
    lang: str,
    show_phones: bool,
    docs: str | None,
    **options: Any,
) -> None:
    """Check FILE, and write what can be sent to the directory OUT.

    FILE is what predial check takes. OUT gets bodies/000001.json and so on, each a whole addPhones
    request; rejects.ndjson, which can be corrected and read again; for a table also rejects.csv;
    and at the end manifest.json. A run that does not finish leaves no manifest: run it again with
    the same FILE and options and --resume, and it continues after the last whole body.
    """
    counts = options["statistics"]
    shown = Shown(output_format, max_diagnostics, show_all, strict, quiet, max_rejects, counts)
    preview = wanted(report_file, lang, show_phones, docs)
    context = click.get_current_context()

    def again() -> str:
        """The options for the next round. A list that a run of `--after` excluded is named, too."""
        words = repeated(context, REPEATED)
        if not options["exclude"]:
            return words
        from predial._exclude import files_of_earlier_runs

        files = files_of_earlier_runs(options["exclude"])
        return " ".join([words, *map(_excluded, files)])

    def work(source: str | BinaryIO, bar: Progress | None) -> predial.Report:
        limit = shown.limit
        if preview is None and shown.forecasts:
            _, forecast = prepare_and_forecast(
                source, out, max_diagnostics=limit, progress=bar, **options
            )
            return shown.keep(forecast)
        if preview is None:
            return predial.prepare(source, out, max_diagnostics=limit, progress=bar, **options)
        options["statistics"] = True
        limit = max(shown.limit, EXAMPLES)
        report, forecast = prepare_and_forecast(
            source, out, max_diagnostics=limit, progress=bar, **options
        )
        preview.write(shown_name(file), report, forecast)
        return report

    with shown.document():
        run(file, work, shown, outcome, progress, out, again)


def _excluded(file: str) -> str:
    """The option for a file, with its shortest path."""
    return f"--exclude {shlex.quote(file.removeprefix(os.path.join(os.getcwd(), '')))}"
