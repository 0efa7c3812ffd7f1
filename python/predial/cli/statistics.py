"""Where the jobs of a list are that can be sent, as tables for people: `--statistics`."""

from __future__ import annotations

from typing import Final

import predial
from predial.cli.printing import columns, grouped, printable, say

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
        counted: dict[str, int] = found[name]  # type: ignore[literal-required]
        say(f"\n{title}")
        for line in columns(_rows(counted)):
            say(f"  {line}")
    say("\nHour of the day that their clocks show now")
    hours = [(hour, jobs) for hour, jobs in enumerate(found["local_hours"]) if jobs]
    for line in columns([(f"{hour:02}:00", grouped(jobs)) for hour, jobs in hours]):
        say(f"  {line}")


def _rows(counted: dict[str, int]) -> list[tuple[str, str]]:
    """The largest numbers, and the sum of the others."""
    rows = [(printable(name), jobs) for name, jobs in counted.items()]
    shown, others = rows[:MOST], rows[MOST:]
    if others:
        shown.append((f"{grouped(len(others))} others", sum(jobs for _, jobs in others)))
    return [(name, grouped(jobs)) for name, jobs in shown]
