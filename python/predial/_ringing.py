"""When a job rings: the windows of the core as datetimes, and campaigns as texts for the core."""

from __future__ import annotations

from predial import _core
from predial._arguments import aware, wrong_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from os import PathLike
    from typing import Any, TypeAlias

    Job: TypeAlias = Mapping[str, Any] | str
    Campaign: TypeAlias = Mapping[str, Any] | str | PathLike[str]

__all__ = ["Window", "call_windows", "campaign_text", "next_call"]


class Window:
    """The longest stretch of time around an instant in which a job may ring at any moment.

    Two windows are equal if their start, end and zone are. They can be pickled and used as keys.
    """

    __slots__ = ("end", "start", "zone")

    start: datetime
    """The first moment of the window: an aware datetime in UTC."""
    end: datetime | None
    """The first moment after the window, in UTC; None if the window never ends."""
    zone: _core.Zone
    """The zone whose local time allows the call."""

    def __init__(self, start: datetime, end: datetime | None, zone: _core.Zone) -> None:
        for name, value in (("start", start), ("end", end), ("zone", zone)):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a window can't be changed: {name}")

    @property
    def local_start(self) -> datetime:
        """The start of the window in the local time of its zone."""
        return self.start.astimezone(self.zone.tzinfo)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Window) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[type[Window], tuple[object, ...]]:
        return type(self), self._key()

    def __repr__(self) -> str:
        end = None if self.end is None else str(self.end)
        return f"predial.Window(start={str(self.start)!r}, end={end!r}, zone={str(self.zone)!r})"

    def _key(self) -> tuple[datetime, datetime | None, _core.Zone]:
        return self.start, self.end, self.zone


Window.__module__ = "predial"


def next_call(
    job: Job, now: datetime | None = None, campaign: Campaign | None = None
) -> Window | None:
    """The next window in which a job may ring, or None if it never will.

    ``job`` is a dict or JSON text, ``now`` an aware datetime (default: the present), ``campaign``
    the call policy for jobs without their own: a dict, JSON text or the path of a JSON file. A job
    that may ring now has a window that starts now.

    The job rings in its ``gmtZone``. Without one it rings in the zones where its phone may be, or
    from -12:00 to +14:00 if these are unknown; of several zones the soonest window is returned.

    Raises ValueError for a malformed job or campaign, and TypeError for another type.

    >>> import predial
    >>> from datetime import datetime, UTC
    >>> job = {"gmtZone": "+03:00", "allowedDays": ["mon"], "localTimeFrom": "10:00",
    ...        "localTimeTo": "18:00"}
    >>> window = predial.next_call(job, now=datetime(2026, 3, 1, tzinfo=UTC))
    >>> str(window.start), str(window.end), str(window.local_start)
    ('2026-03-02 07:00:00+00:00', '2026-03-02 15:00:00+00:00', '2026-03-02 10:00:00+03:00')
    >>> predial.next_call({**job, "finishDateTime": "2020-01-01T00:00:00Z"}) is None
    True
    """
    return next(call_windows(job, now, campaign), None)


def call_windows(
    job: Job, now: datetime | None = None, campaign: Campaign | None = None
) -> Iterator[Window]:
    """Iterate over the windows in which a job may ring, soonest first. See ``next_call``.

    Without a ``finishDateTime`` they end with the last year that a datetime can have. If a job may
    be in several zones, each window is that of one zone.

    >>> import predial
    >>> from datetime import datetime, UTC
    >>> from itertools import islice
    >>> job = {"gmtZone": "Europe/Berlin", "allowedDays": ["sat", "sun"]}
    >>> for window in islice(predial.call_windows(job, datetime(2026, 3, 20, tzinfo=UTC)), 2):
    ...     print(window.start, window.end - window.start)
    2026-03-20 23:00:00+00:00 2 days, 0:00:00
    2026-03-27 23:00:00+00:00 1 day, 23:00:00
    """
    windows = _core.call_windows(_job_text(job), _instant(now), campaign_text(campaign))
    return _as_datetimes(windows)


def _as_datetimes(windows: Iterator[_core.CallWindow]) -> Iterator[Window]:
    from datetime import UTC, datetime, timedelta

    epoch = datetime(1970, 1, 1, tzinfo=UTC)

    def moment(instant: tuple[int, int]) -> datetime:
        # Rounded up: a microsecond before an instant is not part of the window that it begins.
        seconds, nanos = instant
        return epoch + timedelta(seconds=seconds, microseconds=-(-nanos // 1000))

    for start, end, zone in windows:
        try:
            window = Window(moment(start), None, zone)
            _ = window.local_start
        except OverflowError:
            return
        try:
            yield window if end is None else Window(window.start, moment(end), zone)
        except OverflowError:
            yield window


def _job_text(job: Job) -> str:
    if isinstance(job, str):
        return _unicode(job, "the job")
    if hasattr(job, "keys"):
        return _written(job, "the job")
    raise wrong_type("job", "a dict or JSON text", job)


def campaign_text(campaign: Campaign | None) -> str | None:
    """The JSON text of a campaign: a dict, JSON text, or the path of a JSON file."""
    if campaign is None:
        return None
    if isinstance(campaign, str) and campaign.lstrip().startswith("{"):
        return _unicode(campaign, "the campaign")
    if isinstance(campaign, str) or hasattr(campaign, "__fspath__"):
        path: Any = campaign
        with open(path, "rb") as file:
            data = file.read()
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValueError(f"the campaign is not UTF-8 (byte {error.start})") from None
    if hasattr(campaign, "keys"):
        return _written(campaign, "the campaign")
    raise wrong_type("campaign", "a dict, JSON text, a path or None", campaign)


def _unicode(text: str, what: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{what} holds half of a surrogate pair ({error.start})") from None
    return text


def _written(value: Mapping[str, Any], what: str) -> str:
    """The value as JSON. Half of a surrogate pair is escaped, and the core refuses it."""
    import json

    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{what} can't be written as JSON: {error}") from None


def _instant(now: datetime | None) -> tuple[int, int]:
    """Seconds and nanoseconds since 1970."""
    from datetime import UTC, datetime, timedelta

    if now is None:
        now = datetime.now(UTC)
    since = aware(now) - datetime(1970, 1, 1, tzinfo=UTC)
    seconds, rest = divmod(since, timedelta(seconds=1))
    return seconds, rest // timedelta(microseconds=1) * 1000
