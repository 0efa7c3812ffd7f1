"""The progress of a batch: a bar on stderr while somebody looks, or a line now and then."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Final, Literal, TypeAlias

from predial.cli.printing import is_terminal, room_of

#: The core calls back as often as this or less: rows, the byte they reach to, rows rejected.
Progress = Callable[[int, int, int], object]

How: TypeAlias = Literal["auto", "bar", "log", "none"]

#: Shorter work shows no bar, in seconds.
PATIENCE: Final = 0.3
#: From one line of a log to the next, in seconds.
EVERY: Final = 10.0
#: The bar takes what room the figures leave it up to this, in steps, so that it does not change
#: with every figure.
WIDEST: Final = 24
STEP: Final = 4
#: Columns left free: a terminal shows ^C behind the bar, and may go on to the next line where the
#: last column is taken, from which nothing comes back to clear the line.
SPARE: Final = 3
CLEAR: Final = "\r\x1b[K"
GAP: Final = "  "


@contextmanager
def progress(how: How, size: int | None) -> Iterator[Progress | None]:
    """A callback that tells how far a batch of `size` bytes is; None where nobody is told."""
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
        self._begun = monotonic()
        self._shown = False

    def __call__(self, rows: int, offset: int, rejected: int) -> None:
        elapsed = monotonic() - self._begun
        if elapsed < PATIENCE:
            return
        told = figures(elapsed, rows, offset, rejected, self._size)
        share = done(offset, self._size) if self._size else None
        tell(CLEAR + fitted(share, told, room_of(sys.stderr) - SPARE))
        self._shown = True

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            tell(CLEAR)


class Log:
    """A line now and then, with the share that is done in place of the bar."""

    def __init__(self, size: int | None) -> None:
        self._size = size
        self._begun = self._last = monotonic()

    def __call__(self, rows: int, offset: int, rejected: int) -> None:
        now = monotonic()
        if now - self._last < EVERY:
            return
        self._last = now
        told = GAP.join(figures(now - self._begun, rows, offset, rejected, self._size))
        share = f"{done(offset, self._size):.0%}{GAP}" if self._size else ""
        tell(f"predial: {share}{told}\n")


def tell(text: str) -> None:
    """Write to stderr; that nobody reads it any more is no reason to end the work."""
    with suppress(OSError):
        sys.stderr.write(text)
        sys.stderr.flush()


def done(offset: int, size: int | None) -> float:
    """The share of the source that was read, from 0 to 1; 0 where there is no telling."""
    return min(offset / size, 1.0) if size else 0.0


def fitted(share: float | None, told: Sequence[str], room: int) -> str:
    """The bar and what is told in one line of `room` characters.

    What no room is left for is left out: bytes, speed, rows and rejects, in this order. Where the
    bar has none, the share is a figure; it is None where there is no telling.

    >>> told = figures(2.0, 600_000, 100_000_000, 7, 150_000_000)
    >>> fitted(0.666, told, 80)
    '[#############.......]  600000 rows  100.0 MB  50.0 MB/s  7 rejected  1 s left'
    >>> fitted(0.666, told, 66)
    '[#####...]  600000 rows  100.0 MB  50.0 MB/s  7 rejected  1 s left'
    >>> fitted(0.666, told, 38)
    '67%  600000 rows  7 rejected  1 s left'
    """
    kept = list(told)
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


def figures(elapsed: float, rows: int, offset: int, rejected: int, size: int | None) -> list[str]:
    """How far a batch is after so many seconds: rows, bytes, speed, rejects, time left.

    >>> figures(2.0, 600_000, 100_000_000, 7, 150_000_000)
    ['600000 rows', '100.0 MB', '50.0 MB/s', '7 rejected', '1 s left']
    >>> figures(2.0, 600_000, 100_000_000, 7, None)
    ['600000 rows', '100.0 MB', '50.0 MB/s', '7 rejected']
    """
    told = [f"{rows} rows", f"{offset / 1e6:.1f} MB"]
    told += [f"{offset / elapsed / 1e6:.1f} MB/s", f"{rejected} rejected"]
    if share := done(offset, size):
        told.append(f"{duration(elapsed * (1 - share) / share)} left")
    return told


def duration(seconds: float) -> str:
    """As people say it.

    >>> duration(119), duration(7140), duration(90_000)
    ('119 s', '119 min', '25 h')
    """
    for unit, size in (("s", 1), ("min", 60)):
        if seconds < 120 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 3600:.0f} h"
