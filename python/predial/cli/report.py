"""`predial report`: the launch preview of a list that was prepared."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

import predial
from predial.cli.outcome import Outcome
from predial.cli.previews import DOCS, LANG, SHOW_PHONES, of_bodies, wanted


@click.command("report")
@click.argument("out", metavar="OUT", type=click.Path(exists=True, file_okay=False))
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Where to write it: a page, or its figures if FILE ends in .json. Default: "
    "OUT/preview.html.",
)
@LANG
@SHOW_PHONES
@DOCS
@click.pass_obj
def command(
    outcome: Outcome,
    /,
    out: str,
    output: str | None,
    lang: str,
    show_phones: bool,
    docs: str | None,
) -> None:
    """Write the launch preview of the list that predial prepare left in OUT.

    It is one page about how many jobs will be sent, which rules keep rows back, and when the jobs
    ring from now on. The examples of rules are in the preview that prepare --report writes: OUT
    does not have them.
    """
    preview = wanted(output or str(Path(out) / "preview.html"), lang, show_phones, docs)
    assert preview is not None
    try:
        prepared = predial.open_prepared(out)
    except FileNotFoundError:
        why = "there is no manifest.json: predial prepare has not finished in this directory"
        outcome.fail(why, about=out)
        return
    except (OSError, ValueError) as error:
        outcome.fail(str(error), about=out)
        return
    try:
        hours, statistics = of_bodies(prepared.bodies, now=datetime.now(UTC))
    except (OSError, ValueError) as error:
        outcome.fail(str(error), about=out)
        return
    try:
        preview.write(out, prepared.report, hours, statistics)
    except OSError as error:
        outcome.fail(error.strerror or type(error).__name__, about=preview.file)
