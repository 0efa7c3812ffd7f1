"""Every option that more than one command takes, declared once.

A batch command passes what `BATCH` declares on to `predial.check` and `predial.prepare` under
the same names: an option that these take is one more line here.
"""

from __future__ import annotations

import csv
import json
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


class Assignment(click.ParamType[tuple[str, str]]):
    """A name and what it is given."""

    name = "NAME=VALUE"

    def convert(
        self,
        value: str | tuple[str, str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        name, equals, given = value.partition("=")
        if not (name and equals):
            self.fail("not a name and a value such as phone=Mobile", param, ctx)
        return name.strip(), given


def assigned(
    ctx: click.Context, param: click.Parameter, given: tuple[tuple[str, str], ...]
) -> dict[str, str] | None:
    """What each name is given, which it may be once."""
    for name in {name for name, _ in given}:
        if sum(name == other for other, _ in given) > 1:
            raise click.BadParameter(f"{name} is given twice", ctx, param)
    return dict(given) or None


def values(
    ctx: click.Context, param: click.Parameter, given: tuple[tuple[str, str], ...]
) -> dict[str, Any] | None:
    """The same, each value as the JSON that it is, or else as text."""
    return {
        name: _json_or_text(value) for name, value in (assigned(ctx, param, given) or {}).items()
    } or None


def _json_or_text(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def columns(ctx: click.Context, param: click.Parameter, given: str | None) -> list[str] | None:
    """Column headers, parted by commas as in a CSV."""
    if given is None:
        return None
    return [header for row in csv.reader([given]) for header in row]


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

CAMPAIGN: Final = click.option(
    "--campaign",
    metavar="FILE",
    help="The JSON file of the campaign's policy, which holds where a job has none of its own.",
)

BATCH: Final = (
    *PHONES,
    click.option(
        "--input-format",
        type=click.Choice(["json", "ndjson", "csv", "tsv", "xlsx", "xls"]),
        help="How the list is written; told by its content if left out.",
    ),
    click.option(
        "--encoding",
        metavar="NAME",
        help="The encoding of the list, such as windows-1251; told by its content if left out.",
    ),
    click.option(
        "--sheet",
        metavar="NAME",
        help="The sheet of a workbook; the first that holds anything if left out.",
    ),
    click.option(
        "--delimiter",
        metavar="CHAR",
        help="What stands between the cells of a table: a character, or tab; told by its content "
        "if left out.",
    ),
    click.option(
        "--map",
        type=Assignment(),
        multiple=True,
        callback=assigned,
        help="The column of a field, such as phone=Mobile; told by the headers if left out.",
    ),
    click.option(
        "--payload",
        metavar="COLUMN,...",
        callback=columns,
        help="The columns that go into payload; all that are no field if left out.",
    ),
    click.option(
        "--drop-empty", is_flag=True, help="Leave empty cells out of payload; else they are texts."
    ),
    click.option(
        "--set",
        type=Assignment(),
        multiple=True,
        callback=values,
        help="A field for every job that has none of its own, such as maxAttempts=3.",
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
    CAMPAIGN,
    click.option(
        "--night",
        metavar="HH:MM-HH:MM",
        default="22:00-08:00",
        show_default=True,
        help="The hours of local time whose windows are warned of; 00:00-00:00 is none.",
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
        help="The instant by which zones are compared and jobs are over, such as "
        "2026-03-01T12:00Z; now if left out.",
    ),
    click.option(
        "--max-row-bytes",
        metavar="SIZE",
        default="64 MiB",
        show_default=True,
        help="The longest row that is read, such as 100MB; longer ones are rejected.",
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
        help="How to tell on stderr how far it is: a bar, a line every ten seconds, or, by itself, "
        "a bar on a terminal and lines elsewhere.",
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
