"""What `forecast` answers."""

from __future__ import annotations

from predial._arguments import wrong_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from predial import _core

__all__ = ["Forecast", "wanted"]

#: More days than anybody plans for.
_MOST_DAYS = 366
#: More lines than any campaign has.
_MOST_LINES = 100_000
#: The longest call, in seconds.
_LONGEST = 86_400


class Forecast:
    """When the jobs of a list may ring.

    Two forecasts are equal if all they hold is. They can be pickled.
    """

    __slots__ = (
        "done",
        "expired",
        "free",
        "hours",
        "jobs",
        "local_week",
        "missed",
        "never",
        "night",
        "night_only",
        "report",
    )

    report: _core.Report
    """What `check` returns for the same list."""
    hours: tuple[tuple[datetime, int], ...]
    """The beginning of each hour in UTC, and how many jobs may ring in it."""
    local_week: tuple[tuple[int, ...], ...]
    """How many jobs may ring in each hour of the next seven days by their own clocks: for each day
    from Monday, its 24 hours. A job that may be in several zones counts by the clock of one."""
    night: str
    """The hours of the night, such as ``22:00-08:00``."""
    jobs: int
    """How many jobs can be sent."""
    free: int
    """How many of them have no policy, and may ring at any time as far as the list says."""
    never: int
    """How many jobs are rejected because their policies leave no time (`policy-never-rings`)."""
    expired: int
    """How many jobs are rejected because their finish has passed (`policy-expired`)."""
    night_only: int
    """How many of the jobs that can be sent may ring only at night."""
    done: datetime | None
    """When the last call of the queue ends; None if it is not known or takes over a year."""
    missed: int | None
    """How many jobs the queue does not reach before their last time is over."""

    def __init__(
        self,
        report: _core.Report,
        hours: tuple[tuple[datetime, int], ...],
        local_week: tuple[tuple[int, ...], ...],
        night: str,
        counts: tuple[int, int, int, int, int],
        queue: tuple[datetime | None, int | None],
    ) -> None:
        jobs, free, never, expired, night_only = counts
        done, missed = queue
        values = {
            "report": report,
            "hours": hours,
            "local_week": local_week,
            "night": night,
            "jobs": jobs,
            "free": free,
            "never": never,
            "expired": expired,
            "night_only": night_only,
            "done": done,
            "missed": missed,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @classmethod
    def of(cls, report: _core.Report, night: str, fields: _core.ForecastFields) -> Forecast:
        """The forecast of the core."""
        from datetime import UTC, datetime, timedelta

        begin, (jobs, week), counts, queue = fields
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        first = epoch + timedelta(seconds=begin)
        hours = tuple((first + timedelta(hours=i), count) for i, count in enumerate(jobs))
        days = tuple(tuple(week[day * 24 : day * 24 + 24]) for day in range(7))
        done, missed = queue or (None, None)
        end = None if done is None else epoch + timedelta(milliseconds=done)
        return cls(report, hours, days, night, counts, (end, missed))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a forecast can't be changed: {name}")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Forecast) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts()[1:])

    def __reduce__(self) -> tuple[type[Forecast], tuple[object, ...]]:
        return type(self), self._parts()

    def __repr__(self) -> str:
        end = None if self.done is None else str(self.done)
        return (
            f"predial.Forecast(jobs={self.jobs}, never={self.never}, expired={self.expired}, "
            f"night_only={self.night_only}, done={end!r}, missed={self.missed})"
        )

    def _parts(self) -> tuple[object, ...]:
        counts = (self.jobs, self.free, self.never, self.expired, self.night_only)
        queue = (self.done, self.missed)
        return self.report, self.hours, self.local_week, self.night, counts, queue


Forecast.__module__ = "predial"


def wanted(
    days: int, lines: int | None, seconds_per_call: float | None
) -> tuple[int, tuple[int, int] | None]:
    """The options of `forecast` as the core takes them: days; lines and milliseconds."""
    days = _whole("days", days, _MOST_DAYS)
    if lines is not None:
        lines = _whole("lines", lines, _MOST_LINES)
    if seconds_per_call is not None:
        takes = f"a number of seconds from 0.001 to {_LONGEST}, or None"
        if isinstance(seconds_per_call, bool) or not isinstance(seconds_per_call, (int, float)):
            raise wrong_type("seconds_per_call", takes, seconds_per_call)
        if not 0.001 <= seconds_per_call <= _LONGEST:
            raise ValueError(f"seconds_per_call must be {takes}")
    if lines is None and seconds_per_call is None:
        return days, None
    if lines is None or seconds_per_call is None:
        raise ValueError("lines and seconds_per_call go together: give both, or none")
    return days, (lines, round(seconds_per_call * 1000))


def _whole(name: str, value: object, most: int) -> int:
    takes = f"a whole number from 1 to {most}"
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type(name, takes, value)
    if not 1 <= value <= most:
        raise ValueError(f"{name} must be {takes}")
    return value
