"""The report of one batch, shown as text, as JSON, or as one JSON text in each line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Final, Literal

import predial
from predial.cli.printing import (
    counted,
    grouped,
    of_severity,
    printable,
    say,
    say_json,
    say_table,
)
from predial.cli.shell_words import in_shell_words
from predial.cli.sources import shown_name

if TYPE_CHECKING:
    from predial._core import Input

#: How many diagnostics are shown by default: a screenful, or what the library keeps.
AS_TEXT: Final = 20
AS_JSON: Final = 10_000

#: The fields of a diagnostic, of a body, and the counts of a report, as JSON names them.
DIAGNOSTIC: Final = (
    "row",
    "line",
    "offset",
    "field",
    "rule",
    "severity",
    "message",
    "value",
    "suggestion",
)
BODY: Final = ("path", "jobs", "bytes", "rows", "sha256", "idempotence_key")
ERROR: Final = ("message", "line", "column", "offset")
#: The fields of a column as JSON names them, and as `MappedColumn` does.
COLUMN: Final = ("column", "place", "field", "payload", "why", "share")
MAPPED: Final = ("header", "place", "field", "key", "why", "share")
COUNTS: Final = ("total", "clean", "repaired", "rejected", "warned")


@dataclass(frozen=True)
class Shown:
    """What `predial.cli.options.SHOWN` declares, except `--progress`."""

    output_format: Literal["text", "json", "ndjson"]
    max_diagnostics: int | None
    show_all: bool
    strict: bool

    @property
    def limit(self) -> int:
        """How many diagnostics the report keeps."""
        if self.show_all:
            return sys.maxsize
        if self.max_diagnostics is not None:
            return self.max_diagnostics
        return AS_TEXT if self.output_format == "text" else AS_JSON

    def show(
        self,
        name: str,
        report: predial.Report,
        error: predial.SourceError | None = None,
        out: str | None = None,
    ) -> None:
        """Write the report of the FILE of that name.

        `error` is what ended it early, `out` the directory that was prepared.
        """
        if self.output_format == "text":
            show_input(shown_name(name), report)
            show_mapping(shown_name(name), report)
            show_diagnostics(shown_name(name), report)
            show_summary(shown_name(name), report, error, out)
            return
        whole = {"file": shown_name(name), **summary(report, error)}
        if out is not None:
            whole["bodies"] = [{**_fields(body, BODY), "rows": body.runs} for body in report.bodies]
        if self.output_format == "json":
            whole["diagnostics"] = [_fields(found, DIAGNOSTIC) for found in report.diagnostics]
            say_json(whole, indent=2)
        else:
            for found in report.diagnostics:
                diagnostic = _fields(found, DIAGNOSTIC)
                say_json({"type": "diagnostic", "file": whole["file"], **diagnostic})
            say_json({"type": "report", **whole})


def show_input(file: str, report: predial.Report) -> None:
    """Write what was detected in the list, if that is more than plain UTF-8."""
    found = report.input
    parts: list[str | None] = [found["compression"]]
    if found["encoding"] != "utf-8":
        parts.insert(0, found["encoding"])
    if found["header_line"] not in (None, 1) or found["skipped"]:
        parts.append(_layout(found))
    if found["sheet"] is not None:
        parts.append(f'sheet "{printable(found["sheet"])}"')
    if shown := [part for part in parts if part is not None]:
        say(f"{printable(file)}: read as {', '.join([found['format'] or 'nothing', *shown])}\n")


def _layout(found: Input) -> str:
    """Where the header is, and which lines above the rows were skipped."""
    line = found["header_line"]
    header = "no header" if line is None else f"header in line {line}"
    skipped = [f"{record['line']}: {record['why']}" for record in found["skipped"]]
    return f"{header} (skipped lines {', '.join(skipped)})" if skipped else header


def _reason(column: predial.MappedColumn) -> str:
    """Where a column is, why it is used, and how many of its sampled cells fit."""
    shown = f"column {column.place}, by {column.why}"
    return shown if column.share is None else f"{shown}, {column.share:.0%} of its cells fit"


def show_mapping(file: str, report: predial.Report) -> None:
    """Write the columns of a table for each field and for payload."""
    if report.mapping is None:
        return
    say(f"{printable(file)}: columns")
    keys = [column.header for column in report.mapping if column.key is not None]
    unused = (column for column in report.mapping if column.field is None and column.key is None)
    left_out = [column.header for column in unused]
    rows = [
        (column.field, f'"{printable(column.header)}"  {_reason(column)}')
        for column in report.mapping
        if column.field is not None
    ]
    for name, columns in (("payload", keys), ("left out", left_out)):
        if columns:
            rows.append((name, ", ".join(f'"{printable(column)}"' for column in columns)))
    say_table(iter(rows), indent="  ")
    say()


def show_diagnostics(file: str, report: predial.Report) -> None:
    """Write a line for each diagnostic, and how many there are that the report does not keep."""
    for found in report.diagnostics:
        place = f"{printable(file)}:{found.row if found.line is None else found.line}:"
        rule = f"{of_severity(found.severity)} {found.rule}"
        message = printable(in_shell_words(found.message))
        say(f"{place} {rule}  {_subject(found)}{message}")
    more = sum(report.counts.values()) - len(report.diagnostics)
    if more:
        say(f"… and {grouped(more)} more (--all shows all)")
    if report.counts:
        say()


def show_summary(
    file: str,
    report: predial.Report,
    error: predial.SourceError | None,
    out: str | None,
) -> None:
    """Write the summary table: counts of jobs, and of the rules that they broke."""
    say(printable(file) + (" (as far as it could be read)" if error else ""))
    counts = [(name, getattr(report, name)) for name in COUNTS]
    width = max(len(grouped(count)) for _, count in counts)
    for name, count in counts:
        say(f"  {name:<8}  {grouped(count):>{width}}")
    if report.counts:
        say()
        say_table(_rows_by_rule(report), indent="  ")
    if out is not None and error is None:
        say()
        say_table(_rows_of_files(report, out), indent="  ")
    if report.hints:
        say()
        say("What would help")
        for hint in report.hints:
            option = in_shell_words(hint.option)
            rows = f"{counted(hint.rows, 'more row')} could be sent: " if hint.rows else ""
            say(f"  {option:<30} {rows}{printable(hint.text)}")
    for note in report.notes:
        say(f"  note: {printable(in_shell_words(note))}")


def summary(report: predial.Report, error: predial.SourceError | None) -> dict[str, Any]:
    """The report without its diagnostics, as JSON."""
    whole: dict[str, Any] = {name: getattr(report, name) for name in COUNTS}
    whole["counts"] = dict(report.counts)
    whole["mapping"] = report.mapping and [
        dict(zip(COLUMN, (getattr(column, of) for of in MAPPED), strict=True))
        for column in report.mapping
    ]
    whole["input"] = dict(report.input)
    whole["duplicates"] = report.duplicates
    whole["notes"] = list(report.notes)
    whole["hints"] = [
        {"text": hint.text, "option": hint.option, "rows": hint.rows} for hint in report.hints
    ]
    whole["error"] = None if error is None else _fields(error, ERROR)
    return whole


def _subject(found: predial.Diagnostic) -> str:
    """The value that a diagnostic is about, and its field."""
    field = printable(found.field or "")
    if found.value is None:
        return f"{field}: " if field else ""
    return f'"{printable(found.value)}" in {field}: '


def _rows_by_rule(report: predial.Report) -> Iterator[tuple[str, str, str, str]]:
    known = {rule.name: rule for rule in predial.rules()}
    often_first = sorted(report.counts.items(), key=lambda item: (-item[1], item[0]))
    width = max(len(grouped(count)) for count in report.counts.values())
    for name, count in often_first:
        rule = known[name]
        yield f"{grouped(count):>{width}}", of_severity(rule.severity), name, rule.message


def _rows_of_files(report: predial.Report, out: str) -> Iterator[tuple[str, str]]:
    base = printable(out.rstrip("/"))
    bodies, jobs = len(report.bodies), sum(body.jobs for body in report.bodies)
    in_bodies = counted(bodies, "request body", "request bodies")
    yield f"{base}/bodies/", f"{counted(jobs, 'job')} in {in_bodies}"
    yield f"{base}/rejects.ndjson", f"{counted(report.rejected, 'row')} with their reasons"
    if report.mapping is not None and report.input["format"] != "arrow":
        ending = "xlsx" if report.input["format"] in ("xlsx", "xls") else "csv"
        yield f"{base}/rejects.{ending}", "the same rows in the format of the list"
    yield f"{base}/manifest.json", "options, counts and the idempotence key of each body"


def _fields(of: object, names: tuple[str, ...]) -> dict[str, Any]:
    fields = ((name, getattr(of, name)) for name in names)
    return {name: fspath(it) if isinstance(it, PathLike) else it for name, it in fields}
