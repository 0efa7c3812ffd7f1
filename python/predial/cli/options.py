"""The options that more than one command takes, each declared once.

A batch command passes the options in `BATCH` to `predial.check` and `predial.prepare` under the
same names. tests/test_options.py compares them with the signatures of these functions.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeAlias, TypeVar

import click

from predial.cli.config import CONFIG, is_given, of_file, say_what_is_set
from predial.cli.reports import MaxRejects

Function = TypeVar("Function", bound=Callable[..., Any])
Option: TypeAlias = Callable[[Function], Function]


class Instant(click.ParamType[datetime]):
    """A date and time with its offset from UTC (RFC 3339)."""

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


class MostRejects(click.ParamType[MaxRejects]):
    """A number of rows, or a share in percent."""

    name = "N|N%"

    def convert(
        self, value: str | MaxRejects, param: click.Parameter | None, ctx: click.Context | None
    ) -> MaxRejects:
        if isinstance(value, MaxRejects):
            return value
        number = value.strip().removesuffix("%")
        is_percent = number != value.strip()
        try:
            limit = Decimal(number.strip())
        except InvalidOperation:
            limit = Decimal("NaN")
        if not limit.is_finite() or limit < 0 or not (is_percent or limit == limit.to_integral()):
            self.fail("not a number of rows, or a share such as 1%", param, ctx)
        return MaxRejects(limit, is_percent)


class Assignment(click.ParamType[tuple[str, str]]):
    """A name and its value."""

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


class Zone(Assignment):
    """A text, which may hold a `=`, and a zone, which does not."""

    name = "TEXT=ZONE"

    def convert(
        self,
        value: str | tuple[str, str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        text, _, zone = value.rpartition("=")
        if not (text.strip() and zone.strip()):
            self.fail("not a text and its zone such as МСК=Europe/Moscow", param, ctx)
        return text.strip(), zone.strip()


def assigned(
    ctx: click.Context, param: click.Parameter, given: tuple[tuple[str, str], ...]
) -> dict[str, str] | None:
    """The value of each name: that of the command line, else that of the file of options. No name
    may be given twice.
    """
    for name in {name for name, _ in given}:
        if sum(name == other for other, _ in given) > 1:
            raise click.BadParameter(f"{name} is given twice", ctx, param)
    return {**dict(of_file(ctx, str(param.name))), **dict(given)} or None


def columns_by_field(
    ctx: click.Context, param: click.Parameter, given: tuple[tuple[str, str], ...]
) -> dict[str, list[str]] | None:
    """The columns of each field, separated by commas as in a CSV."""
    fields = assigned(ctx, param, given) or {}
    return {name: columns(ctx, param, value) or [] for name, value in fields.items()} or None


def values(
    ctx: click.Context, param: click.Parameter, given: tuple[tuple[str, str], ...]
) -> dict[str, Any] | None:
    """The same, with each value as JSON if it is JSON, else as text."""
    return {
        name: _json_or_text(value) for name, value in (assigned(ctx, param, given) or {}).items()
    } or None


def _json_or_text(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def columns(ctx: click.Context, param: click.Parameter, given: str | None) -> list[str] | None:
    """Column headers, separated by commas as in a CSV."""
    if given is None:
        return None
    return [header for row in csv.reader([given], skipinitialspace=True) for header in row]


def kept_for_later(ctx: click.Context, param: click.Parameter, given: Any) -> None:
    """Keeps what is given for the callback of another option."""
    ctx.meta[f"{__name__}.{param.name}"] = given


def _kept(ctx: click.Context, name: str) -> list[Any]:
    """What was kept of an option that may be given several times: that of the file of options, then
    that of the command line.
    """
    return [*of_file(ctx, name), *(ctx.meta.get(f"{__name__}.{name}") or ())]


def _by_source(
    ctx: click.Context, name: str, given: tuple[Any, ...]
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """What the file of options says of an option that may be given several times, and what the
    command line says.
    """
    return (of_file(ctx, name), given) if is_given(ctx, name) else (given, ())


def zones(ctx: click.Context, param: click.Parameter, given: str | None) -> dict[str, str] | None:
    """What the texts of `--zone` and of the file of `--zones` mean; `--zone` goes first."""
    named: dict[str, str] = {}
    if given is not None:
        with open(given, encoding="utf-8-sig") as file:
            try:
                lines = [line.strip() for line in file]
            except UnicodeDecodeError as error:
                raise click.BadParameter(f"{given} is not UTF-8", ctx, param) from error
        for number, line in enumerate(lines, 1):
            if line and not line.startswith("#"):
                text, _, zone = (part.strip() for part in line.rpartition("="))
                if not (text and zone):
                    what = f"line {number} of {given} is not TEXT=ZONE, such as МСК=Europe/Moscow"
                    raise click.BadParameter(what, ctx, param)
                named[text] = zone
    return {**named, **dict(_kept(ctx, "zone"))} or None


def unless_quiet(ctx: click.Context, param: click.Parameter, given: bool) -> bool:
    """Says what a file of options has set."""
    if not given:
        say_what_is_set(ctx)
    return given


def unless_no_repair(ctx: click.Context, param: click.Parameter, given: str) -> str | bool:
    """What is repaired; False with `--no-repair`."""
    is_here, is_there = is_given(ctx, "repair"), is_given(ctx, "no_repair")
    if is_here and is_there:
        raise click.UsageError("--no-repair and --repair can't be given together", ctx)
    return False if ctx.meta.get(f"{__name__}.no_repair") and not is_here else given


def severities(
    ctx: click.Context, param: click.Parameter, ignored: tuple[str, ...]
) -> dict[str, str] | None:
    """The rules of `--error` and of `--ignore`, and what each counts as. Those of the command line
    go before those of the file of options.
    """
    errors = tuple(ctx.meta.get(f"{__name__}.error") or ())
    ignored_of = _by_source(ctx, "severity", ignored)
    errors_of = _by_source(ctx, "error", errors)
    said: dict[str, str] = {}
    for ignore, error in zip(ignored_of, errors_of, strict=True):
        if twice := set(ignore) & set(error):
            raise click.UsageError(f"--error and --ignore both name {min(twice)}", ctx)
        said |= {**dict.fromkeys(ignore, "ignore"), **dict.fromkeys(error, "error")}
    return said or None


def excluded(
    ctx: click.Context, param: click.Parameter, given: tuple[str, ...]
) -> list[str] | None:
    """The directories of `--after` and the files of `--exclude`."""
    return [*_kept(ctx, "after"), *of_file(ctx, "exclude"), *given] or None


OUTPUT_FORMAT: Final = click.option(
    "--output-format",
    type=click.Choice(["text", "json", "ndjson"]),
    default="text",
    show_default=True,
    help="The format of the answer.",
)

#: The same for lists, with the forms that CI systems read.
LIST_FORMAT: Final = click.option(
    "--output-format",
    type=click.Choice(["text", "json", "ndjson", "github", "sarif"]),
    default="text",
    show_default=True,
    help="The format of the answer. github annotates lines in a workflow of GitHub, sarif is for "
    "code-scanning tools.",
)

#: Which reading of a phone is meant.
READING: Final = (
    *CONFIG,
    click.option(
        "--region",
        metavar="XX",
        help="Also read phones as they are dialled in this country, such as RU (ISO 3166-1).",
    ),
    click.option(
        "--prefer",
        type=click.Choice(["national", "international"]),
        help="Which reading to take if a phone has two. Default: such phones are rejected.",
    ),
)

#: The same, and how good the number must be.
PHONES: Final = (
    *READING,
    click.option(
        "--level",
        type=click.Choice(["e164", "possible", "valid"]),
        default="possible",
        show_default=True,
        help="What a phone must be: a number by E.164, of a possible length in its country, or in "
        "use there by its numbering plan.",
    ),
)

CAMPAIGN: Final = click.option(
    "--campaign",
    metavar="FILE",
    help="A JSON file with the campaign's call policy, which applies to jobs without their own.",
)

MAX_ROW_BYTES: Final = click.option(
    "--max-row-bytes",
    metavar="SIZE",
    default="64 MiB",
    show_default=True,
    help="The longest row that is read, such as 100MB; longer ones are rejected.",
)

THREADS: Final = click.option(
    "--threads",
    type=click.IntRange(min=1),
    help="How many threads check jobs. Default: one for each core.",
)

#: How progress is shown; commands take it as `predial.cli.progress.How`.
PROGRESS: Final = click.option(
    "--progress",
    type=click.Choice(["auto", "bar", "log", "none"]),
    default="auto",
    show_default=True,
    help="How to show progress on stderr: a bar, a line every ten seconds, or nothing; auto is "
    "a bar on a terminal, lines elsewhere, and nothing with --quiet.",
)

BATCH: Final = (
    *PHONES,
    click.option(
        "--input-format",
        type=click.Choice(
            ["json", "ndjson", "csv", "tsv", "xlsx", "xls", "xlsb", "ods", "html", "spreadsheetml"]
        ),
        help="The format of the list. Default: detected. Parquet and Arrow are always detected.",
    ),
    click.option(
        "--encoding",
        metavar="NAME",
        help="The encoding of the list, such as windows-1251. Default: detected.",
    ),
    click.option(
        "--sheet",
        metavar="NAME",
        help="The sheet of a workbook (default: the first with a column of phones), or the file in "
        "a ZIP archive.",
    ),
    click.option(
        "--delimiter",
        metavar="CHAR",
        help="The character between the cells of a table, or tab. Default: detected.",
    ),
    click.option(
        "--header/--no-header",
        default=None,
        help="Whether a table has a header. Default: detected.",
    ),
    click.option(
        "--header-row",
        metavar="N",
        type=click.IntRange(min=1),
        help="The line of the header, from 1. Default: detected.",
    ),
    click.option(
        "--map",
        type=Assignment(),
        multiple=True,
        callback=columns_by_field,
        help="The columns of a field by header or place, such as phone=Mobile,#3: the first with a "
        "value is taken. Also region and callingCode, which say where the phone of a row is "
        "dialled. Default: detected by headers and cells.",
    ),
    click.option(
        "--payload",
        metavar="COLUMN,...",
        callback=columns,
        help="The columns that go into payload. Default: all that are not a field.",
    ),
    click.option(
        "--drop-empty",
        is_flag=True,
        help="Leave empty cells out of payload. Default: they are empty texts.",
    ),
    click.option(
        "--set",
        type=Assignment(),
        multiple=True,
        callback=values,
        help="A field for every job that does not have it, such as maxAttempts=3.",
    ),
    click.option(
        "--no-repair",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=kept_for_later,
        help="Reject a value that would be rewritten.",
    ),
    click.option(
        "--repair",
        type=click.Choice(["sure", "suggested"]),
        default="sure",
        show_default=True,
        callback=unless_no_repair,
        help="Rewrite a value that can only mean one thing, or also take what is suggested.",
    ),
    click.option(
        "--error",
        metavar="RULE",
        multiple=True,
        is_eager=True,
        expose_value=False,
        callback=kept_for_later,
        help="Reject jobs with this warning.",
    ),
    click.option(
        "--ignore",
        "severity",
        metavar="RULE",
        multiple=True,
        callback=severities,
        help="Do not give this warning.",
    ),
    click.option(
        "--canonical",
        is_flag=True,
        help="Rewrite every phone as a string of digits and every zone in its normalized form.",
    ),
    CAMPAIGN,
    click.option(
        "--night",
        metavar="HH:MM-HH:MM",
        default="22:00-08:00",
        show_default=True,
        help="Warn about calls in these hours of local time; 00:00-00:00 turns that off.",
    ),
    click.option(
        "--zone",
        type=Zone(),
        multiple=True,
        callback=kept_for_later,
        expose_value=False,
        is_eager=True,
        help="What a text of the list means as a zone, such as МСК=Europe/Moscow. May be given "
        "several times.",
    ),
    click.option(
        "--zones",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False),
        callback=zones,
        help="A file with such a text and its zone in each line.",
    ),
    click.option(
        "--multiple",
        type=click.Choice(["first", "each"]),
        help="Of a phone field with several numbers, send the first valid one, or make a job of "
        "each. Default: such jobs are rejected.",
    ),
    click.option(
        "--duplicates",
        type=click.Choice(["phone", "job", "allow"]),
        default="phone",
        show_default=True,
        help="Reject later jobs with the same phone, only jobs equal in every field, or none.",
    ),
    click.option(
        "--now",
        type=Instant(),
        help="The instant at which zones are compared and jobs have ended, such as "
        "2026-03-01T12:00Z. Default: now.",
    ),
    click.option(
        "--after",
        multiple=True,
        metavar="OUT",
        type=click.Path(exists=True, file_okay=False),
        callback=kept_for_later,
        expose_value=False,
        is_eager=True,
        help="Leave out the phones that an earlier run prepared in OUT. Use it with the corrected "
        "rejects of that run. May be given several times.",
    ),
    click.option(
        "--exclude",
        multiple=True,
        metavar="FILE",
        type=click.Path(exists=True),
        callback=excluded,
        help="Leave out the phones of this list, which must not be called. May be given several "
        "times.",
    ),
    MAX_ROW_BYTES,
    click.option(
        "--statistics",
        is_flag=True,
        help="Also count the jobs that can be sent by country, kind of number, zone and hour, and "
        "when they may ring in the next seven days.",
    ),
    THREADS,
)

#: How the answer about a batch is shown; `predial.cli.reports.Shown` takes them, except
#: `--progress`.
SHOWN: Final = (
    LIST_FORMAT,
    click.option(
        "--max-diagnostics",
        type=click.IntRange(min=0),
        help="Show at most this many diagnostics. Default: 20 as text, three of a rule, and 10 000 "
        "as JSON.",
    ),
    click.option("--all", "show_all", is_flag=True, help="Show all diagnostics, repairs too."),
    click.option(
        "--quiet",
        "-q",
        is_flag=True,
        callback=unless_quiet,
        help="Show no report. The exit status remains.",
    ),
    click.option(
        "--max-rejects",
        type=MostRejects(),
        metavar="N|N%",
        help="End with exit status 1 only if more rows are rejected, such as 1%.",
    ),
    PROGRESS,
    click.option("--strict", is_flag=True, help="End with exit status 1 if any job was repaired."),
)


def declare(*options: Option[Any]) -> Callable[[Function], Function]:
    """Give a command these options, in this order."""

    def decorate(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate
