"""Tables for tests: every dialect, with cells that would break a careless reader."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Literal

from hypothesis import assume
from hypothesis import strategies as st

PHONES = (
    "79123456789",
    "+7 (912) 345-67-80",
    "12015550123",
    "8 (912) 345-67-89",
    "7.912E+10",
    "79123456789, 12015550123",
    "=79123456789",
    '"79123456789"',
    "79123456789\n",
    "",
    " ",
    "Anna",
)
ZONES = ("", "+03:00", "UTC +3", "MSK", "Europe/Moscow", " ", "+3:00\n")
DAYS = ("", '["mon","tue"]', "[", "mon", '["mon"')
ATTEMPTS = ("", "3", "x")
HEADERS = {
    "phone": ("phone", "Phone", " PHONE ", "Телефон", "Номер телефона", "mobile"),
    "gmtZone": ("gmtZone", "gmt_zone", "Time Zone", "Часовой пояс"),
    "allowedDays": ("allowedDays", "allowed days"),
    "maxAttempts": ("maxAttempts", "Max-Attempts"),
}
CELLS = {
    "phone": st.sampled_from(PHONES) | st.integers(79_000_000_000, 79_999_999_999).map(str),
    "gmtZone": st.sampled_from(ZONES),
    "allowedDays": st.sampled_from(DAYS),
    "maxAttempts": st.sampled_from(ATTEMPTS),
}
#: Parts of a cell of payload: everything that means something to some reader.
MARKS = 'ab ,;\t|"\\\n\rяж\U0001f4de\x00{}[]:='
#: Some are longer than the bytes that a splitter may read together.
TEXTS = st.text(MARKS, max_size=9) | st.builds(
    lambda c, times, end: c * times + end,
    st.sampled_from(MARKS),
    st.integers(40, 140),
    st.text(MARKS, max_size=3),
)
#: With a letter: a cell of marks alone means nothing, so its record may be a title.
NAMES = st.text('ab ,;"яж\\', min_size=1, max_size=5).filter(
    lambda name: any(map(str.isalpha, name))
)


@dataclass(frozen=True)
class Table:
    """A table as bytes, and the values that it was written from."""

    source: bytes
    delimiter: str
    header: list[str]
    rows: list[list[str]]


def written(rows: list[list[str]], delimiter: str, end: str, quote_all: bool) -> str:
    """Rows as the standard writer writes them; cells with line breaks in quotes always."""
    out = io.StringIO()
    for row in rows:
        breaks = any("\n" in cell or "\r" in cell for cell in row)
        quoting: Literal[0, 1] = csv.QUOTE_ALL if quote_all or breaks else csv.QUOTE_MINIMAL
        csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerow(row)
    return out.getvalue()


@st.composite
def tables(draw: st.DrawFn, max_rows: int = 12, ends: tuple[str, ...] = ("\n", "\r\n")) -> Table:
    """A table with a header that names its phone, at least two columns wide. If it has rows, some
    phone has a digit: a column without a value is not taken for the phone."""
    fields = ["phone", *draw(st.lists(st.sampled_from(sorted(HEADERS)[:3]), unique=True))]
    fields = list(dict.fromkeys(fields))
    named = [draw(st.sampled_from(HEADERS[field])) for field in fields]
    others = draw(
        st.lists(
            NAMES.filter(lambda name: not name.strip().startswith("column")),
            min_size=1 if len(fields) == 1 else 0,
            max_size=3,
            unique_by=str.strip,
        )
    )
    kinds = draw(st.permutations([*zip(fields, named, strict=True), *((None, n) for n in others)]))
    width = len(kinds)
    rows = []
    for _ in range(draw(st.integers(0, max_rows))):
        row = [draw(CELLS[field] if field else TEXTS) for field, _ in kinds]
        rows.append(row[: draw(st.integers(2, width))] if draw(st.integers(0, 9)) == 0 else row)
    phone = [field for field, _ in kinds].index("phone")
    if rows and not any(char.isdigit() for row in rows for char in "".join(row[phone : phone + 1])):
        rows[0] = [*rows[0], *[""] * (width - len(rows[0]))]
        rows[0][phone] = "79123456789"
    header = [name for _, name in kinds]
    delimiter = draw(st.sampled_from(",;\t|"))
    text = written([header, *rows], delimiter, draw(st.sampled_from(ends)), draw(st.booleans()))
    if draw(st.booleans()):
        text = text.rstrip("\r\n") if not text.rstrip("\r\n").endswith(delimiter) else text
    # A backslash before a doubled quote may be the escape of a quote or a CSV quote after it.
    assume('\\""' not in text)
    mark = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    return Table(mark + text.encode(), delimiter, header, rows)
