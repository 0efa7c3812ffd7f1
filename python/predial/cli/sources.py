"""The files that a command reads, by name; the name `-` is standard input."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from typing import BinaryIO


def opened(name: str) -> str | BinaryIO:
    """The source for `predial.check` for the FILE of that name."""
    return stdin() if name == "-" else name


def stdin() -> BinaryIO:
    """Standard input; raises OSError if the process has none."""
    if sys.stdin is None:
        raise OSError(errno.EBADF, "there is no standard input")
    return sys.stdin.buffer


def shown_name(name: str) -> str:
    """The name of the file in a diagnostic."""
    return "<stdin>" if name == "-" else name


def size_of(name: str) -> int | None:
    """How many bytes a FILE has; None if that is unknown, as for a pipe."""
    try:
        status = os.fstat(stdin().fileno()) if name == "-" else os.stat(name)
    except (OSError, ValueError):
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def texts_of(arguments: tuple[str, ...]) -> Iterator[str]:
    """The TEXTs of a command line; `-` is replaced by the lines of standard input."""
    for argument in arguments:
        if argument == "-":
            for line in stdin():
                yield line.rstrip(b"\r\n").decode("utf-8", "surrogateescape")
        else:
            yield argument
