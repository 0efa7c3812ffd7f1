"""Phones that are not to be called, and the second round of a list."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner

import predial
from predial.cli import commands


def phones_of(out: Path) -> list[str]:
    """The phones in the bodies of a directory."""
    bodies = sorted((out / "bodies").glob("*.json"))
    return [job["phone"] for body in bodies for job in json.loads(body.read_bytes())]


JOBS = [{"phone": f"7911000000{number}"} for number in range(6)]


def test_excluded_phones_are_rejected(tmp_path: Path) -> None:
    called = tmp_path / "called.csv"
    called.write_text("name;phone\nAnna;+7 911 000-00-01\nBob;8 (911) 000-00-03\nEve;none\nIda;?\n")
    report = predial.check(JOBS, region="RU", exclude=called)
    assert (report.clean, report.rejected) == (4, 2)
    assert report.counts == {"phone-excluded": 2}
    assert [found.row for found in report.diagnostics] == [1, 3]
    first = report.diagnostics[0]
    assert (first.field, first.severity, first.value) == ("phone", "error", "79110000001")
    assert first.message.startswith("the phone is in the excluded list called.csv; ")
    assert str(tmp_path) not in repr(report)
    assert report.notes == ["2 entries of the excluded list called.csv are not phones"]
    assert predial.check(JOBS, exclude=None).clean == 6
    assert predial.check(JOBS, exclude=[]).clean == 6


@pytest.mark.parametrize(
    "exclude",
    [
        [{"phone": 79110000001}],
        [[{"phone": "+7 911 000-00-01"}]],
        b'{"phone": "79110000001", "gmtZone": "MSK", "allowedDays": 7}\n',
        (b"phone\n79110000001\n", b"phone\n79110000001\n"),
        pa.table({"phone": [79110000001]}),
        b'{"row": 0, "job": {"phone": "79110000001"}, "diagnostics": []}\n',
    ],
)
def test_every_source_is_a_list_of_excluded_phones(exclude: Any) -> None:
    sources: list[Any] = [
        JOBS,
        json.dumps(JOBS).encode(),
        b"phone,name\n" + b"".join(f"{job['phone']},\n".encode() for job in JOBS),
        pa.table({"phone": [int(job["phone"]) for job in JOBS]}),
    ]
    for source in sources:
        for threads in (1, 2):
            for duplicates in ("phone", "job", "allow"):
                report = predial.check(
                    source,
                    exclude=exclude,
                    threads=threads,
                    duplicates=duplicates,
                )
                assert (report.clean, report.counts) == (5, {"phone-excluded": 1})
                assert report.diagnostics[0].row == 1
    table = pa.table(predial.check_table(sources[-1], exclude=exclude))
    assert table.column("predial").to_pylist()[1]["rule"] == "phone-excluded"


def test_all_rows_of_an_excluded_phone_are_rejected_for_that() -> None:
    jobs = [JOBS[0], JOBS[1], JOBS[0], JOBS[1]]
    report = predial.check(jobs, exclude=[JOBS[1]])
    assert report.counts == {"phone-duplicate": 1, "phone-excluded": 2}
    rules = {found.row: found.rule for found in report.diagnostics}
    assert rules == {1: "phone-excluded", 2: "phone-duplicate", 3: "phone-excluded"}


def test_the_directory_of_an_earlier_run(tmp_path: Path) -> None:
    predial.prepare(JOBS[:4], tmp_path / "first", max_jobs=2)
    report = predial.prepare(JOBS, tmp_path / "second", exclude=tmp_path / "first")
    assert phones_of(tmp_path / "second") == ["79110000004", "79110000005"]
    name = predial.open_prepared(tmp_path / "first").run
    assert report.diagnostics[0].message == (
        f'the phone was already sent in the run "{name}" in first, or was left out there; '
        "leave the job out"
    )
    manifest = (tmp_path / "second" / "manifest.json").read_text()
    assert str(tmp_path) not in manifest
    [listed] = json.loads(manifest)["options"]["exclude"]["lists"]
    first = predial.open_prepared(tmp_path / "first")
    sha256 = hashlib.sha256(first.manifest_bytes).hexdigest()
    run = {"run": first.run, "manifest_sha256": sha256}
    assert listed == {"name": "first", "phones": 4, **run}
    with pytest.raises(ValueError, match=r"exclude: .* no manifest"):
        predial.check(JOBS, exclude=tmp_path)


def test_a_list_that_cannot_be_read_is_an_error_before_the_first_row(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"exclude: the list number 1 can't be read"):
        predial.prepare(JOBS, tmp_path / "out", exclude=b'[{"phone": 1}')
    assert not (tmp_path / "out").exists()
    with pytest.raises(FileNotFoundError):
        predial.check(JOBS, exclude=tmp_path / "none.csv")
    with pytest.raises(TypeError):
        predial.check(JOBS, exclude=7)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("listed", "why"),
    [
        (b"phone\nnone\nnobody\n", "none of its 2 entries is a phone"),
        (b'[{"phone": "none"}]', "its entry is not a phone"),
        ({"none", "nobody", "nix"}, "none of its 3 entries is a phone"),
    ],
)
def test_a_list_without_a_phone_is_an_error_before_the_first_row(
    listed: Any, why: str, tmp_path: Path
) -> None:
    for lists in (listed, [JOBS[:1], listed]):
        with pytest.raises(ValueError, match=rf"^exclude names number [12]: {why}, so it excl"):
            predial.prepare(JOBS, tmp_path / "out", exclude=lists)
    with pytest.raises(ValueError, match=rf"^the list number 1: {why}"):
        predial.build_exclude([listed], tmp_path / "dnc.predial")
    assert not list(tmp_path.iterdir())
    with pytest.raises(ValueError, match=r"give a list of phones$"):
        predial.check(JOBS, exclude=listed, region="RU")
    # One without entries excludes nobody, as it says.
    empty: Any = [[], b"phone\n"]
    report = predial.check(JOBS, exclude=empty)
    assert report.clean == len(JOBS)
    assert report.notes == [
        f"the excluded list number {number} is empty, so it excludes nobody" for number in (1, 2)
    ]


@pytest.mark.parametrize("end", ["", " ", "\n"])
def test_an_array_of_texts_and_numbers_is_a_list_of_phones(end: str, tmp_path: Path) -> None:
    listed = tmp_path / "dnc.json"
    texts = ['"+79110000000"', "79110000001", '"8 911 000-00-02"', "null", '"+7 911 000 00 03"']
    listed.write_text(f"[{end}" + f",{end}".join(texts) + f"{end}]{end}")
    for threads in (1, 2):
        report = predial.check(JOBS, exclude=listed, region="RU", threads=threads)
        assert [found.row for found in report.diagnostics] == [0, 1, 2, 3]
        assert report.notes == ["1 entry of the excluded list dnc.json is not a phone"]


def test_a_resumed_run_needs_the_same_lists(tmp_path: Path) -> None:
    class Ends(Exception):
        pass

    def rows() -> Any:
        yield from ({"phone": str(79110000000 + row)} for row in range(3_000))
        raise Ends

    exclude = [{"phone": "79110000001"}]
    options: dict[str, Any] = {"max_jobs": 100, "run": "r"}
    with pytest.raises(Ends):
        predial.prepare(rows(), tmp_path, exclude=exclude, **options)
    with pytest.raises(ValueError, match="exclude"):
        predial.prepare(rows(), tmp_path, resume=True, exclude=JOBS, **options)
    with pytest.raises(Ends):
        predial.prepare(rows(), tmp_path, resume=True, exclude=exclude, **options)


def journal_of(out: Path, outcomes: list[str]) -> Path:
    """A sending journal as `predial.send` leaves it, with an outcome for each body."""
    at = {"wall": 1.0, "boot": None, "since_boot": 0.0, "service": None}
    digest = hashlib.sha256((out / "manifest.json").read_bytes()).hexdigest()
    lines: list[dict[str, Any]] = [
        {
            "type": "head", "format": 1, "manifest_sha256": digest, "host": "x", "campaign": "1",
            "machine": "m", "at": at,
        }
    ]  # fmt: skip
    for body, outcome in zip(predial.open_prepared(out).bodies, outcomes, strict=True):
        key = body.idempotence_key
        lines.append({"type": "try", "key": key, "body": "1", "sha256": body.sha256, "at": at})
        if outcome == "created":
            ids = [f"{key}-{row}" for row in body.rows]
            lines.append({"type": "result", "key": key, "outcome": outcome, "ids": ids, "at": at})
    journal = out / "sending.ndjson"
    journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return journal


def test_a_sending_journal_excludes_the_jobs_that_were_created(tmp_path: Path) -> None:
    out = tmp_path / "out"
    predial.prepare(JOBS, out, max_jobs=2)
    journal = journal_of(out, ["created", "unknown", "created"])
    several: Any = [journal, [JOBS[0]]]
    for exclude in (journal, str(journal), several):
        report = predial.check(JOBS, exclude=exclude)
        assert [found.row for found in report.diagnostics] == [0, 1, 4, 5]
        assert "excluded list sending.ndjson" in report.diagnostics[0].message
    text = journal.read_text()
    journal.write_text("nope\n")
    with pytest.raises(ValueError, match=r"exclude: .*sending.ndjson can't be read"):
        predial.check(JOBS, exclude=journal)
    journal.write_text(text)
    predial.prepare(JOBS[:3], tmp_path / "other")
    other = tmp_path / "other" / "sending.ndjson"
    other.write_text(text)
    with pytest.raises(ValueError, match="not the journal of the bodies beside it"):
        predial.check(JOBS, exclude=other)


def test_excluded_lists_on_the_command_line(tmp_path: Path) -> None:
    files = {"list": JOBS, "a": JOBS[:1], "b": JOBS[1:2]}
    for name, jobs in files.items():
        (tmp_path / name).write_text(json.dumps(jobs))
    predial.prepare(JOBS[2:3], tmp_path / "out")
    paths = {name: str(tmp_path / name) for name in (*files, "out")}
    run = CliRunner().invoke
    excluded = ["--exclude", paths["a"], "--exclude", paths["b"], "--after", paths["out"]]
    shown = run(commands, ["check", paths["list"], *excluded])
    assert shown.exit_code == 1
    assert "excluded list" in shown.stdout
    again = run(commands, ["prepare", paths["list"], str(tmp_path / "again"), *excluded])
    assert again.exit_code == 1
    assert phones_of(tmp_path / "again") == [job["phone"] for job in JOBS[3:]]
    assert run(commands, ["check", paths["list"], "--after", str(tmp_path)]).exit_code == 2


def messy(draw: random.Random, number: int) -> str:
    """A phone as people write it, or wrong in a way that people mend."""
    digits = f"912345{number:04}"
    return draw.choice(
        [
            f"7{digits}",
            f"+7 {digits[:3]} {digits[3:6]}-{digits[6:8]}-{digits[8:]}",
            f"8 ({digits[:3]}) {digits[3:]}",
            f"тел. 8{digits}",
            f"8{digits} Анна",
            f"8{digits[:-1]}",
            f"7,{digits}E+10",
            "нет",
        ]
    )


def test_a_list_that_is_mended_three_times_calls_each_phone_once(tmp_path: Path) -> None:
    draw = random.Random(41)
    numbers = [draw.randrange(1_500) for _ in range(2_000)]
    listed = tmp_path / "list.csv"
    with listed.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "phone", "name"])
        rows.writerows([row, messy(draw, numbers[row]), "Anna"] for row in range(2_000))
    sent: list[str] = []
    dirs: list[Path] = []
    for round_number in range(4):
        out = tmp_path / f"out{round_number}"
        report = predial.prepare(listed, out, region="RU", level="valid", exclude=dirs, run="r")
        sent += phones_of(out)
        dirs.append(out)
        listed = out / "rejects.csv"
        with listed.open(newline="", encoding="utf-8-sig") as file:
            head, *rejects = csv.reader(file)
        doubled = [row for row in rejects if row[0] in ("phone-duplicate", "phone-excluded")]
        others = [row for row in rejects if row[0] not in ("phone-duplicate", "phone-excluded")]
        # Somebody mends a half of the rows each time, and all of them in the end.
        place, name = head.index("phone"), head.index("id")
        for row in others:
            if round_number == 2 or draw.random() < 0.5:
                row[place] = f"+7912345{numbers[int(row[name])]:04}"
        with listed.open("w", newline="") as file:
            csv.writer(file).writerows([head, *doubled, *others])
        if not others:
            break
    assert round_number == 3
    # Nothing is left but rows whose phone was sent before.
    assert set(report.counts) <= {"phone-duplicate", "phone-excluded", "phone-format"}
    assert len(sent) == len(set(sent))
    assert set(sent) == {f"7912345{number:04}" for number in numbers}


def test_each_number_of_a_field_is_excluded() -> None:
    jobs = [{"phone": f"7912345678{last}"} for last in range(4)]
    listed = [{"phone": "+79123456780 | +79123456781"}, {"phone": "+79123456782 | +999 1234567"}]
    report = predial.check(jobs, exclude=listed)
    assert (report.counts, report.clean) == ({"phone-excluded": 3}, 1)
    assert report.notes == ["1 entry of the excluded list number 1 is not a phone"]


def test_bodies_are_read_as_they_were_sent(tmp_path: Path) -> None:
    """With a region their digits have two readings, and some are written as dialled at home."""
    jobs = [{"phone": "+491713920001"}, {"phone": "+88612345678"}, {"phone": "+79123456789"}]
    options: dict[str, Any] = {"region": "DE", "prefer": "national"}
    assert predial.prepare(jobs, tmp_path / "out", **options).rejected == 0
    again = predial.prepare(jobs, tmp_path / "again", exclude=tmp_path / "out", **options)
    assert again.counts["phone-excluded"] == again.total == 3
    assert not [note for note in again.notes if "are not phones" in note]


MESSY = [
    "79110000001", "+7 911 000-00-02", "8 (911) 000-00-03", None, "", "none", "79110000004.0",
    "+79110000005 | +79110000006", "84912345678", "7.911E+10", "1234", "491713920001", "x" * 300,
]  # fmt: skip


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view(), pa.int64()])
@pytest.mark.parametrize("region", [None, "RU", "DE"])
def test_a_column_excludes_what_its_rows_do(kind: pa.DataType, region: str | None) -> None:
    texts = [text for text in MESSY if kind != pa.int64() or (text and text.isdigit())]
    values = [None if text is None or kind != pa.int64() else int(text) for text in texts]
    values = texts if kind != pa.int64() else values  # type: ignore[assignment]
    many = pa.array(values * 700, kind)
    table = pa.table({"name": pa.array(["Ann"] * len(many)), "phone": many})
    jobs = [{"phone": "+" + digits} for digits in ("79110000001", "79110000002", "79110000003",
            "79110000004", "79110000005", "79110000006", "84912345678", "491713920001",
            "79110000007")]  # fmt: skip
    options: dict[str, Any] = {"region": region, "prefer": "international"}
    rows = [{"phone": value} for value in values * 700]
    expected = predial.check(jobs, exclude=[rows], **options)
    for exclude in (table, table.slice(3), pa.table({"phone": many.dictionary_encode()})):
        report = predial.check(jobs, exclude=exclude, **options)
        assert report.counts == expected.counts
        assert [found.row for found in report.diagnostics] == [
            found.row for found in expected.diagnostics
        ]
        if len(exclude) == len(rows):
            assert report.notes == expected.notes


@pytest.mark.parametrize("kind", ["int64", "string", "string_view", "dictionary", "int keys"])
def test_threads_make_the_same_table_of_a_column(kind: str, tmp_path: Path) -> None:
    """Two threads take the rows in several rounds."""
    draw = random.Random(7)
    values = [79_110_000_000 + draw.randrange(20_000) for _ in range(300_000)]
    column = pa.array([value if value % 50 else None for value in values])
    if kind not in ("int64", "int keys"):
        texts = [f"+7 {value % 10**10}" if value % 1000 == 7 else str(value) for value in values]
        column = pa.array(texts, pa.string_view() if kind == "string_view" else pa.string())
    if kind in ("dictionary", "int keys"):
        column = column.dictionary_encode()
    # Expected from cells one by one.
    rows = [{"phone": value} for value in column.to_pylist()]
    expected = predial.build_exclude([rows], tmp_path / "rows")
    cut = pa.chunked_array([column[:1], column[1:1], column[1:70_000], column[70_000:]])
    for threads, of in [(1, column), (2, column), (3, cut), (2, cut.slice(0))]:
        found = predial.build_exclude(
            pa.table({"phone": of}), tmp_path / "built", threads=threads, overwrite=True
        )
        assert found == expected
        assert (tmp_path / "built").read_bytes() == (tmp_path / "rows").read_bytes()


@pytest.mark.parametrize("threads", [1, 3])
def test_few_batches_of_excluded_phones_are_in_memory_at_once(threads: int, tmp_path: Path) -> None:
    """A batch is in memory with all its columns, not only that of the phones."""
    schema = pa.schema({"phone": pa.int64(), "note": pa.string()})
    before, held = pa.total_allocated_bytes(), []

    def batches() -> Any:
        for start in range(60):
            phones = pa.array(range(79_110_000_000 + 8192 * start, 79_110_008_192 + 8192 * start))
            yield pa.record_batch({"phone": phones, "note": pa.array(["x" * 100] * 8192)}, schema)
            held.append(pa.total_allocated_bytes() - before)

    reader = pa.RecordBatchReader.from_batches(schema, batches())
    found = predial.build_exclude(reader, tmp_path / "built", threads=threads)
    assert found.phones == 60 * 8192
    # Those that are read, those that come next, and the first ones, by which columns are chosen.
    assert max(held) < (2 * threads + 3) * held[0]


def test_the_error_of_a_batch_ends_a_column_of_excluded_phones() -> None:
    schema = pa.schema({"phone": pa.int64()})

    def batches() -> Any:
        for start in range(30):
            yield pa.record_batch({"phone": pa.array(range(start, start + 8192))}, schema)
        raise ValueError("no more")

    for threads in (1, 2):
        reader = pa.RecordBatchReader.from_batches(schema, batches())
        with pytest.raises((ValueError, OSError), match="no more"):
            predial.check(JOBS, exclude=reader, threads=threads)


LINES = [
    "79110000001", "+79110000002", "+7 911 000-00-03", "8 911 000-00-04", "", "  ", "none",
    '"79110000005"', '"79110000006\n79110000007"', "84912345678", "phone", "7911000000",
    "79110000008 ", "007 911 000 00 09", "79110000010.0", "79110000011;79110000012", "1234",
]  # fmt: skip


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("region", [None, "RU"])
def test_plain_lines_exclude_what_cells_do(end: str, region: str | None, tmp_path: Path) -> None:
    """A second column keeps the reader of plain lines away, and changes nothing else."""
    draw = random.Random(7)
    jobs = [{"phone": f"+791100000{number:02}"} for number in range(14)]
    for size in (0, 1, 2, 63, 64, 65, 300):
        lines = [draw.choice(LINES).replace("\n", end) for _ in range(size)]
        lines += ["79110000013"] * draw.randrange(70)
        rows = [line + "," * bool(line.strip()) for line in lines]
        rows = [row.replace(";", "; ") for row in rows]
        plain, table = tmp_path / "l.csv", tmp_path / "t" / "l.csv"
        table.parent.mkdir(exist_ok=True)
        text = end.join(["phone", *(line.replace(";", "; ") for line in lines)])
        plain.write_bytes((text + end * draw.randrange(2)).encode())
        table.write_bytes(end.join(["phone,x", *rows]).encode())
        options: dict[str, Any] = {"region": region, "threads": draw.choice([1, 2])}
        found = [predial.check(jobs, exclude=path, **options) for path in (plain, table)]
        assert found[0].counts == found[1].counts
        assert [d.row for d in found[0].diagnostics] == [d.row for d in found[1].diagnostics]
        if "phone" not in lines:
            assert found[0].notes == found[1].notes


@pytest.mark.parametrize(
    "text",
    [
        "+7 495 123-45-67 доб. 12",
        "7.9123456789E10",
        "+7+79110000006",
        "8 912 345-67-92 (Глеб)",
        "4915123456789",
        "9607712345",
    ],
)
@pytest.mark.parametrize("region", ["RU", "DE", None])
@pytest.mark.parametrize("repair", [True, "suggested"])
@pytest.mark.parametrize("prefer", [None, "national", "international"])
def test_a_list_excludes_itself_however_it_is_read(
    text: str, region: str | None, repair: Any, prefer: Any
) -> None:
    """A number that is only suggested, or that has two readings, is one not to be called."""
    jobs = [{"phone": text}]
    options: dict[str, Any] = {"region": region, "repair": repair}
    # A list without any phone would be refused.
    rows = predial.judge(jobs, exclude=[[*jobs, *JOBS]], prefer=prefer, **options)
    assert [row.standing for row in rows] == ["rejected"]
    # The list in digits, as predial writes them, whatever the reading of the list.
    sent: Any = [row.phone for row in predial.judge(jobs, prefer=prefer, **options) if row.job]
    called = predial.check([{"phone": f"+{phone}"} for phone in sent], exclude=[sent], **options)
    assert called.rejected == called.total


def test_phones_as_texts_and_numbers() -> None:
    jobs = [{"phone": "79110000000"}]
    phones = ["+7 911 000-00-00"]
    given: list[Any] = [{"79110000000"}, [phones], iter(phones), {79110000000}, [jobs]]
    # A file and a stream of batches are iterators, too.
    table = pa.table({"phone": ["79110000000"]})
    given += [io.BytesIO(b"phone\n79110000000\n"), table.to_reader()]
    for exclude in given:
        assert predial.check(jobs, exclude=exclude).counts == {"phone-excluded": 1}


def test_bodies_that_were_replaced_exclude_nobody_in_silence(tmp_path: Path) -> None:
    predial.prepare([{"phone": "79110000000"}], tmp_path / "out")
    body = tmp_path / "out" / "bodies" / "000001.json"
    body.write_text("[]")
    with pytest.raises(ValueError, match="exclude: the list out can't be read: "):
        predial.check(b"phone\n79110000000\n", exclude=tmp_path / "out")
    with pytest.raises(OSError, match=r"sending\.ndjson"):
        predial.check(b"phone\n79110000000\n", exclude=tmp_path / "out" / "sending.ndjson")


def test_every_sheet_of_phones_excludes(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for year, phone in (("2025", "79110000008"), ("2026", "79110000009")):
        sheet = book.create_sheet(year)
        sheet.append(["Name", "Phone"])
        sheet.append(["a", phone])
    book.create_sheet("notes").append(["nothing"])
    book.save(tmp_path / "years.xlsx")
    jobs = [{"phone": f"7911000000{n}"} for n in (7, 8, 9)]
    for exclude in (tmp_path / "years.xlsx", (tmp_path / "years.xlsx").read_bytes()):
        assert predial.check(jobs, exclude=exclude).counts == {"phone-excluded": 2}


FIRST, SECOND, THIRD = "+79110000001", "+79110000002", "+79110000003"


@pytest.mark.parametrize(
    "listed",
    [
        f"Name,Mobile,Home phone\nA,{FIRST},{SECOND}\nB,нет,{THIRD}\n",
        f"Name,Phone,Phone\nA,{FIRST},{SECOND}\nB,,{THIRD}\n",
        f"{FIRST},{SECOND}\n{THIRD},\n",
        f"A,{FIRST},{SECOND}\nB,{THIRD},\n",
        f"Phone\n{FIRST} / {SECOND}\n{THIRD}\n",
        f"Phone\n{FIRST} доб. 12; {SECOND}\n{THIRD}\n",
        'Phone\n"8 911 000-00-01, 02"\n8 911 000-00-03\n',
        "Phone\n8 911 000-00-01/02\n8(911)000-00-03\n",
        "Phone\n+7 911 000-00-01-03\n",
        "Phone\n8 911 000-00-01...03\n",
    ],
)
def test_every_phone_of_a_stop_list_is_excluded(listed: str, tmp_path: Path) -> None:
    """Whoever is rung after he has said no was on the list, in whatever column or form."""
    jobs = [{"phone": phone} for phone in (FIRST, SECOND, THIRD)]
    (tmp_path / "stop.csv").write_text(listed)
    report = predial.check(jobs, exclude=tmp_path / "stop.csv", region="RU")
    assert report.counts["phone-excluded"] == 3


def test_every_column_of_a_data_frame_is_excluded() -> None:
    jobs = [{"phone": phone} for phone in (FIRST, SECOND, THIRD)]
    table = pa.table({"Mobile": [FIRST, None], "Home phone": [SECOND, THIRD], "Name": ["A", "B"]})
    report = predial.check(jobs, exclude=table)
    assert report.counts["phone-excluded"] == 3
    assert report.notes == []


@pytest.mark.parametrize("threads", [1, 2])
def test_an_excluded_row_with_another_fault_says_both(threads: int, tmp_path: Path) -> None:
    """Whoever corrects the zone should know that it is in vain."""
    jobs = [{"phone": FIRST, "gmtZone": "MSK"}, {"phone": SECOND}, {"phone": THIRD, "gmtZone": "?"}]
    stop = [{"phone": FIRST}, {"phone": SECOND}]
    for report in (
        predial.check(jobs, exclude=stop, threads=threads),
        predial.check(jobs, exclude=stop, threads=threads, max_diagnostics=0),
        predial.prepare(jobs, tmp_path / "out", exclude=stop, threads=threads),
    ):
        assert report.rejected == 3
        assert report.counts["phone-excluded"] == 2
        assert report.counts["zone-abbreviation"] == 1
        assert report.alone.get("zone-abbreviation", 0) == 0
    [line, *_] = (tmp_path / "out" / "rejects.ndjson").read_text().splitlines()
    found = [(one["rule"], one["value"]) for one in json.loads(line)["diagnostics"]]
    assert ("zone-abbreviation", "MSK") in found
    assert ("phone-excluded", FIRST) in found
    rows = predial.judge(jobs, exclude=stop)
    rules = [{one.rule for one in row.diagnostics if one.severity == "error"} for row in rows]
    assert rules == [{"zone-abbreviation", "phone-excluded"}, {"phone-excluded"}, {"zone-syntax"}]


@pytest.mark.parametrize(
    "note",
    [
        " 2026-03-12 10:00",
        " 12.03.2026",
        " - 12.03",
        " - 5 звонков",
        ", 9 этаж",
        " (09:00)",
        " - 9:00",
    ],
)
def test_dates_times_and_counts_beside_a_phone_are_no_range(note: str) -> None:
    jobs = [{"phone": str(79111111000 + number)} for number in range(200)]
    listed = [{"phone": f"+7 911 111-11-02{note}"}]
    report = predial.check(jobs, exclude=listed, max_diagnostics=200, region="RU")
    assert [found.row for found in report.diagnostics] == [102]


@pytest.mark.parametrize("header", ["phone;b", "Телефон;Доп", "Phone;Contact", "Phone;"])
def test_an_unnamed_column_of_phones_beside_a_named_one_is_excluded(header: str) -> None:
    numbers = [79111110000 + number * number for number in range(1, 41)]
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    listed = "".join(f"+{one};+{other}\n" for one, other in pairs)
    jobs = [{"phone": str(number)} for number in numbers]
    report = predial.check(jobs, exclude=f"{header}\n{listed}".encode())
    assert report.counts == {"phone-excluded": 40}


def test_a_column_of_phones_that_begins_below_the_sample_is_excluded() -> None:
    rows = [f"+7911{number:07};" for number in range(1200)] + ["+79120000000;+79130000000"]
    listed = "\n".join(["Phone;Mobile phone", *rows]).encode()
    report = predial.check([{"phone": "79130000000"}, {"phone": "79140000000"}], exclude=listed)
    assert (report.counts, report.clean) == ({"phone-excluded": 1}, 1)
