"""`predial clean`: write a list again, with its phones and zones as they would be sent."""

from __future__ import annotations

from typing import Any, BinaryIO

import click

import predial
from predial.cli.batches import run
from predial.cli.options import BATCH, SHOWN, declare
from predial.cli.outcome import Outcome
from predial.cli.progress import How, Progress
from predial.cli.reports import MaxRejects, Shown


@click.command("clean")
@click.argument("file", metavar="FILE")
@click.argument("out", metavar="OUT", type=click.Path(dir_okay=False))
@click.option(
    "--keep",
    is_flag=True,
    help="Keep the rejected rows, with predial_rule, predial_message and predial_suggestion.",
)
@click.option("--overwrite", is_flag=True, help="Replace OUT if it exists.")
@declare(*BATCH, *SHOWN)
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
    **options: Any,
) -> None:
    """Check FILE, and write the list itself, cleaned, to the file OUT.

    FILE is what predial check takes. OUT has its form: CSV and TSV in their dialect and encoding, a
    workbook as XLSX, JSON as one job in each line, Parquet and Arrow as Parquet. Phones and zones
    are rewritten as predial prepare would send them, rejected rows are left out, and the rest stays
    as it is. OUT gets its name when it is whole.
    """
    shown = Shown(output_format, max_diagnostics, show_all, strict, quiet, max_rejects)

    def work(source: str | BinaryIO, bar: Progress | None) -> predial.Report:
        return predial.clean(source, out, max_diagnostics=shown.limit, progress=bar, **options)

    with shown.document():
        run(file, work, shown, outcome, progress)
