"""`predial prepare`: leave what can be sent, and what can't, in a directory."""

from __future__ import annotations

from typing import Any, BinaryIO

import click

import predial
from predial.cli.batches import run
from predial.cli.options import BATCH, SHOWN, declare
from predial.cli.outcome import Outcome
from predial.cli.progress import How, Progress
from predial.cli.reports import Shown


@click.command("prepare", short_help="Leave what can be sent in a directory.")
@click.argument("file", metavar="FILE")
@click.argument("out", metavar="OUT", type=click.Path(file_okay=False))
@click.option(
    "--max-jobs",
    type=click.IntRange(min=1),
    default=10_000,
    show_default=True,
    help="Jobs in a request body at the most.",
)
@click.option(
    "--max-bytes",
    metavar="SIZE",
    help="Bytes in a request body at the most, such as 5MB (5000000).",
)
@click.option(
    "--run",
    metavar="NAME",
    help="The name of this loading of the list, from which the idempotence keys follow; a fresh "
    "random one if left out.",
)
@click.option(
    "--resume",
    is_flag=True,
    help="Go on after the last whole body of a run into OUT that was interrupted or killed.",
)
@click.option(
    "--overwrite", is_flag=True, help="Remove the files of an earlier run from OUT first."
)
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
    progress: How,
    **options: Any,
) -> None:
    """Check FILE, and write to the directory OUT what can be sent.

    OUT gets bodies/000001.json and so on, each a whole addPhones request; rejects.ndjson, which
    can be mended and read again; and, last, manifest.json. A run that does not come to its end
    leaves no manifest: with the same FILE and options, --resume goes on after the last body that
    is whole. FILE - is standard input.
    """
    shown = Shown(output_format, max_diagnostics, show_all, strict)

    def work(source: str | BinaryIO, bar: Progress | None) -> predial.Report:
        return predial.prepare(source, out, max_diagnostics=shown.limit, progress=bar, **options)

    run(file, work, shown, outcome, progress, out)
