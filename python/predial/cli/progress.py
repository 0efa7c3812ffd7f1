"""The progress of a batch on stderr: a bar on a terminal, or a line every ten seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Final, Literal, TypeAlias

from predial.cli.printing import counted, cut, grouped, is_terminal, printable, room_of

#: The core calls this with: rows read, the byte that they reach to, rows rejected.
Progress = Callable[[int, int, int], object]

How: TypeAlias = Literal["auto", "bar", "log", "none"]

#: Work that takes fewer seconds shows no bar.
PATIENCE: Final = 0.3
#: Seconds between two lines of the log.
EVERY: Final = 10.0
#: The most characters of the bar. It takes the room that the figures leave, in steps, so that it
#: does not change with every figure.
WIDEST: Final = 24
STEP: Final = 4
#: Columns left free: a terminal shows ^C after the bar, and may continue on the next line if the
#: last column is used, and then the line can't be cleared.
SPARE: Final = 3
CLEAR: Final = "\r\x1b[K"
GAP: Final = "  "


@contextmanager
def progress(how: How, size: int | None) -> Iterator[Progress | None]:
    """A callback that shows how far a batch of `size` bytes is; None if nothing is shown."""
    if sys.stderr is None:
        how = "none"
    elif how == "auto":
        how = "bar" if is_terminal(sys.stderr) else "log"
    if how == "log":
        yield Log(size)
    elif how == "bar":
        bar = Bar(size)
        try:
            yield bar
        finally:
            bar.clear()
    else:
        yield None


class Bar:
    """A line that is written again and again: rows, bytes, MB/s, rejects, time left."""

    def __init__(self, size: int | None) -> None:
        self._size = size
        self._begun: float | None = monotonic()
        self._shown = False

    def excluded(self, name: str, size: int | None) -> Progress:
        """The callback for an excluded list, which is read before the list itself."""
        begun, self._begun = monotonic(), None
        label = _label(name)

        def show(rows: int, offset: int, rejected: int) -> None:
            elapsed = monotonic() - begun
            self._write(elapsed, figures(elapsed, rows, offset, None, size), offset, size, label)

        return show

    def __call__(self, rows: int, offset: int, rejected: int) -> None:
        if self._begun is None:
            self._begun = monotonic()
        elapsed = monotonic() - self._begun
        shown = figures(elapsed, rows, offset, rejected, self._size) if elapsed > 0 else []
        self._write(elapsed, shown, offset, self._size, "")

    def _write(
        self, elapsed: float, shown: Sequence[str], offset: int, size: int | None, label: str
    ) -> None:
        if elapsed < PATIENCE or not shown:
            return
        share = done(offset, size) if size else None
        room = room_of(sys.stderr) - SPARE - len(label)
        write(CLEAR + label + fitted(share, shown, room))
        self._shown = True

    def clear(self) -> None:
        """Remove the line."""
        if self._shown:
            write(CLEAR)


class Log:
    """A line every ten seconds, with the share that is done in place of the bar."""

    def __init__(self, size: int | None) -> None:
        self._size = size
        self._begun = self._last = monotonic()

    def excluded(self, name: str, size: int | None) -> Progress:
        """The callback for an excluded list, which is read before the list itself."""
        begun = self._begun = monotonic()
        label = _label(name)

        def show(rows: int, offset: int, rejected: int) -> None:
            self._write(begun, (rows, offset, None), size, label)

        return show

    def __call__(self, rows: int, offset: int, rejected: int) -> None:
        self._write(self._begun, (rows, offset, rejected), self._size, "")

    def _write(
        self, begun: float, read: tuple[int, int, int | None], size: int | None, label: str
    ) -> None:
        now = monotonic()
        if now - self._last < EVERY:
            return
        self._last = now
        rows, offset, rejected = read
        shown = GAP.join(figures(now - begun, rows, offset, rejected, size))
        share = f"{done(offset, size):.0%}{GAP}" if size else ""
        write(f"predial: {label}{share}{shown}\n")


#: The longest name of an excluded list that a line shows.
NAME: Final = 24


def _label(name: str) -> str:
    """The name of an excluded list before its progress.

    >>> _label("do-not-call.csv"), _label("a-very-long-name-of-a-list.csv")
    ('do-not-call.csv: ', 'a-very-long-name-of-a-l…: ')
    """
    return f"{cut(printable(name), NAME)}: "


def write(text: str) -> None:
    """Write to stderr. The work continues even if nobody reads stderr any more."""
    with suppress(OSError):
        sys.stderr.write(text)
        sys.stderr.flush()


def done(offset: int, size: int | None) -> float:
    """The share of the source that was read, from 0 to 1; 0 if its size is unknown."""
    return min(offset / size, 1.0) if size else 0.0


def fitted(share: float | None, shown: Sequence[str], room: int) -> str:
    """The bar and the figures in one line of `room` characters.

    Figures for which there is no room are left out: bytes, speed, rows and rejects, in this order.
    If there is no room for the bar, the share is a figure. The share is None if it is unknown.

    >>> shown = figures(2.0, 600_000, 100_000_000, 7, 150_000_000)
    >>> fitted(0.666, shown, 80)
    '[############........]  600 000 rows  100.0 MB  50.0 MB/s  7 rejected  1 s left'
    >>> fitted(0.666, shown, 67)
    '[#####...]  600 000 rows  100.0 MB  50.0 MB/s  7 rejected  1 s left'
    >>> fitted(0.666, shown, 39)
    '67%  600 000 rows  7 rejected  1 s left'
    """
    kept = list(shown)
    for dispensable in (1, 1, 0, 0):
        if len(kept) == 1 or len(GAP.join(kept)) <= room:
            break
        del kept[dispensable]
    text = GAP.join(kept)[:room]
    if share is None:
        return text
    left = room - len(text) - len(GAP)
    width = min((left - len("[]")) // STEP * STEP, WIDEST)
    head = drawn(share, width) if width > 0 else f"{share:.0%}"
    return f"{head}{GAP}{text}" if len(head) <= left else text


def drawn(share: float, width: int) -> str:
    """The bar.

    >>> drawn(0.6, 10)
    '[######....]'
    """
    full = int(width * share)
    return f"[{'#' * full}{'.' * (width - full)}]"


def figures(
    elapsed: float, rows: int, offset: int, rejected: int | None, size: int | None
) -> list[str]:
    """How far a batch is after `elapsed` seconds: rows, bytes, speed, rejects, time left. An
    excluded list has no rejects.

    >>> figures(2.0, 600_000, 100_000_000, 7, 150_000_000)
    ['600 000 rows', '100.0 MB', '50.0 MB/s', '7 rejected', '1 s left']
    >>> figures(2.0, 1, 100, 0, None)
    ['1 row', '0.0 MB', '0.0 MB/s', '0 rejected']
    """
    shown = [counted(rows, "row"), f"{offset / 1e6:.1f} MB"]
    shown.append(f"{offset / elapsed / 1e6:.1f} MB/s")
    if rejected is not None:
        shown.append(f"{grouped(rejected)} rejected")
    if share := done(offset, size):
        shown.append(f"{duration(elapsed * (1 - share) / share)} left")
    return shown


def duration(seconds: float) -> str:
    """A time as people say it.

    >>> duration(119), duration(7140), duration(90_000)
    ('119 s', '119 min', '25 h')
    """
    for unit, size in (("s", 1), ("min", 60)):
        if seconds < 120 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 3600:.0f} h"
