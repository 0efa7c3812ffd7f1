"""The progress of a batch: a bar on stderr while somebody looks, or a line now and then."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final, Literal, TypeAlias

from predial.cli.printing import is_terminal

#: The core calls back as often as this or less: rows, the byte they reach to, rows rejected.
Progress = Callable[[int, int, int], object]

How: TypeAlias = Literal["auto", "bar", "log", "none"]

#: Shorter work shows no bar, in seconds.
PATIENCE: Final = 0.3
#: From one line of a log to the next, in seconds.
EVERY: Final = 10.0
WIDTH: Final = 24
CLEAR: Final = "\r\x1b[K"


@contextmanager
def progress(how: How, size: int | None) -> Iterator[Progress | None]:
    """A callback that tells how far a batch of `size` bytes is; None where nobody is told."""
    if how == "log":
        yield Log(size)
    elif how == "bar" or (how == "auto" and is_terminal(sys.stderr)):
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
        told = line(elapsed, rows, offset, rejected, self._size)
        sys.stderr.write(CLEAR + drawn(offset, self._size) + told)
        sys.stderr.flush()
        self._shown = True

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write(CLEAR)
            sys.stderr.flush()


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
        told = line(now - self._begun, rows, offset, rejected, self._size)
        share = f"{done(offset, self._size):.0%}  " if self._size else ""
        sys.stderr.write(f"predial: {share}{told}\n")
        sys.stderr.flush()


def done(offset: int, size: int | None) -> float:
    """The share of the source that was read, from 0 to 1; 0 where there is no telling."""
    return min(offset / size, 1.0) if size else 0.0


def drawn(offset: int, size: int | None) -> str:
    """The bar, where the size is known.

    >>> drawn(100, 150)
    '[################........]  '
    """
    if not size:
        return ""
    full = int(WIDTH * done(offset, size))
    return f"[{'#' * full}{'.' * (WIDTH - full)}]  "


def line(elapsed: float, rows: int, offset: int, rejected: int, size: int | None) -> str:
    """How far a batch is after so many seconds.

    >>> line(2.0, 600_000, 100_000_000, 7, 150_000_000)
    '600000 rows  100.0 MB  50.0 MB/s  7 rejected  1 s left'
    >>> line(2.0, 600_000, 100_000_000, 7, None)
    '600000 rows  100.0 MB  50.0 MB/s  7 rejected'
    """
    parts = [f"{rows} rows", f"{offset / 1e6:.1f} MB"]
    parts += [f"{offset / elapsed / 1e6:.1f} MB/s", f"{rejected} rejected"]
    share = done(offset, size)
    if share:
        parts.append(f"{elapsed * (1 - share) / share:.0f} s left")
    return "  ".join(parts)
