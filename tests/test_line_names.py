"""On the command line a message names another row by the line that an editor or the sheet shows."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import predial
from predial.cli import commands


def found_in(text: bytes, *options: str) -> list[tuple[int, str]]:
    """The line of each duplicate, and what the message says of the first row."""
    done = CliRunner().invoke(
        commands, ["check", "-", "--output-format", "json", *options], input=text
    )
    answer = json.loads(done.stdout)
    duplicates = [one for one in answer["diagnostics"] if one["rule"].endswith("-duplicate")]
    return [
        (one["line"], re.sub(r"^.*(belongs to|equals that of) |;.*$", "", one["message"]))
        for one in duplicates
    ]


def lines_of(cells: list[str]) -> list[int]:
    """The line of each record below the header, counted as an editor does."""
    lines, line = [], 2
    for cell in cells:
        lines.append(line)
        line += 1 + cell.count("\n")
    return lines


@given(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["x", "a\nb", "a\n\nb"])), max_size=30),
    st.sampled_from(["1", "2"]),
)
def test_the_line_of_the_first_row_of_a_table(rows: list[tuple[int, str]], threads: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["phone", "note"])
    writer.writerows([f"7912345678{last}", note] for last, note in rows)
    lines = lines_of([note for _, note in rows])
    first: dict[int, int] = {}
    expected = []
    for (last, _), line in zip(rows, lines, strict=True):
        if last in first:
            expected.append((line, f"line {first[last]}"))
        first.setdefault(last, line)
    assert found_in(out.getvalue().encode(), "--threads", threads) == expected


def test_a_long_list_with_gaps() -> None:
    """Blocks with one line for each row, and blocks with blank lines and long records."""
    draw = random.Random(5)
    first: dict[int, int] = {}
    text, expected, line = ["phone,note\n"], [], 2
    for row in range(60_000):
        if row % 20_000 > 15_000 and draw.random() < 0.1:
            text.append("\n")
            line += 1
        note = '"a\nb"' if row % 20_000 > 18_000 and draw.random() < 0.1 else "x" * 20
        phone = 79120000000 + draw.randrange(59_000)
        text.append(f"{phone},{note}\n")
        if phone in first:
            expected.append((line, f"line {first[phone]}"))
        first.setdefault(phone, line)
        line += 1 + note.count("\n")
    assert len(expected) > 10_000
    for threads in ("1", "2"):
        found = found_in("".join(text).encode(), "--threads", threads, "--all")
        assert found == expected


def test_other_sources(tmp_path: Path) -> None:
    jobs = [{"phone": f"7912345678{last}"} for last in (1, 2, 1)]
    ndjson = "\n\n".join(map(json.dumps, jobs)).encode()
    assert found_in(ndjson) == [(5, "line 1")]
    assert found_in(ndjson, "--duplicates", "job") == [(5, "line 1")]
    assert found_in(json.dumps(jobs, indent=1).encode()) == [(8, "line 2")]
    assert found_in(json.dumps(jobs).encode()) == [(1, "line 1")]
    each = b'{"phone": "+79123456781 | +79123456782"}\n{"phone": "79123456782"}\n'
    assert found_in(each, "--multiple", "each") == [(2, "line 1")]
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["list"], [], ["phone", "name"], ["79123456781", "a\nb"], ["79123456781", "c"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    assert found_in((tmp_path / "a.xlsx").read_bytes()) == [(5, "row 4 of the sheet")]


def test_what_prepare_writes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("phone\n79123456781\n79123456781\n")
    command = ["prepare", str(tmp_path / "a.csv"), str(tmp_path / "out")]
    assert CliRunner().invoke(commands, command).exit_code == 1
    for name in ("rejects.csv", "rejects.ndjson"):
        assert "the phone belongs to line 2;" in (tmp_path / "out" / name).read_text()


@pytest.mark.parametrize("source", [b"phone\n79123456781\n79123456781\n", [{"phone": "7"}] * 2])
def test_python_names_rows(source: object) -> None:
    report = predial.check(source, level="e164")  # type: ignore[arg-type]
    messages = [one.message for one in report.diagnostics if one.rule == "phone-duplicate"]
    assert all(message.startswith("the phone belongs to row 0;") for message in messages)
