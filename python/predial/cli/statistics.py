"""Where the jobs of a list are that can be sent, and when they may ring, as tables for people:
`--statistics`."""

from __future__ import annotations

from typing import Final

import predial
from predial.cli.printing import columns, counted, grouped, printable, say

#: How many rows of a table are shown; one more is the sum of the others.
MOST: Final = 12
#: The tables of a report, and what their names are about.
TABLES: Final = (
    ("countries", "Country"),
    ("types", "Kind of number"),
    ("zones", "Time zone"),
)


def show_statistics(report: predial.Report) -> None:
    """Write the tables, if the report has them and a job can be sent."""
    found = report.statistics
    if found is None or report.rejected == report.total:
        return
    for name, title in TABLES:
        table: dict[str, int] = found[name]  # type: ignore[literal-required]
        say(f"\n{title}")
        for line in columns(_rows(table)):
            say(f"  {line}")
    say("\nHour of the day that their clocks show now")
    hours = [(hour, jobs) for hour, jobs in enumerate(found["local_hours"]) if jobs]
    for line in columns([(f"{hour:02}:00", grouped(jobs)) for hour, jobs in hours]):
        say(f"  {line}")


#: The hours of a column of the forecast.
STEP: Final = 3


def show_forecast(forecast: predial.Forecast) -> None:
    """Write for each day of UTC how many jobs may ring, if a job can be sent."""
    if not forecast.jobs:
        return
    say(f"\nJobs that may ring in an hour of UTC, the most of {STEP} hours")
    steps = range(0, 24, STEP)
    days: dict[str, dict[int, int]] = {}
    for hour, jobs in forecast.hours:
        day = days.setdefault(f"{hour:%Y-%m-%d}", {})
        step = hour.hour // STEP * STEP
        day[step] = max(jobs, day.get(step, 0))
    rows = [("", *(f"{step:02}:00".rjust(COUNT) for step in steps))]
    for name, day in days.items():
        cells = (_short(day[step]) if step in day else "" for step in steps)
        rows.append((name, *(cell.rjust(COUNT) for cell in cells)))
    for line in columns(rows):
        say(f"  {line}")
    if forecast.night_only:
        say(f"  {counted(forecast.night_only, 'job')} can ring only at night ({forecast.night})")


#: The characters of a number in the forecast: 80 columns have room for a date and eight of these.
COUNT: Final = 6


def _short(jobs: int) -> str:
    """A number in few characters.

    >>> [_short(jobs) for jobs in (0, 9_999, 12_345, 999_999, 1_234_567, 12_345_678)]
    ['0', '9 999', '12.3k', '1000k', '1.23M', '12.3M']
    """
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if jobs >= max(size, 10_000):
            whole = jobs // size
            return f"{jobs / size:.{max(0, 3 - len(str(whole)))}f}{unit}"
    return grouped(jobs)


def _rows(table: dict[str, int]) -> list[tuple[str, str]]:
    """The largest numbers, and the sum of the others."""
    rows = [(printable(name), jobs) for name, jobs in table.items()]
    shown, others = rows[:MOST], rows[MOST:]
    if others:
        shown.append((f"{grouped(len(others))} others", sum(jobs for _, jobs in others)))
    return [(name, grouped(jobs)) for name, jobs in shown]
