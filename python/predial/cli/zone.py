"""`predial zone`: the verdict on single gmtZones."""

from __future__ import annotations

import click

import predial
from predial.cli.outcome import Outcome
from predial.cli.texts import TEXTS, TextsCommand, Verdict, judge, show_columns

COLUMNS = ("normalized", "id", "kind", "offset_seconds")


@click.command("zone", cls=TextsCommand)
@click.option(
    "--repair/--no-repair",
    default=False,
    show_default=True,
    help="Also read a TEXT that is not a gmtZone but can only mean one.",
)
@TEXTS
@click.pass_obj
def command(outcome: Outcome, texts: tuple[str, ...], output_format: str, repair: bool) -> None:
    """Say for each TEXT whether it is a valid gmtZone, and which.

    For a valid one: the normalized form, the ID, the kind and the offset from UTC in seconds. For
    any other: the rule that it breaks, what to do, and what was probably meant. A TEXT of - means
    each line of standard input. The exit status is 1 if any TEXT is not a gmtZone.
    """

    def read(text: str) -> Verdict:
        zone = predial.parse_zone(text, repair=repair)
        return {
            "normalized": zone.normalized,
            "id": zone.id,
            "kind": zone.kind,
            "offset_seconds": zone.offset_seconds,
        }

    def show(verdicts: list[Verdict]) -> None:
        show_columns(verdicts, COLUMNS)

    judge(texts, read, show, output_format, outcome)
