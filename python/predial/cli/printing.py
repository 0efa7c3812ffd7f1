"""How text reaches the terminal: without control characters, and with colour only there."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import IO

import click

COLOURS = {"error": "red", "repair": "yellow", "warning": "cyan"}


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


def say(text: str = "") -> None:
    """Write a line of the answer; its colours remain on a terminal that has not refused them."""
    colour = is_terminal(sys.stdout) and not os.environ.get("NO_COLOR")
    click.echo(text, color=colour)


def say_json(value: object, *, indent: int | None = None) -> None:
    """Write a value as JSON in UTF-8, whatever the encoding of the terminal."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    # Half of a surrogate pair (of a file's name) becomes \udc80, which JSON reads back.
    click.echo(text.encode("utf-8", "backslashreplace"))


def of_severity(severity: str, text: str) -> str:
    """The text in the colour of a severity."""
    return click.style(text, fg=COLOURS.get(severity))


def columns(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows as lines, their cells in columns as wide as the widest; colours take no room.

    >>> columns([("a", "bb"), ("ccc", "d")])
    ['a    bb', 'ccc  d']
    """
    rows = list(rows)
    widths = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def say_table(rows: Iterable[Sequence[str]], *, indent: str = "") -> None:
    """Write rows in columns."""
    for line in columns(rows):
        say(indent + line)


def _width(cell: str) -> int:
    return len(click.unstyle(cell))
