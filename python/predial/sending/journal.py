"""The journal of sending: a line before each request and a line after it, each on the disk before
the next step is taken.

The first line names the manifest, the host and the campaign. A line that was torn by a crash is the
last one, and is cut off: what it announced had not begun, and what it reported is asked again with
the same key. The journal never holds the token, nor anything that is made from it.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

from predial.sending.errors import SendError

__all__ = ["NAME", "Journal", "Line", "locked", "read"]

NAME: Final = "sending.ndjson"

Line: TypeAlias = dict[str, Any]


def read(out: Path) -> tuple[list[Line], int]:
    """The lines of the journal of a directory, and the bytes that they take."""
    path = out / NAME
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return [], 0
    whole = content[: content.rfind(b"\n") + 1]
    lines = []
    for number, text in enumerate(whole.splitlines(), 1):
        try:
            line = json.loads(text)
            _ = line["type"]
        except (ValueError, KeyError, TypeError):
            raise SendError(f"line {number} of {path} is damaged: nothing is sent") from None
        lines.append(line)
    return lines, len(whole)


class Journal:
    """The journal of a directory, to be written."""

    def __init__(self, out: Path, length: int) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        self._file = os.open(out / NAME, flags, 0o600)
        os.ftruncate(self._file, length)
        os.fsync(self._file)
        _sync_directory(out)

    def write(self, line: Line) -> None:
        """Writes a line, and returns once it is on the disk."""
        text = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        while text:
            text = text[os.write(self._file, text) :]
        os.fsync(self._file)

    def close(self) -> None:
        """Closes the file."""
        os.close(self._file)


def _sync_directory(path: Path) -> None:
    if os.name == "posix":
        directory = os.open(path, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


@contextlib.contextmanager
def locked(out: Path) -> Iterator[None]:
    """Holds the lock of the directory, which `prepare` takes too. It ends with the process."""
    if os.name != "posix":
        yield
        return
    import fcntl

    directory = os.open(out, os.O_RDONLY)
    try:
        try:
            fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BlockingIOError(
                11, "another run is at work in the directory", os.fspath(out)
            ) from None
        except OSError:
            pass  # some file systems have no locks
        yield
    finally:
        os.close(directory)
