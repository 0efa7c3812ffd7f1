"""The journal of sending: a line before each request and a line after it.

The core writes the lines, and each is on the disk before the next step is taken. A line that was
torn by a crash is the last one, and is cut off: what it announced had not begun, and what it
reported is asked again with the same key. The first line names the manifest, the host and the
campaign. The journal never holds the token, nor anything that is made from it.

What is read was perhaps edited, so each line is compared with what the sender writes.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

from predial import _core
from predial.sending.errors import SendError

__all__ = ["NAME", "Journal", "Line", "claimed", "read"]

NAME: Final = "sending.ndjson"
#: The version of the format, in the first line.
FORMAT: Final = 1

Line: TypeAlias = dict[str, Any]


class Journal:
    """The journal of a directory that no other run uses meanwhile."""

    def __init__(self, core: _core.SendingJournal, lines: list[Line]) -> None:
        self._core = core
        #: The lines that were there.
        self.lines = lines

    def write(self, line: Line) -> None:
        """Writes a line, and returns once it is on the disk."""
        self._core.append(json.dumps(line, separators=(",", ":")).encode("ascii"))


@contextlib.contextmanager
def claimed(out: Path) -> Iterator[Journal]:
    """Takes the lock of the directory, which `prepare` takes too. It ends with the process."""
    with _readable():
        core = _core.SendingJournal(out)
    try:
        yield Journal(core, _lines(out, core.lines))
    finally:
        core.close()


def read(out: Path) -> list[Line]:
    """The lines of the journal of a directory."""
    with _readable():
        return _lines(out, _core.read_sending(out))


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except UnicodeError:
        raise  # of the path
    except ValueError as error:
        raise SendError(f"{error}, so it can't be used") from None


def _lines(out: Path, texts: Iterable[bytes]) -> list[Line]:
    lines: list[Line] = []
    for number, text in enumerate(texts, 1):
        line = json.loads(text)
        kind = line.get("type") if isinstance(line, dict) else None
        fields = _FIELDS.get(kind) if isinstance(kind, str) else None
        if fields is None or (kind == "head") != (number == 1) or not _fits(line, fields):
            raise SendError(f"{out / NAME}: line {number} is damaged, so it can't be used")
        lines.append(line)
    if lines and lines[0]["format"] != FORMAT:
        raise SendError(f"{out / NAME} is of another version of predial, so it can't be used")
    return lines


Check: TypeAlias = Callable[[Any], bool]


def _fits(line: Line, fields: dict[str, Check]) -> bool:
    more = _OF_OUTCOME.get(str(line.get("outcome")), {}) if line["type"] == "result" else {}
    more = more | (_OF_CUT.get(str(line.get("how")), {}) if line["type"] == "cut" else {})
    return all(name in line and check(line[name]) for name, check in (fields | more).items())


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value)


def _or_none(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _list_of(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(map(check, value))


def _one_of(*values: str) -> Check:
    return lambda value: isinstance(value, str) and value in values


def _is_baseline(value: object) -> bool:
    return isinstance(value, dict) and all(map(_list_of(_is_text), value.values()))


def _is_instant(value: object) -> bool:
    return isinstance(value, dict) and all(
        name in value and check(value[name]) for name, check in _INSTANT.items()
    )


_INSTANT: Final[dict[str, Check]] = {
    "wall": _is_number,
    "boot": _or_none(_is_text),
    "since_boot": _is_number,
    "service": _or_none(_is_number),
}
_RUN: Final[dict[str, Check]] = {"machine": _or_none(_is_text), "at": _is_instant}
#: For each type of line, its fields.
_FIELDS: Final[dict[str, dict[str, Check]]] = {
    "head": {
        "format": _is_number,
        "manifest_sha256": _is_text,
        "host": _is_text,
        "campaign": _is_text,
        **_RUN,
    },
    "run": _RUN,
    "baseline": {"key": _is_text, "ids": _is_baseline},
    "try": {"key": _is_text, "sha256": _is_text, "at": _is_instant},
    "result": {
        "key": _is_text,
        "outcome": _one_of("created", "refused", "unknown"),
        "at": _is_instant,
    },
    "cut": {"key": _is_text, "how": _one_of("renewed", "halves", "without", "row", "expired")},
}
_OF_OUTCOME: Final[dict[str, dict[str, Check]]] = {
    "created": {"ids": _list_of(_or_none(_is_text))},
    "refused": {
        "why": _is_text,
        "refusal": _is_text,
        "phones": _list_of(_is_text),
        "is_duplicate": _is_flag,
    },
}
_OF_CUT: Final[dict[str, dict[str, Check]]] = {
    "without": {"phones": _list_of(_is_text), "keep_first": _is_flag},
    "expired": {"phones": _list_of(_is_text), "why": _is_text},
}
