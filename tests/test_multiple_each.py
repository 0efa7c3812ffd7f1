"""`multiple="each"`: a row whose phone field has several numbers is a job for each of them.

The expected jobs are put together here in plain Python, from the parts that a row was made of.
"""

from __future__ import annotations

import csv
import io
import json
import pickle
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import predial
from predial.cli import commands

#: Numbers as people write them, and the digits that are sent.
VALID = {f"+7 912 345-67-{last:02}": f"791234567{last:02}" for last in range(40)} | {
    "+49 30 123456": "4930123456",
    "+44 20 7946 0123": "442079460123",
}
#: Enough digits for a number, and none.
FAULTY = ("+7912345", "+999 1234567")
#: What a job is not made of.
WORDS = ("Анна", "доб. 12", "")

BETWEEN = st.sampled_from([" | ", "\n", " / ", "; "])

Key = tuple[int, int | None]


@st.composite
def rows(draw: st.DrawFn) -> list[tuple[str, list[str]]]:
    """Phone cells, and the parts of each: the digits of a valid number, or a faulty text."""
    made = []
    for _ in range(draw(st.integers(1, 6))):
        valid = draw(st.lists(st.sampled_from(sorted(VALID)), min_size=1, max_size=3, unique=True))
        faulty = draw(st.lists(st.sampled_from(FAULTY), max_size=1)) if len(valid) > 1 else []
        parts = draw(st.permutations(valid + faulty))
        cell = draw(BETWEEN).join(parts)
        made.append((cell, [VALID.get(part, part) for part in parts]))
    return made


def expected(made: list[tuple[str, list[str]]]) -> dict[Key, str]:
    jobs: dict[Key, str] = {}
    for number, (_, parts) in enumerate(made):
        for part, text in enumerate(parts):
            jobs[number, part if len(parts) > 1 else None] = text
    return jobs


def sources(made: list[tuple[str, list[str]]]) -> dict[str, Any]:
    jobs = [{"phone": cell, "payload": {"n": str(n)}} for n, (cell, _) in enumerate(made)]
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["phone", "n"])
    writer.writerows([cell, n] for n, (cell, _) in enumerate(made))
    columns = {"phone": [cell for cell, _ in made], "n": [str(n) for n in range(len(made))]}
    return {
        "dicts": jobs,
        "ndjson": "".join(json.dumps(job) + "\n" for job in jobs).encode(),
        "json": json.dumps(jobs).encode(),
        "csv": table.getvalue().encode(),
        "arrow": pa.table(columns),
    }


@pytest.mark.parametrize("kind", ["dicts", "ndjson", "json", "csv", "arrow"])
@given(made=rows())
@settings(max_examples=25)
def test_every_part_is_in_a_body_or_among_the_rejects(
    tmp_path_factory: pytest.TempPathFactory, kind: str, made: list[tuple[str, list[str]]]
) -> None:
    out = tmp_path_factory.mktemp("out")
    options: dict[str, Any] = {"multiple": "each", "duplicates": "phone", "max_jobs": 2}
    report = predial.prepare(sources(made)[kind], out, **options)
    wanted = expected(made)
    assert report.total == len(wanted)

    sent: list[tuple[Key, str, str]] = []
    for body in report.bodies:
        keys = zip(body.rows, body.parts, strict=True)
        for key, job in zip(keys, json.loads(body.content), strict=True):
            sent.append((key, job["phone"], job["payload"]["n"]))
    rejected: list[tuple[Key, list[dict[str, Any]]]] = []
    for line in (out / "rejects.ndjson").read_text().splitlines():
        reject = json.loads(line)
        rejected.append(((reject["row"], reject["part"]), reject["diagnostics"]))
        assert {found["part"] for found in reject["diagnostics"]} == {reject["part"]}
        assert all(found["row"] == reject["row"] for found in reject["diagnostics"])

    # Each row and part is there once.
    everywhere = Counter([key for key, *_ in sent] + [key for key, _ in rejected])
    assert everywhere == Counter(wanted.keys())
    # The first job of a phone is sent, with what belongs to its row; later ones are duplicates.
    seen: set[str] = set()
    for key, text in wanted.items():
        is_sent = [(phone, n) for of, phone, n in sent if of == key]
        if text in VALID.values() and text not in seen:
            assert is_sent == [(text, str(key[0]))]
            seen.add(text)
        else:
            assert is_sent == []
    firsts = {text: key[0] for key, text in reversed(wanted.items())}
    for key, found in rejected:
        duplicates = [one for one in found if one["rule"] == "phone-duplicate"]
        assert bool(duplicates) == (wanted[key] in VALID.values())
        for one in duplicates:
            assert str(firsts[wanted[key]]) in one["message"]

    manifest = json.loads((out / "manifest.json").read_bytes())
    assert manifest["options"]["multiple"] == "each"
    pairs = [tuple(pair) for body in manifest["bodies"] for pair in body.get("parts", [])]
    assert sorted(pairs) == sorted(key for key, *_ in sent if key[1] is not None)
    assert predial.open_prepared(out).bodies == list(report.bodies)
    judged = predial.judge(sources(made)[kind], multiple="each")
    assert [(row.number, row.part) for row in judged] == list(wanted)


def test_a_report_is_the_same_with_any_threads_and_limits() -> None:
    jobs = [
        {"phone": " | ".join(f"+7912{n:05}{part:02}" for part in range(n % 4 + 1))}
        for n in range(9000)
    ]
    source = "".join(json.dumps(job) + "\n" for job in jobs * 2).encode()
    reports = [
        predial.check(source, multiple="each", threads=threads, max_diagnostics=most)
        for threads, most in ((1, 99_999), (2, 99_999), (2, 0))
    ]
    assert reports[0] == reports[1]
    total = sum(n % 4 + 1 for n in range(9000))
    assert [(report.total, report.rejected) for report in reports] == [(2 * total, total)] * 3
    assert reports[0].counts == reports[2].counts
    duplicates = [one for one in reports[0].diagnostics if one.rule == "phone-duplicate"]
    assert [one.message.split(";")[0] for one in duplicates] == [
        f"the phone belongs to row {one.row - 9000}" for one in duplicates
    ]


def test_a_rejected_part_is_mended_and_sent_alone(tmp_path: Path) -> None:
    text = 'name;phone\nAnna;"+7 912 345-67-01 | +7912345"\nBo;+7 912 345-67-02\n'
    first = predial.prepare(text.encode(), tmp_path / "a", multiple="each", run="first")
    assert (first.total, first.rejected) == (3, 1)
    rejects = (tmp_path / "a" / "rejects.csv").read_text()
    [header, row] = csv.reader(io.StringIO(rejects), delimiter=";")
    assert header[3:] == [
        "predial_row",
        "predial_line",
        "predial_run",
        "predial_columns",
        "predial_part",
        "name",
        "phone",
    ]
    assert row[3:] == ["0", "2", "first", "phone=phone", "1", "Anna", "+7912345"]
    mended = tmp_path / "mended.csv"
    mended.write_text(rejects.replace('"+7912345"', "8 912"))
    # What is rejected again keeps its place in the first list.
    again = predial.prepare(mended, tmp_path / "b", exclude=str(tmp_path / "a"))
    assert again.rejected == 1
    [header, row] = csv.reader(
        io.StringIO((tmp_path / "b" / "rejects.csv").read_text()), delimiter=";"
    )
    assert dict(zip(header, row, strict=True))["predial_part"] == "1"
    line = json.loads((tmp_path / "b" / "rejects.ndjson").read_text())
    assert (line["predial_row"], line["predial_part"]) == (0, 1)
    mended.write_text(rejects.replace('"+7912345"', "+79123456703"))
    last = predial.prepare(mended, tmp_path / "c", exclude=str(tmp_path / "a"))
    assert json.loads(last.bodies[0].content) == [
        {"phone": "79123456703", "payload": {"name": "Anna"}}
    ]
    # The lines of rejects are jobs of their own, too.
    [part] = predial.judge(tmp_path / "a" / "rejects.ndjson", multiple="each")
    assert (part.part, part.diagnostics[0].value) == (None, "+7912345")


def test_a_workbook_has_its_parts_in_the_reject_file(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["phone", "name"], ["+79123456701 / +7912345", "Anna"], ["+79123456702", "Bo"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    report = predial.prepare(tmp_path / "a.xlsx", tmp_path / "out", multiple="each", run="r")
    assert (report.total, report.rejected) == (3, 1)
    sheet = openpyxl.load_workbook(tmp_path / "out" / "rejects.xlsx").active
    assert sheet is not None
    [header, row] = sheet.iter_rows(values_only=True)
    assert header[3:] == (
        "predial_row",
        "predial_line",
        "predial_run",
        "predial_columns",
        "predial_part",
        "phone",
        "name",
    )
    assert row[3:] == ("0", "2", "r", "phone=phone", "1", "+7912345", "Anna")


def test_a_cleaned_list_has_a_row_for_each_number(tmp_path: Path) -> None:
    text = "name;phone\nAnna;+7 912 345-67-01 | +7912345\nBo;+79123456702 / +7 912 345-67-03\n"
    (tmp_path / "a.csv").write_text(text)
    predial.clean(tmp_path / "a.csv", tmp_path / "b.csv", multiple="each")
    assert (tmp_path / "b.csv").read_text().splitlines() == [
        "name;phone",
        "Anna;79123456701",
        "Bo;79123456702",
        "Bo;79123456703",
    ]
    predial.clean(tmp_path / "a.csv", tmp_path / "c.csv", multiple="each", keep=True)
    kept = list(csv.DictReader(io.StringIO((tmp_path / "c.csv").read_text()), delimiter=";"))
    assert [row["phone"] for row in kept] == [
        "79123456701",
        "+7912345",
        "79123456702",
        "79123456703",
    ]
    assert [bool(row["predial_rule"]) for row in kept] == [False, True, False, False]


def test_a_part_keeps_the_other_fields_and_their_faults() -> None:
    job = {"gmtZone": "MSK", "phone": "+79123456701 | +79123456702", "payload": {"a": 1}}
    [first, second] = predial.judge([job], multiple="each")
    assert (first.part, second.part, first.number, second.number) == (0, 1, 0, 0)
    assert [found.rule for found in first.diagnostics] == ["zone-abbreviation", "phone-multiple"]
    assert [found.severity for found in first.diagnostics] == ["error", "repair"]
    assert first.diagnostics[1].value == job["phone"]
    assert (first.diagnostics[1].part, second.diagnostics[1].part) == (0, 1)
    assert pickle.loads(pickle.dumps(second)) == second
    assert pickle.loads(pickle.dumps(second.diagnostics[1])) == second.diagnostics[1]
    job["gmtZone"] = "UTC+3"
    sent = [row.job for row in predial.judge([job], multiple="each", canonical=True)]
    assert [json.loads(text or b"")["gmtZone"] for text in sent] == ["+03:00", "+03:00"]


def test_bodies_that_are_cut_keep_their_parts() -> None:
    jobs = [{"phone": "+79123456701 | +79123456702"}, {"phone": "79123456703"}]
    [body] = predial.bodies(jobs, multiple="each")
    assert (body.rows, body.parts) == ((0, 0, 1), (0, 1, None))
    left = body.without({"79123456701"})
    assert (left.rows, left.parts) == ((0, 1), (1, None))
    assert pickle.loads(pickle.dumps(left)) == left


def test_equal_jobs_may_wait_for_the_next_body() -> None:
    jobs = [{"phone": "+79123456701 | +79123456702", "payload": {"n": n}} for n in range(3)]
    bodies = list(predial.bodies(jobs, multiple="each", duplicates="job"))
    assert [(body.rows, body.parts) for body in bodies] == [((n, n), (0, 1)) for n in range(3)]


def test_the_same_number_twice_is_one_job() -> None:
    [row] = predial.judge(
        [{"phone": "+79123456701 | 8 912 345-67-01"}], multiple="each", region="RU"
    )
    assert (row.part, row.standing, row.phone) == (None, "repaired", "79123456701")


@pytest.mark.parametrize("options", [{}, {"repair": False, "multiple": "each"}])
def test_without_repair_or_the_option_the_row_is_rejected(options: dict[str, Any]) -> None:
    [row] = predial.judge([{"phone": "+79123456701 | +79123456702"}], **options)
    assert (row.part, row.standing) == (None, "rejected")
    assert row.diagnostics[0].part is None


def test_functions_that_answer_row_by_row_refuse_it() -> None:
    with pytest.raises(ValueError, match="multiple must be 'first' or None for check_job"):
        predial.check_job({"phone": "79123456701"}, multiple="each")
    with pytest.raises(ValueError, match="multiple must be 'first' or None for check_table"):
        predial.check_table(pa.table({"phone": ["79123456701"]}), multiple="each")


def test_on_the_command_line() -> None:
    text = '{"phone": "+79123456701 | +7912345"}'
    options = ["--multiple", "each", "--output-format", "json"]
    done = CliRunner().invoke(commands, ["check", "-", *options], input=text)
    assert done.exit_code == 1
    answer = json.loads(done.stdout)
    assert answer["total"] == 2
    assert [(found["row"], found["part"]) for found in answer["diagnostics"]] == [(0, 0), (0, 1)]
