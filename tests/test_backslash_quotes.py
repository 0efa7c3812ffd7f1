"""Tables that write `\\"` for a quote inside of a quoted cell, where others write two quotes.

The oracle is Python's `csv` with its `escapechar`.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

import predial

PHONES = ("79123456789", "+7 912 345-67-80", "4930123456")
NOTE = "quotes inside of quoted cells have a backslash before them"

#: Cells of a payload, with what the form is about. A cell without a letter may look like a phone.
TEXTS = st.lists(
    st.sampled_from(['"', "\\", '"Alfa"', ",", ";", "a\nb", "Анна", " ", "\\n", "C:\\dir"]),
    max_size=5,
).map(lambda parts: "x" + "".join(parts) + "y")


def written(rows: list[list[str]], delimiter: str) -> str:
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=delimiter,
        quoting=csv.QUOTE_ALL,
        doublequote=False,
        escapechar="\\",
        lineterminator="\r\n",
    )
    writer.writerows(rows)
    return out.getvalue()


def expected(text: str, delimiter: str) -> list[list[str]]:
    source = io.StringIO(text, newline="")
    return list(csv.reader(source, delimiter=delimiter, doublequote=False, escapechar="\\"))


@given(
    st.lists(st.tuples(st.sampled_from(PHONES), TEXTS, TEXTS), min_size=1, max_size=6),
    st.sampled_from([",", ";"]),
)
@example([("79123456789", 'OOO "Alfa"', "x"), ("79123456780", "y\\", "z")], ",")
@example([("79123456789", 'a\\"b', '"'), ("79123456780", "", "")], ";")
@example([("79123456789", "xy", 'x",y')], ",")
def test_cells_are_those_of_csv(rows: list[tuple[str, str, str]], delimiter: str) -> None:
    table = [["phone", "name", "note"], *map(list, rows)]
    text = written(table, delimiter)
    cells = expected(text, delimiter)
    assert cells == table
    report = predial.check(text.encode(), duplicates="allow", drop_empty=False)
    assert (report.total, report.rejected) == (len(rows), 0)
    has_escape = any('"' in cell for row in rows for cell in row)
    assert any(note.startswith(NOTE) for note in report.notes) == has_escape
    # Without a quote in the table, nothing says that a backslash is more than itself.
    if has_escape:
        judged = predial.judge(text.encode(), duplicates="allow")
        for row, (_, name, note) in zip(judged, cells[1:], strict=True):
            assert row.job is not None
            assert json.loads(row.job)["payload"] == {"name": name, "note": note}


def test_doubled_quotes_anywhere_are_the_rule() -> None:
    text = 'phone,name\n79123456789,"a ""b"" c\\"\n79123456780,"d"\n'
    judged = list(predial.judge(text.encode()))
    assert [row.standing for row in judged] == ["clean", "clean"]
    assert judged[0].job == b'{"phone":"79123456789","payload":{"name":"a \\"b\\" c\\\\"}}'
    assert not any(note.startswith(NOTE) for note in predial.check(text.encode()).notes)


def test_a_path_that_ends_with_a_backslash_is_not_an_escape() -> None:
    text = 'phone,path\n79123456789,"C:\\dir\\"\n79123456780,"D:\\"\n'
    judged = list(predial.judge(text.encode()))
    assert [row.job for row in judged] == [
        b'{"phone":"79123456789","payload":{"path":"C:\\\\dir\\\\"}}',
        b'{"phone":"79123456780","payload":{"path":"D:\\\\"}}',
    ]


def test_rejects_are_read_again_with_their_cells(tmp_path: Path) -> None:
    text = written([["phone", "name"], ["8 912", 'OOO "A" \\ B'], ["79123456789", "x"]], ",")
    predial.prepare(text.encode(), tmp_path)
    rejects = (tmp_path / "rejects.csv").read_text()
    mended = rejects.replace('"8 912"', '"79123456780"')
    assert mended != rejects
    [row] = predial.judge(mended.encode())
    assert row.job == b'{"phone":"79123456780","payload":{"name":"OOO \\"A\\" \\\\ B"}}'


def test_a_cleaned_list_keeps_its_form(tmp_path: Path) -> None:
    text = written([["phone", "name"], ["+7 912 345-67-80", 'OOO "A"']], ",")
    (tmp_path / "a.csv").write_text(text, newline="")
    predial.clean(tmp_path / "a.csv", tmp_path / "b.csv")
    cleaned = (tmp_path / "b.csv").read_bytes().decode()
    assert cleaned == text.replace("+7 912 345-67-80", "79123456780")
