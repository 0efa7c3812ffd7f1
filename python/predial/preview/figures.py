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

__all__ = ["DAYS", "Hours", "figures"]

#: The days of a week, as the service names them.
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: The night where no forecast says otherwise.
NIGHT = "22:00-08:00"
#: How many examples of a rule are shown.
EXAMPLES = 3
#: How many characters of a text from the list are shown.
LONGEST = 120
#: The rules for a job that is there twice.
_REPEATED = ("phone-duplicate", "job-duplicate")
#: A text with at least as many digits may be a phone.
_PHONE = re.compile(r"\d(?:[^\w\n:;,]{0,3}\d){6,}")
#: A date has as many digits as a short phone, and nobody dials it.
_DATE = re.compile(r"(?:19|20)\d\d-(?:0\d|1[0-2])-[0-3]\d|[0-3]\d\.(?:0\d|1[0-2])\.(?:19|20)\d\d")
#: How many digits of a phone stay visible: enough to find the row, too few to call.
_VISIBLE = 4


@dataclass(frozen=True)
class Hours:
    """When the jobs of a list may ring: those of one forecast, or of several parts of the list."""

    jobs: dict[datetime, int]
    "How many may ring in each hour, by its beginning in UTC."
    local_week: list[list[int]]
    "How many may ring in each hour of the jobs' own clocks, by the days from Monday."
    night: str
    "The hours of the night."
    sums: Counter[str]
    "The other numbers of the forecasts."

    @classmethod
    def of(cls, forecasts: Iterable[Forecast]) -> Hours:
        """The sums of these forecasts."""
        jobs: Counter[datetime] = Counter()
        week = [[0] * 24 for _ in DAYS]
        night = NIGHT
        sums: Counter[str] = Counter()
        for forecast in forecasts:
            night = forecast.night
            jobs.update(dict(forecast.hours))
            for day, more in zip(week, forecast.local_week, strict=True):
                day[:] = map(sum, zip(day, more, strict=True))
            for name in ("jobs", "free", "never", "expired", "night_only"):
                sums[name] += getattr(forecast, name)
        return cls(dict(sorted(jobs.items())), week, night, sums)


def figures(
    report: Report,
    *,
    name: str,
    forecast: Forecast | Hours | None = None,
    statistics: dict[str, Any] | None = None,
    show_phones: bool = False,
) -> dict[str, Any]:
    """What a preview shows of a list.

    `name` is what people call the list, and `statistics` where its jobs are, if the report does not
    have that. Phones in examples are masked except for their last four digits unless `show_phones`.
    """
    rules = {rule.name: rule for rule in predial.rules()}
    examples = _examples(report.diagnostics)
    hours = Hours.of([forecast]) if isinstance(forecast, predial.Forecast) else forecast
    found = report.statistics if statistics is None else statistics
    return {
        "predial": predial.__version__,
        "numbering_plan": predial.PLAN_VERSION,
        "list": {
            "name": _shown(name),
            "format": report.input["format"],
            "encoding": report.input["encoding"],
        },
        "jobs": {
            "total": report.total,
            "sendable": report.clean + report.repaired,
            "clean": report.clean,
            "repaired": report.repaired,
            "rejected": report.rejected,
            "warned": report.warned,
        },
        "duplicates": {
            "by": report.duplicates,
            "rows": sum(report.counts.get(rule, 0) for rule in _REPEATED),
        },
        "excluded": report.counts.get("phone-excluded", 0),
        "hints": [
            {"text": _shown(hint.text), "option": _shown(hint.option), "rows": hint.rows}
            for hint in report.hints
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
        "places": _places(found),
        "hours": None if hours is None else _hours(hours, found),
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
    """The first examples of each rule, those with other values first."""
    found: defaultdict[str, list[Diagnostic]] = defaultdict(list)
    seen: defaultdict[str, set[str | None]] = defaultdict(set)
    alike: defaultdict[str, list[Diagnostic]] = defaultdict(list)
    for diagnostic in diagnostics:
        rule, value = diagnostic.rule, diagnostic.value
        if len(found[rule]) == EXAMPLES:
            continue
        if value in seen[rule]:
            if len(alike[rule]) < EXAMPLES:
                alike[rule].append(diagnostic)
            continue
        seen[rule].add(value)
        found[rule].append(diagnostic)
    return {rule: (some + alike[rule])[:EXAMPLES] for rule, some in found.items()}


def _example(found: Diagnostic, show_phones: bool) -> dict[str, Any]:
    def shown(text: str) -> str:
        return _shown(text if show_phones else masked(text))

    return {
        "row": found.row,
        "line": found.line,
        "field": found.field,
        "value": found.value and shown(found.value),
        "message": shown(found.message),
        "suggestion": found.suggestion and shown(found.suggestion),
    }


def _shown(text: str) -> str:
    """A text from the list as people may see it, cut after `LONGEST` characters."""
    escaped = printable(text[: LONGEST + 1])
    return escaped if len(escaped) <= LONGEST else escaped[: LONGEST - 1] + "…"


def masked(text: str) -> str:
    """The text with the digits of what may be a phone replaced, except for the last four.

    >>> masked("8 (912) 345-67-89, flat 12")
    '• (•••) •••-67-89, flat 12'
    """
    return _PHONE.sub(_mask, text)


def _mask(found: re.Match[str]) -> str:
    text = found[0]
    if _DATE.fullmatch(text):
        return text
    hidden = sum(char.isdigit() for char in text) - _VISIBLE
    characters = []
    for char in text:
        is_hidden = char.isdigit() and hidden > 0
        hidden -= char.isdigit()
        characters.append("•" if is_hidden else char)
    return "".join(characters)


def _places(found: Any) -> list[dict[str, Any]]:
    """The tables of the statistics, if the report has them."""
    if found is None:
        return []
    hours = {f"{hour:02}:00": jobs for hour, jobs in enumerate(found["local_hours"]) if jobs}
    tables = [(of, found[of]) for of in ("countries", "types", "zones")]
    tables.append(("local_hours", hours))
    return [
        {"of": of, "rows": [{"name": printable(name), "jobs": jobs} for name, jobs in rows.items()]}
        for of, rows in tables
        if rows
    ]


def night_hours(night: str) -> list[bool]:
    """Whether each hour of the day is at night, wholly or in part.

    >>> [hour for hour, dark in enumerate(night_hours("22:30-07:00")) if dark]
    [0, 1, 2, 3, 4, 5, 6, 22, 23]
    """
    begin, end = (
        int(hour) * 60 + int(minute)
        for hour, minute in (time.strip().split(":")[:2] for time in night.split("-"))
    )
    length = (end - begin) % 1440
    return [
        any((hour * 60 + minute - begin) % 1440 < length for minute in range(60))
        for hour in range(24)
    ]


def _hours(hours: Hours, statistics: Any) -> dict[str, Any]:
    dark = night_hours(hours.night)
    clocks: list[int] = [0] * 24 if statistics is None else statistics["local_hours"]
    known = sum(clocks)

    def at_night(later: int) -> float | None:
        """The share of the jobs with a known clock for which it is night so many hours later."""
        jobs = sum(jobs for hour, jobs in enumerate(clocks) if dark[(hour + later) % 24])
        return round(jobs / known, 3) if known else None

    return {
        "utc": [
            {"begin": f"{hour:%Y-%m-%dT%H:%MZ}", "jobs": jobs, "night": at_night(later)}
            for later, (hour, jobs) in enumerate(hours.jobs.items())
        ],
        "local": [
            {"day": day, "hour": hour, "jobs": jobs, "night": dark[hour]}
            for day, row in zip(DAYS, hours.local_week, strict=True)
            for hour, jobs in enumerate(row)
        ],
        "night": hours.night,
        **{name: hours.sums[name] for name in ("free", "never", "expired", "night_only")},
    }
