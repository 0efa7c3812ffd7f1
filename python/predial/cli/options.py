"""Every option that more than one command takes, declared once.

A batch command passes what `BATCH` declares on to `predial.check` and `predial.prepare` under
the same names: an option that these take is one more line here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeAlias, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])
Option: TypeAlias = Callable[[Function], Function]


class Instant(click.ParamType[datetime]):
    """A date and time with its offset (RFC 3339)."""

    name = "instant"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            self.fail("not a date and time such as 2026-03-01T12:00Z", param, ctx)
        if instant.tzinfo is None:
            self.fail("the offset from UTC is missing: end it with Z or such as +03:00", param, ctx)
        return instant


OUTPUT_FORMAT: Final = click.option(
    "--output-format",
    type=click.Choice(["text", "json", "ndjson"]),
    default="text",
    show_default=True,
    help="How to write the answer.",
)

#: Which reading of a phone is meant.
PHONES: Final = (
    click.option(
        "--region",
        metavar="XX",
        help="Read phones as they are dialled in this country too, such as RU (ISO 3166-1).",
    ),
    click.option(
        "--prefer",
        type=click.Choice(["national", "international"]),
        help="Which reading to take where a phone has two; such phones are rejected if left out.",
    ),
    click.option(
        "--level",
        type=click.Choice(["e164", "possible", "valid"]),
        default="possible",
        show_default=True,
        help="What a phone has to comply with: E.164, its country's lengths, or its whole plan.",
    ),
)

BATCH: Final = (
    *PHONES,
    click.option(
        "--input-format",
        type=click.Choice(["json", "ndjson"]),
        help="How the list is written; told by its content if left out.",
    ),
    click.option(
        "--encoding",
        metavar="NAME",
        help="The encoding of the list, such as windows-1251; told by its content if left out.",
    ),
    click.option(
        "--repair/--no-repair",
        default=True,
        show_default=True,
        help="Rewrite what has one reading left, or reject it.",
    ),
    click.option(
        "--canonical",
        is_flag=True,
        help="Rewrite every phone to a string of digits and every zone to its normalized form.",
    ),
    click.option(
        "--duplicates",
        type=click.Choice(["phone", "job", "allow"]),
        default="phone",
        show_default=True,
        help="Reject later jobs of the same phone, only those equal in every field, or none.",
    ),
    click.option(
        "--now",
        type=Instant(),
        help="The instant by which zones are compared, such as 2026-03-01T12:00Z; now if left out.",
    ),
    click.option(
        "--threads",
        type=click.IntRange(min=1),
        help="Judge jobs on so many threads; on as many as there are cores if left out.",
    ),
)

#: How the answer about a batch is shown; `predial.cli.reports.Shown` takes them, but for
#: `--progress`.
SHOWN: Final = (
    OUTPUT_FORMAT,
    click.option(
        "--max-diagnostics",
        type=click.IntRange(min=0),
        help="Show this many diagnostics at the most: 20 as text, 10000 as JSON if left out.",
    ),
    click.option("--all", "show_all", is_flag=True, help="Show all diagnostics."),
    click.option(
        "--progress",
        type=click.Choice(["auto", "bar", "log", "none"]),
        default="auto",
        show_default=True,
        help="How to tell on stderr how far it is: a bar, a line every ten seconds, or a bar on a "
        "terminal alone.",
    ),
    click.option("--strict", is_flag=True, help="End with status 1 if any job was repaired."),
)


def declare(*options: Option[Any]) -> Callable[[Function], Function]:
    """Give a command these options, in this order."""

    def decorate(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate
