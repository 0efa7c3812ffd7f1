"""The figures of a preview: plain data, ready for JSON. Their schema is `preview.schema.json`."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import predial
from predial._printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from predial import Diagnostic, Forecast, Report

__all__ = ["figures"]

#: How many examples of a rule are shown.
EXAMPLES = 3
#: A text with at least as many digits may be a phone.
_PHONE = re.compile(r"\d(?:[^\w\n:;,]{0,3}\d){6,}")
#: How many digits of a phone stay visible: enough to find the row, too few to call.
_VISIBLE = 4


@dataclass(frozen=True)
class Hours:
    """When the jobs of a list may ring: those of one forecast, or of several parts of the list."""

    jobs: dict[datetime, int]
    "How many may ring in each hour, by its beginning in UTC."
    never: int
    expired: int
    night_only: int

    @classmethod
    def of(cls, forecasts: Iterable[Forecast]) -> Hours:
        """The sums of these forecasts."""
        jobs: Counter[datetime] = Counter()
        sums = [0, 0, 0]
        for forecast in forecasts:
            jobs.update(dict(forecast.hours))
            for place, more in enumerate((forecast.never, forecast.expired, forecast.night_only)):
                sums[place] += more
        return cls(dict(sorted(jobs.items())), *sums)

    def as_json(self) -> dict[str, Any]:
        """The same, as the schema has it."""
        hours = [{"begin": f"{hour:%Y-%m-%dT%H:%MZ}", "jobs": n} for hour, n in self.jobs.items()]
        return {
            "utc": hours,
            "never": self.never,
            "expired": self.expired,
            "night_only": self.night_only,
        }


def figures(
    report: Report,
    *,
    name: str,
    forecast: Forecast | Hours | None = None,
    show_phones: bool = False,
) -> dict[str, Any]:
    """What a preview shows of a list.

    `name` is what people call the list. Phones in examples are masked except for their last four
    digits unless `show_phones`.
    """
    rules = {rule.name: rule for rule in predial.rules()}
    examples = _examples(report.diagnostics)
    sendable = report.clean + report.repaired
    hours = Hours.of([forecast]) if isinstance(forecast, predial.Forecast) else forecast
    return {
        "predial": predial.__version__,
        "numbering_plan": predial.PLAN_VERSION,
        "list": {
            "name": printable(name),
            "format": report.input["format"],
            "encoding": report.input["encoding"],
        },
        "jobs": {
            "total": report.total,
            "sendable": sendable,
            "clean": report.clean,
            "repaired": report.repaired,
            "rejected": report.rejected,
            "warned": report.warned,
        },
        "duplicates": report.duplicates,
        "hints": [
            {"text": hint.text, "option": hint.option, "rows": hint.rows} for hint in report.hints
        ],
        "rules": [
            {
                "rule": rule,
                "severity": severity,
                "times": times,
                "alone": report.alone.get(rule, 0),
                "message": rules[rule].message,
                "remedy": rules[rule].remedy,
                "examples": [_example(found, show_phones) for found in examples.get(rule, [])],
            }
            for rule, severity, times in _worst_first(report)
        ],
        "places": _places(report),
        "hours": hours and hours.as_json(),
        "bodies": [
            {
                "name": f"{body.index:06}.json",
                "jobs": body.jobs,
                "bytes": body.bytes,
                "idempotence_key": body.idempotence_key,
            }
            for body in report.bodies
        ],
    }


#: What keeps rows back comes first.
_ORDER = ("error", "suggested", "warning", "repair")


def _worst_first(report: Report) -> list[tuple[str, str, int]]:
    """The rules that were broken, with severities and numbers: what keeps back most first."""
    # A severity can be changed by an option; then the diagnostics know it.
    severities = {rule.name: rule.severity for rule in predial.rules()}
    severities |= {found.rule: found.severity for found in report.diagnostics}

    def place(entry: tuple[str, str, int]) -> tuple[int, int, int, str]:
        rule, severity, times = entry
        return _ORDER.index(severity), -report.alone.get(rule, 0), -times, rule

    counted = ((rule, severities[rule], times) for rule, times in report.counts.items())
    return sorted(counted, key=place)


def _examples(diagnostics: Iterable[Diagnostic]) -> dict[str, list[Diagnostic]]:
    found: defaultdict[str, list[Diagnostic]] = defaultdict(list)
    for diagnostic in diagnostics:
        if len(found[diagnostic.rule]) < EXAMPLES:
            found[diagnostic.rule].append(diagnostic)
    return found


def _example(found: Diagnostic, show_phones: bool) -> dict[str, Any]:
    def shown(text: str) -> str:
        return printable(text if show_phones else masked(text))

    return {
        "row": found.row,
        "line": found.line,
        "field": found.field,
        "value": found.value and shown(found.value),
        "message": shown(found.message),
        "suggestion": found.suggestion and shown(found.suggestion),
    }


def masked(text: str) -> str:
    """The text with the digits of what may be a phone replaced, except for the last four.

    >>> masked("8 (912) 345-67-89, flat 12")
    '• (•••) •••-67-89, flat 12'
    """
    return _PHONE.sub(_mask, text)


def _mask(found: re.Match[str]) -> str:
    text = found[0]
    hidden = sum(char.isdigit() for char in text) - _VISIBLE
    characters = []
    for char in text:
        is_hidden = char.isdigit() and hidden > 0
        hidden -= char.isdigit()
        characters.append("•" if is_hidden else char)
    return "".join(characters)


def _places(report: Report) -> list[dict[str, Any]]:
    """The tables of the statistics, if the report has them."""
    found = report.statistics
    if found is None:
        return []
    tables = [("countries", found["countries"]), ("types", found["types"])]
    tables.append(("zones", found["zones"]))
    tables.append(
        ("local_hours", {f"{hour:02}:00": n for hour, n in enumerate(found["local_hours"]) if n})
    )
    return [
        {"of": of, "rows": [{"name": printable(name), "jobs": jobs} for name, jobs in rows.items()]}
        for of, rows in tables
        if rows
    ]
