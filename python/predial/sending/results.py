"""The files of IDs and of refused rows, and the answer of `send`: all follows from the journal."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from predial.sending.pieces import CREATED, NEW, REFUSED, UNKNOWN, Pieces, RefusedRow, places

__all__ = ["CreatedJob", "Sent", "write"]


class CreatedJob(NamedTuple):
    """A job that was created."""

    row: int
    """The number of its row in the list, from 0."""
    line: int | None
    """The line in which the row begins, from 1, or the row that the sheet shows; None if the list
    has no lines."""
    phone: str
    """The digits of its phone."""
    id: str | None
    """Its ID at the service; None if it was found by `reconcile` among older jobs of its phone."""


class Sent:
    """What became of the jobs of a directory, as `send` returns it."""

    __slots__ = ("_pieces", "created", "left", "stopped", "unknown")

    created: int
    """How many jobs were created."""
    unknown: int
    """How many jobs may or may not have been created: their bodies are sent again with the same
    keys, or need `reconcile`."""
    left: int
    """How many jobs were not sent yet."""
    stopped: str | None
    """Why sending ended early; None if it did not."""

    def __init__(self, pieces: Pieces, stopped: str | None = None) -> None:
        self._pieces = pieces
        self.created = pieces.jobs(CREATED)
        self.unknown = pieces.jobs(UNKNOWN)
        self.left = pieces.jobs(NEW, REFUSED)
        self.stopped = stopped

    @property
    def refused(self) -> list[RefusedRow]:
        """The rows that the service refused, with its words."""
        return sorted(self._pieces.refused, key=lambda refused: refused.row)

    @property
    def is_done(self) -> bool:
        """Whether every job was created or refused."""
        return not self.unknown and not self.left

    def ids(self) -> Iterator[CreatedJob]:
        """The jobs that were created, in the order of the bodies."""
        for piece in self._pieces.in_state(CREATED):
            for (row, line, phone), it in zip(places(piece.body), piece.ids, strict=False):
                yield CreatedJob(row, line, phone, it)

    def __repr__(self) -> str:
        return (
            f"predial.Sent(created={self.created}, refused={len(self._pieces.refused)}, "
            f"unknown={self.unknown}, left={self.left}, stopped={self.stopped!r})"
        )


for _class in (CreatedJob, Sent):
    _class.__module__ = "predial"
del _class

_IDS: Final = ("row", "line", "phone", "id")
_REFUSED: Final = ("row", "line", "phone", "type", "message")


def write(out: Path, sent: Sent) -> None:
    """Writes the files of IDs and of refused rows, each whole or not at all."""
    ids = list(sent.ids())
    refused = [(it.row, it.line, it.phone, it.type, it.message) for it in sent.refused]
    for name, header, rows in (("ids", _IDS, ids), ("refused", _REFUSED, refused)):
        _replace(out / f"{name}.csv", _csv(header, rows))
        _replace(out / f"{name}.ndjson", _ndjson(header, rows))


def _csv(header: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _ndjson(header: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> str:
    lines = (json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False) for row in rows)
    return "".join(f"{line}\n" for line in lines)


def _replace(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(part, flags, 0o600), "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
