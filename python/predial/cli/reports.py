"""The report of one batch, shown as text, as JSON, or as a JSON text a line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike, fspath
from typing import Any, Final, Literal

import predial
from predial.cli.printing import of_severity, printable, say, say_json, say_table
from predial.cli.sources import shown_name

#: Diagnostics shown unless the caller says how many: a screenful, or what the library keeps.
AS_TEXT: Final = 20
AS_JSON: Final = 10_000

#: The fields of a diagnostic, of a body, and the counts of a report, as JSON names them.
DIAGNOSTIC: Final = (
    "row",
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
COLUMN: Final = ("column", "field", "payload")
COUNTS: Final = ("total", "clean", "repaired", "rejected", "warned")


@dataclass(frozen=True)
class Shown:
    """What `predial.cli.options.SHOWN` declares."""

    output_format: Literal["text", "json", "ndjson"]
    max_diagnostics: int | None
    show_all: bool
    strict: bool

    @property
    def limit(self) -> int:
        """How many diagnostics a report is to keep."""
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

        `error` is what ended it before its time, `out` the directory that was prepared.
        """
        if self.output_format == "text":
            show_input(shown_name(name), report)
            show_mapping(shown_name(name), report)
            show_diagnostics(shown_name(name), report)
            show_summary(shown_name(name), report, error, out)
            return
        whole = {"file": shown_name(name), **summary(report, error)}
        if out is not None:
            whole["bodies"] = [_fields(body, BODY) for body in report.bodies]
        if self.output_format == "json":
            whole["diagnostics"] = [_fields(told, DIAGNOSTIC) for told in report.diagnostics]
            say_json(whole, indent=2)
        else:
            for told in report.diagnostics:
                say_json({"type": "diagnostic", "file": whole["file"], **_fields(told, DIAGNOSTIC)})
            say_json({"type": "report", **whole})


def show_input(file: str, report: predial.Report) -> None:
    """Write what the list was found to be in, where that is more than UTF-8 as it stands."""
    found = report.input
    told: list[str | None] = [found["compression"]]
    if found["encoding"] != "utf-8":
        told.insert(0, found["encoding"])
    if found["sheet"] is not None:
        told.append(f'sheet "{printable(found["sheet"])}"')
    if shown := [part for part in told if part is not None]:
        say(f"{printable(file)}: read as {', '.join([found['format'] or 'nothing', *shown])}\n")


def show_mapping(file: str, report: predial.Report) -> None:
    """Write what the columns of a table are: what each field, and payload, is taken from."""
    if report.mapping is None:
        return
    say(f"{printable(file)}: columns")
    fields = [(field, column) for column, field, _ in report.mapping if field is not None]
    keys = [column for column, _, key in report.mapping if key is not None]
    left_out = [column for column, field, key in report.mapping if field is None and key is None]
    rows = [(field, f'"{printable(column)}"') for field, column in fields]
    for name, columns in (("payload", keys), ("left out", left_out)):
        if columns:
            rows.append((name, ", ".join(f'"{printable(column)}"' for column in columns)))
    say_table(iter(rows), indent="  ")
    say()


def show_diagnostics(file: str, report: predial.Report) -> None:
    """Write a line a diagnostic, and how many there are that the report does not keep."""
    for told in report.diagnostics:
        place = f"{printable(file)}:{told.row}:"
        rule = of_severity(told.severity, told.rule)
        say(f"{place} {rule}  {_subject(told)}{printable(told.message)}")
    more = sum(report.counts.values()) - len(report.diagnostics)
    if more:
        say(f"… and {more} more (--all shows all)")
    if report.counts:
        say()


def show_summary(
    file: str,
    report: predial.Report,
    error: predial.SourceError | None,
    out: str | None,
) -> None:
    """Write the summary table: what became of the jobs, and which rules they met."""
    say(printable(file) + (" (as far as it could be read)" if error else ""))
    counts = [(name, getattr(report, name)) for name in COUNTS]
    width = max(len(str(count)) for _, count in counts)
    for name, count in counts:
        say(f"  {name:<8}  {count:>{width}}")
    if report.counts:
        say()
        say_table(_rows_by_rule(report), indent="  ")
    if out is not None and error is None:
        say()
        say_table(_rows_of_files(report, out), indent="  ")
    for note in report.notes:
        say(f"  note: {printable(note)}")


def summary(report: predial.Report, error: predial.SourceError | None) -> dict[str, Any]:
    """The report without its diagnostics, as JSON."""
    whole: dict[str, Any] = {name: getattr(report, name) for name in COUNTS}
    whole["counts"] = dict(report.counts)
    whole["mapping"] = report.mapping and [
        dict(zip(COLUMN, column, strict=True)) for column in report.mapping
    ]
    whole["input"] = dict(report.input)
    whole["duplicates"] = report.duplicates
    whole["notes"] = list(report.notes)
    whole["error"] = None if error is None else _fields(error, ERROR)
    return whole


def _subject(told: predial.Diagnostic) -> str:
    """The value that a diagnostic is about, and the field that it stands in."""
    field = printable(told.field or "")
    if told.value is None:
        return f"{field}: " if field else ""
    return f'"{printable(told.value)}" in {field}: '


def _rows_by_rule(report: predial.Report) -> Iterator[tuple[str, str, str]]:
    known = {rule.name: rule for rule in predial.rules()}
    often_first = sorted(report.counts.items(), key=lambda item: (-item[1], item[0]))
    width = max(len(str(count)) for count in report.counts.values())
    for name, count in often_first:
        rule = known[name]
        yield f"{count:>{width}}", of_severity(rule.severity, name), rule.message


def _rows_of_files(report: predial.Report, out: str) -> Iterator[tuple[str, str]]:
    base = printable(out.rstrip("/"))
    bodies, jobs = len(report.bodies), sum(body.jobs for body in report.bodies)
    yield (
        f"{base}/bodies/",
        f"{jobs} jobs in {bodies} request {'body' if bodies == 1 else 'bodies'}",
    )
    yield f"{base}/rejects.ndjson", f"{report.rejected} rows, and what is wrong with each"
    if report.mapping is not None and report.input["format"] != "arrow":
        ending = "xlsx" if report.input["format"] in ("xlsx", "xls") else "csv"
        yield f"{base}/rejects.{ending}", "the same in the form of the list"
    yield f"{base}/manifest.json", "options, counts, and the idempotence key of each body"


def _fields(of: object, names: tuple[str, ...]) -> dict[str, Any]:
    fields = ((name, getattr(of, name)) for name in names)
    return {name: fspath(it) if isinstance(it, PathLike) else it for name, it in fields}
