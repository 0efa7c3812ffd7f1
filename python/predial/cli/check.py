"""`predial check`: check lists, and write no files."""

from __future__ import annotations

from typing import Any, BinaryIO

import click

import predial
from predial.cli.batches import run
from predial.cli.options import BATCH, SHOWN, declare
from predial.cli.outcome import Outcome
from predial.cli.previews import EXAMPLES, PREVIEW, wanted
from predial.cli.progress import How, Progress
from predial.cli.reports import MaxRejects, Shown
from predial.cli.sources import shown_name


@click.command("check")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@declare(*BATCH, *SHOWN, *PREVIEW)
@click.pass_obj
def command(
    outcome: Outcome,
    /,
    files: tuple[str, ...],
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
    """Say for every job in each FILE whether it can be sent, and what is wrong if it can't.

    A FILE is a JSON array of call jobs, newline-delimited JSON, a table (CSV, TSV, a sheet of an
    XLSX, XLS, XLSB or ODS workbook, a table of an HTML page, Parquet, Arrow), or the reject file of
    an earlier run. It may be compressed with gzip or zstd, or be the one list in a ZIP archive. The
    format is detected; - is standard input. Each FILE is a list of its own: a phone may be in two
    of them.

    Rows count from 0. With --output-format json there is one report for each FILE, with ndjson one
    line for each diagnostic and then one line for the report.
    """
    counts = options["statistics"]
    shown = Shown(output_format, max_diagnostics, show_all, strict, quiet, max_rejects, counts)
    preview = wanted(report_file, lang, show_phones, docs)
    if preview is not None and len(files) > 1:
        raise click.UsageError("--report takes one FILE")

    def work(source: str | BinaryIO, bar: Progress | None) -> predial.Report:
        if preview is None and shown.forecasts:
            limit = shown.limit
            return shown.keep(
                predial.forecast(source, max_diagnostics=limit, progress=bar, **options)
            )
        if preview is None:
            return predial.check(source, max_diagnostics=shown.limit, progress=bar, **options)
        options["statistics"] = True
        limit = max(shown.limit, EXAMPLES)
        forecast = predial.forecast(source, max_diagnostics=limit, progress=bar, **options)
        preview.write(shown_name(files[0]), forecast.report, forecast)
        return forecast.report

    with shown.document():
        for name in files:
            run(name, work, shown, outcome, progress)
