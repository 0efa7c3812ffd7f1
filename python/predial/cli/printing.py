"""Writes text to the terminal: without control characters, and in colour only if the user wants it.

Colour only repeats what a word says. The environment variables of https://no-color.org and
https://force-color.org control it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import IO, Final
from unicodedata import east_asian_width

import click

from predial._printable import printable as printable

COLOURS = {"error": "red", "suggested": "magenta", "repair": "yellow", "warning": "cyan"}

#: The columns of a terminal that does not say how many it has.
ROOM: Final = 80
#: A last cell with fewer columns than this is not wrapped: it would hold one word a line.
NARROW: Final = 20


def is_terminal(stream: IO[str] | None) -> bool:
    """Whether the stream is a terminal that can move its cursor."""
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def room_of(stream: IO[str]) -> int:
    """How many characters a line of the terminal holds now. A window can change its size."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or ROOM
    except (OSError, ValueError):  # not a terminal, or a stream without a file
        return ROOM


def room_now() -> int:
    """How many characters a line of a report holds: no more than are comfortable to read."""
    return min(room_of(sys.stdout), ROOM) if is_terminal(sys.stdout) else ROOM


def complain(text: str, *, rest: str = "  ", is_report: bool = False) -> None:
    """Write a message to stderr, in lines that fit a terminal.

    In a log it stays one line, unless it takes the place of a report.
    """
    is_shown = is_terminal(sys.stderr)
    room = min(room_of(sys.stderr), ROOM) if is_shown else ROOM
    for line in paragraph(text, rest=rest, room=room) if is_shown or is_report else [text]:
        click.echo(line, err=True)


def printable_lines(text: str) -> str:
    """The text with everything escaped that is not a visible character, a space or a line's end.

    >>> printable_lines("choose:\\n  a\\x1bb")
    'choose:\\n  a\\\\x1bb'
    """
    return "\n".join(map(printable, text.split("\n")))


def paragraph(text: str, *, rest: str = "", room: int | None = None) -> list[str]:
    """A text in lines that fit; the second and later ones begin with `rest`. Words are not cut.

    `room` is how many characters a line holds; None means those of a report.

    >>> paragraph("  --region RU   " + "word " * 14, rest="    ")
    ['  --region RU   word word word word word word word word word word word word word', '    word']
    """
    indent = text[: len(text) - len(text.lstrip())]
    # A wide character takes two columns: to the wrapping it is two characters.
    lines = wrap(
        "".join(c + _FILL if _is_wide(c) else c for c in text.lstrip()),
        max(room_now() if room is None else room, len(rest) + NARROW),
        initial_indent=indent,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
        replace_whitespace=False,
    )
    return [line.replace(_FILL, "") for line in lines] or [""]


#: The second column of a wide character. No text has it: `printable` escapes it.
_FILL: Final = "\0"


def _is_wide(character: str) -> bool:
    return not character.isascii() and east_asian_width(character) in ("W", "F")


def width(text: str) -> int:
    """How many columns of a terminal a text takes.

    >>> width("phone"), width("電話")
    (5, 4)
    """
    return len(text) + sum(map(_is_wide, text))


def padded(text: str, columns: int) -> str:
    """The text with blanks up to so many columns.

    >>> padded("ab", 4), padded("電話", 5)
    ('ab  ', '電話 ')
    """
    return text + " " * max(columns - width(text), 0)


def cut(text: str, room: int) -> str:
    """The text, or its beginning and a mark if it takes more columns than there is room for.

    >>> cut("abcdef", 6), cut("abcdefg", 6), cut("電話番号", 6)
    ('abcdef', 'abcde…', '電話…')
    """
    if width(text) <= room:
        return text
    end = max(room - 1, 0)
    while width(text[:end]) > room - 1 and end:
        end -= 1
    return f"{text[:end]}…"


def wants_colour(stream: IO[str] | None) -> bool:
    """Whether to write colours to the stream: NO_COLOR and FORCE_COLOR decide if they are set and
    not empty, in this order, else whether it is a terminal.
    """
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or is_terminal(stream)


def say(text: str = "", *, err: bool = False) -> None:
    """Write a line of the answer, or with `err` a line beside it to stderr."""
    click.echo(text, err=err, color=wants_colour(sys.stderr if err else sys.stdout))


def say_json(value: object, *, indent: int | None = None) -> None:
    """Write a value as JSON in UTF-8, also if the terminal has another encoding."""
    say_text(json.dumps(value, ensure_ascii=False, indent=indent) + "\n")


def say_text(text: str) -> None:
    """Write a part of a JSON text in UTF-8, also if the terminal has another encoding."""
    if is_terminal(sys.stdout):
        text = _visible(text)
    # Half of a surrogate pair (of a file's name) becomes \udc80, which JSON reads back.
    _write(text.encode("utf-8", "backslashreplace"))


def _write(data: bytes) -> None:
    """Write all of it to stdout, which may take a part at a time if Python does not buffer it."""
    sys.stdout.flush()
    out = sys.stdout.buffer
    left = memoryview(data)
    while left:
        left = left[out.write(left) :]
    out.flush()


def _visible(text: str) -> str:
    """JSON with every character escaped that controls a terminal or changes the text direction.

    >>> _visible('"a\\u202eb"'), _visible('"\\x9b2J"')
    ('"a\\\\u202eb"', '"\\\\u009b2J"')
    """
    if text.isprintable():
        return text
    # Line breaks are those between the tokens: within a string they are escaped already.
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def of_severity(severity: str, text: str | None = None) -> str:
    """The text, by default the word of the severity itself, in the colour of the severity."""
    return click.style(severity if text is None else text, fg=COLOURS.get(severity))


def counted(count: int, one: str, many: str | None = None) -> str:
    """A number of things, grouped by thousands.

    >>> counted(1, "job"), counted(2, "job"), counted(1200, "request body", "request bodies")
    ('1 job', '2 jobs', '1 200 request bodies')
    """
    return f"{grouped(count)} {one if count == 1 else many or one + 's'}"


def grouped(count: int) -> str:
    """A number with its digits grouped by three.

    >>> grouped(1234567)
    '1 234 567'
    """
    return f"{count:,}".replace(",", " ")


def columns(rows: Iterable[Sequence[str]], room: int | None = None) -> list[str]:
    """Rows as lines, with their cells in columns as wide as the widest. Colours take no room.

    If a line has `room` characters, a last cell that is longer continues below itself.

    >>> columns([("a", "bb"), ("ccc", "d")])
    ['a    bb', 'ccc  d']
    >>> columns([("a", "an offset of one digit"), ("b", "a zone")], 23)
    ['a  an offset of one', '   digit', 'b  a zone']
    """
    rows = list(rows)
    if not rows:
        return []
    *widths, _ = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    left = None if room is None else room - sum(it + 2 for it in widths)
    lines = []
    for *cells, last in rows:
        head = "".join(
            cell + " " * (it + 2 - _width(cell)) for cell, it in zip(cells, widths, strict=True)
        )
        first, *more = _wrapped(last, left)
        lines.append((head + first).rstrip())
        lines += [" " * _width(head) + line for line in more]
    return lines


def say_table(rows: Iterable[Sequence[str]], *, indent: str = "") -> None:
    """Write rows in columns, as wide as the terminal if stdout is one."""
    room = room_of(sys.stdout) - len(indent) if is_terminal(sys.stdout) else None
    for line in columns(rows, room):
        say(indent + line)


def _wrapped(text: str, room: int | None) -> list[str]:
    """The text in lines of `room` characters, or in one line if that is too narrow."""
    if room is None or room < NARROW or _width(text) <= room:
        return [text]
    return wrap(text, room) or [""]


def _width(cell: str) -> int:
    return width(click.unstyle(cell))
