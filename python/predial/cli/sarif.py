"""Reports as a SARIF 2.1.0 log, the form in which code-scanning tools exchange their findings.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html

Each list is a run of the log. Runs are written one by one, so that many lists take no more memory
than the largest of them.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import Any, Final
from urllib.parse import quote

import predial
from predial.cli.printing import printable, printable_lines, say_json, say_text
from predial.cli.shell_words import in_shell_words

SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
#: The level for each severity.
LEVELS: Final = {"error": "error", "suggested": "warning", "warning": "warning", "repair": "note"}


class Log:
    """A log that is begun with its first run, and ended when it is left."""

    def __init__(self) -> None:
        self._runs = 0

    def __enter__(self) -> Log:
        return self

    def __exit__(self, *_: object) -> None:
        if self._runs:
            say_text("]}\n")
            self._runs = 0

    def add(self, run: dict[str, Any]) -> None:
        """Write one more run."""
        head = f'{{"$schema": "{SCHEMA}", "version": "2.1.0", "runs": [\n'
        say_text("," if self._runs else head)
        self._runs += 1
        say_json(run)


def run_of(name: str, report: predial.Report, error: predial.SourceError | None) -> dict[str, Any]:
    """The run of one list: its rules that were broken, and a result for each diagnostic."""
    diagnostics = list(report.diagnostics)
    broken = {found.rule for found in diagnostics}
    rules = [rule for rule in predial.rules() if rule.name in broken]
    places = {rule.name: place for place, rule in enumerate(rules)}
    has_lines = report.input["workbook"] is None
    notes = []
    if left_out := sum(report.left_out.values()):
        notes.append(_notification("note", f"--all adds the {left_out} results that are missing"))
    if error is not None:
        notes.append(_notification("error", str(error)))
    return {
        **_run([_rule(rule) for rule in rules], error is None, notes),
        "results": [_result(name, found, places, has_lines) for found in diagnostics],
        "columnKind": "unicodeCodePoints",
        "properties": {
            "verdict": report.verdict,
            **{of: getattr(report, of) for of in ("total", "clean", "repaired", "rejected")},
        },
    }


def failed_run(message: str) -> dict[str, Any]:
    """The run of a list that could not be read."""
    return {**_run([], False, [_notification("error", message)]), "results": []}


def _run(
    rules: list[dict[str, Any]], is_successful: bool, notes: list[dict[str, Any]]
) -> dict[str, Any]:
    driver = {"name": "predial", "semanticVersion": predial.__version__, "rules": rules}
    invocation = {"executionSuccessful": is_successful, "toolExecutionNotifications": notes}
    return {"tool": {"driver": driver}, "invocations": [invocation]}


def _notification(level: str, message: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": printable_lines(in_shell_words(message))}}


def _rule(rule: predial.Rule) -> dict[str, Any]:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.message},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"To correct it, {rule.remedy}."},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
    }


def _result(
    name: str, found: predial.Diagnostic, places: dict[str, int], has_lines: bool
) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if name != "-":
        physical: dict[str, Any] = {"artifactLocation": {"uri": uri_of(name)}}
        if has_lines and found.line is not None:
            physical["region"] = {"startLine": found.line}
        location["physicalLocation"] = physical
    row, field = f"row {found.row}", printable(found.field or "")
    logical = {"name": field or row, "fullyQualifiedName": f"{row} {field}".strip()}
    location["logicalLocations"] = [logical]
    values = {"row": found.row, "value": found.value, "suggestion": found.suggestion}
    return {
        "ruleId": found.rule,
        "ruleIndex": places[found.rule],
        "level": LEVELS[found.severity],
        "message": {"text": printable(in_shell_words(found.message))},
        "locations": [location],
        "properties": {of: it for of, it in values.items() if it is not None},
    }


def uri_of(name: str) -> str:
    """The path of a file as a URI: relative if the path is.

    >>> uri_of("lists/of may:1.csv")
    'lists/of%20may%3A1.csv'
    """
    path = PurePath(name)
    if path.is_absolute():
        return Path(path).as_uri()
    return quote(os.fsencode(path.as_posix()))
