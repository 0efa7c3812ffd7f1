"""`predial zone`: the verdict over single gmtZones."""

from __future__ import annotations

import click

import predial
from predial.cli.outcome import Outcome
from predial.cli.texts import TEXTS, TextsCommand, Verdict, judge

COLUMNS = ("normalized", "id", "kind", "offset_seconds")


@click.command("zone", cls=TextsCommand, short_help="Say whether texts are gmtZones, and which.")
@click.option(
    "--repair/--no-repair",
    default=False,
    show_default=True,
    help="Read what was surely meant where a TEXT is no gmtZone.",
)
@TEXTS
@click.pass_obj
def command(outcome: Outcome, texts: tuple[str, ...], output_format: str, repair: bool) -> None:
    """Say of each TEXT whether it is a gmtZone, and which.

    Shows the normalized form, the ID, the kind and the offset in seconds; or the rule that the
    TEXT breaks, what to do, and what was perhaps meant. TEXT - is each line of standard input.
    Exit status 1 if any is no gmtZone.
    """

    def read(text: str) -> Verdict:
        zone = predial.parse_zone(text, repair=repair)
        return {
            "normalized": zone.normalized,
            "id": zone.id,
            "kind": zone.kind,
            "offset_seconds": zone.offset_seconds,
        }

    judge(texts, read, COLUMNS, output_format, outcome)
