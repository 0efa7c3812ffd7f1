"""How text reaches the terminal: without control characters, and with colour only there."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import IO, Final

import click

COLOURS = {"error": "red", "repair": "yellow", "warning": "cyan"}

#: The columns of a terminal that does not tell.
ROOM: Final = 80
#: In a last cell of fewer columns than these, nothing is wrapped: it would be a word a line.
NARROW: Final = 20


def printable(text: str) -> str:
    """The text with everything escaped that is no visible character or space.

    A list may hold what steers a terminal, or looks like a space and is none.

    >>> printable("+7\\xa0911\\x1b[2J")
    '+7\\\\xa0911\\\\x1b[2J'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def is_terminal(stream: IO[str] | None) -> bool:
    """Whether somebody looks at the stream, on something that can move its cursor."""
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def room_of(stream: IO[str]) -> int:
    """How many characters a line of the terminal holds now: a window may change its size."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or ROOM
    except (OSError, ValueError):  # no terminal, or a stream without a file
        return ROOM


def say(text: str = "") -> None:
    """Write a line of the answer; its colours remain on a terminal that has not refused them."""
    colour = is_terminal(sys.stdout) and not os.environ.get("NO_COLOR")
    click.echo(text, color=colour)


def say_json(value: object, *, indent: int | None = None) -> None:
    """Write a value as JSON in UTF-8, whatever the encoding of the terminal."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    if is_terminal(sys.stdout):
        text = _visible(text)
    # Half of a surrogate pair (of a file's name) becomes \udc80, which JSON reads back.
    click.echo(text.encode("utf-8", "backslashreplace"))


def _visible(text: str) -> str:
    """JSON with everything escaped that steers a terminal or turns the direction of the text.

    >>> _visible('"a\\u202eb"'), _visible('"\\x9b2J"')
    ('"a\\\\u202eb"', '"\\\\u009b2J"')
    """
    if text.isprintable():
        return text
    # Line breaks are those between the tokens: within a string they are escaped already.
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def of_severity(severity: str, text: str) -> str:
    """The text in the colour of a severity."""
    return click.style(text, fg=COLOURS.get(severity))


def columns(rows: Iterable[Sequence[str]], room: int | None = None) -> list[str]:
    """Rows as lines, their cells in columns as wide as the widest; colours take no room.

    With `room` characters in a line, the last cell goes on below itself.

    >>> columns([("a", "bb"), ("ccc", "d")])
    ['a    bb', 'ccc  d']
    >>> columns([("a", "an offset of one digit"), ("b", "a zone")], 23)
    ['a  an offset of one', '   digit', 'b  a zone']
    """
    rows = list(rows)
    if not rows:
        return []
    *widths, _ = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    left = None if room is None else room - sum(width + 2 for width in widths)
    lines = []
    for *cells, last in rows:
        head = "".join(
            cell + " " * (width + 2 - _width(cell))
            for cell, width in zip(cells, widths, strict=True)
        )
        first, *more = _wrapped(last, left)
        lines.append((head + first).rstrip())
        lines += [" " * _width(head) + line for line in more]
    return lines


def say_table(rows: Iterable[Sequence[str]], *, indent: str = "") -> None:
    """Write rows in columns, as wide as the terminal if there is one."""
    room = room_of(sys.stdout) - len(indent) if is_terminal(sys.stdout) else None
    for line in columns(rows, room):
        say(indent + line)


def _wrapped(text: str, room: int | None) -> list[str]:
    """The text in lines of so many characters; its colours stay as they are in one line."""
    if room is None or room < NARROW or _width(text) <= room:
        return [text]
    return wrap(text, room) or [""]


def _width(cell: str) -> int:
    return len(click.unstyle(cell))
