"""The report of one batch, in the format that the user wants: text, JSON, or a form for CI."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from decimal import Decimal
from os import PathLike, fspath
from typing import Any, Final, Literal

import predial
from predial.cli.annotations import show_annotations, show_failure
from predial.cli.printing import say_json
from predial.cli.sarif import Log, failed_run, run_of
from predial.cli.sources import shown_name
from predial.cli.statistics import show_forecast, show_statistics
from predial.cli.text_report import is_unread, show_files, show_report

#: How many diagnostics of a severity are kept by default. As text a screenful of them is shown.
AS_TEXT: Final = 1_000
AS_JSON: Final = 10_000

#: The fields of a diagnostic, of a body, and the counts of a report, as JSON names them.
DIAGNOSTIC: Final = (
    "row",
    "line",
    "part",
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
class MaxRejects:
    """How many rows may be rejected: a number of them, or a share of the list in percent."""

    limit: Decimal
    is_percent: bool

    def are_exceeded(self, report: predial.Report) -> bool:
        """Whether more rows are rejected.

        >>> report = predial.check([{"phone": ""}, {"phone": "79110000000"}])
        >>> MaxRejects(Decimal(50), True).are_exceeded(report)
        False
        >>> MaxRejects(Decimal("49.9"), True).are_exceeded(report)
        True
        """
        if self.is_percent:
            return report.rejected * 100 > self.limit * report.total
        return report.rejected > self.limit


@dataclass(frozen=True)
class Shown:
    """What `predial.cli.options.SHOWN` declares, except `--progress`."""

    output_format: Literal["text", "json", "ndjson", "github", "sarif"]
    max_diagnostics: int | None
    show_all: bool
    strict: bool
    quiet: bool = False
    max_rejects: MaxRejects | None = None
    statistics: bool = False
    _log: Log = field(default_factory=Log)
    _forecasts: list[predial.Forecast] = field(default_factory=list)

    @property
    def forecasts(self) -> bool:
        """Whether `show` writes the forecast that `keep` was called with."""
        return self.statistics and self.output_format == "text" and not self.quiet

    def keep(self, forecast: predial.Forecast) -> predial.Report:
        """Keep the forecast of the next report that is shown; returns that report."""
        self._forecasts.append(forecast)
        return forecast.report

    def document(self) -> AbstractContextManager[object]:
        """What the reports of one command are written within."""
        return self._log

    def is_refused(self, report: predial.Report) -> bool:
        """Whether the command ends with status 1."""
        if self.strict and report.repaired:
            return True
        if self.max_rejects is None:
            return report.rejected > 0
        return self.max_rejects.are_exceeded(report)

    @property
    def limit(self) -> int:
        """How many diagnostics the report keeps."""
        if self.show_all:
            return sys.maxsize
        if self.max_diagnostics is not None:
            return self.max_diagnostics
        return AS_TEXT if self.output_format in ("text", "github") else AS_JSON

    def show(
        self,
        name: str,
        report: predial.Report,
        error: predial.SourceError | None = None,
        out: str | None = None,
        again: str = "",
    ) -> None:
        """Write the report of the FILE of that name.

        `error` is what ended it early, `out` the directory that was prepared, and `again` the
        options with which its rejects have to be read.
        """
        if self.quiet:
            return
        if self.output_format == "text":
            show_report(shown_name(name), report, error, self.max_diagnostics, self.show_all)
            if self.statistics and not is_unread(report, error):
                show_statistics(report)
                for forecast in self._forecasts:
                    show_forecast(forecast)
            self._forecasts.clear()
            if out is not None and error is None:
                show_files(report, out, again)
            return
        if self.output_format == "github":
            path = None if name == "-" else name
            show_annotations(path, report, error, self.max_diagnostics, self.show_all)
            return
        if self.output_format == "sarif":
            self._log.add(run_of(name, report, error))
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

    def show_failure(self, name: str, message: str) -> None:
        """Write, in the formats for CI, why there is no report of the FILE of that name."""
        if self.quiet:
            return
        if self.output_format == "github":
            show_failure(None if name == "-" else name, message)
        elif self.output_format == "sarif":
            self._log.add(failed_run(f"{shown_name(name)}: {message}"))


def summary(report: predial.Report, error: predial.SourceError | None) -> dict[str, Any]:
    """The report without its diagnostics, as JSON."""
    whole: dict[str, Any] = {name: getattr(report, name) for name in COUNTS}
    whole["verdict"] = report.verdict
    whole["counts"] = dict(report.counts)
    whole["alone"] = dict(report.alone)
    whole["left_out"] = dict(report.left_out)
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
    if report.statistics is not None:
        whole["statistics"] = report.statistics
    whole["error"] = None if error is None else _fields(error, ERROR)
    return whole


def _fields(of: object, names: tuple[str, ...]) -> dict[str, Any]:
    fields = ((name, getattr(of, name)) for name in names)
    return {name: fspath(it) if isinstance(it, PathLike) else it for name, it in fields}
