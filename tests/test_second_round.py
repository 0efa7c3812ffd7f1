"""What a reject file knows of the list that was prepared first, through any number of rounds."""

from __future__ import annotations

import csv
import json
import random
import shlex
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

import predial
from predial.cli import commands

OWN = (
    "predial_rule",
    "predial_message",
    "predial_suggestion",
    "predial_row",
    "predial_line",
    "predial_run",
    "predial_columns",
)
FAULTY = "7.911E+10"

Table = list[list[str]]


def read_csv(file: Path) -> tuple[list[str], Table]:
    with file.open(newline="", encoding="utf-8-sig") as opened:
        head, *rows = csv.reader(opened)
    return head, rows


def read_xlsx(file: Path) -> tuple[list[str], Table]:
    sheet = openpyxl.load_workbook(file).active
    head, *rows = ([cell or "" for cell in row] for row in sheet.iter_rows(values_only=True))
    return head, rows


def lines_of(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "rejects.ndjson").read_bytes().splitlines()]


def places(lines: list[dict[str, Any]]) -> list[tuple[int, int | None, str]]:
    return [(line["predial_row"], line["predial_line"], line["predial_run"]) for line in lines]


def test_a_reject_says_where_it_was(tmp_path: Path) -> None:
    data = f'phone,name\n79123456789,"a\nb"\n{FAULTY},c\nнет,d\n'
    predial.prepare(data.encode(), tmp_path, run="march")
    head, rows = read_csv(tmp_path / "rejects.csv")
    assert tuple(head) == (*OWN, "phone", "name")
    assert [row[3:] for row in rows] == [
        ["1", "4", "march", "phone=phone", FAULTY, "c"],
        ["2", "5", "march", "phone=phone", "нет", "d"],
    ]
    first, second = lines_of(tmp_path)
    assert (first["row"], first["line"]) == (1, 4)
    assert places([first, second]) == [(1, 4, "march"), (2, 5, "march")]
    assert {found["line"] for found in first["diagnostics"]} == {4}


@pytest.mark.parametrize("form", ["csv", "xlsx", "ndjson"])
def test_the_places_stay_those_of_the_first_list(tmp_path: Path, form: str) -> None:
    """Rows are mended, moved, left out and added between the rounds."""
    draw = random.Random(form)
    keys = [f"k{number}" for number in range(40)]
    # A clean one on top, so that no reject is in its own place.
    table = [["79120000000", "first"], *([FAULTY, key] for key in keys)]
    first = tmp_path / f"list.{form}"
    if form == "ndjson":
        jobs = [{"phone": phone, "payload": {"key": key}} for phone, key in table]
        first.write_text("\n" + "".join(f"{json.dumps(job)}\n" for job in jobs))
        line = {key: row + 3 for row, key in enumerate(keys)}
    else:
        write(first, ["phone", "key"], table)
        line = {key: row + 3 for row, key in enumerate(keys)}
    row = {key: number + 1 for number, key in enumerate(keys)}
    listed = first
    after: list[Path] = []
    for round_number in range(3):
        out = tmp_path / f"out{round_number}"
        report = predial.prepare(listed, out, run=f"run {round_number}", exclude=after)
        after.append(out)
        assert report.rejected == len(lines_of(out))
        for reject in lines_of(out):
            key = reject["job"]["payload"]["key"]
            expected = (row[key], line[key], "run 0")
            if key == "new":
                # It is of the round in which it was added.
                expected = (*expected[:2], "run 1")
            assert places([reject]) == [expected]
        listed = tmp_path / f"mended{round_number}.{form}"
        if form == "ndjson":
            lines = lines_of(out)
            draw.shuffle(lines)
            lines = lines[:-3]
            if round_number == 0:
                lines.append({"phone": FAULTY, "payload": {"key": "new"}})
                row["new"], line["new"] = len(lines) - 1, len(lines)
            if lines and round_number:
                lines[0]["job"]["phone"] = f"7913000000{round_number}"
            listed.write_text("".join(f"{json.dumps(reject)}\n" for reject in lines))
        else:
            head, rejects = (read_csv if form == "csv" else read_xlsx)(out / f"rejects.{form}")
            assert tuple(head) == (*OWN, "phone", "key")
            own = {cells[-1]: tuple(cells[3:6]) for cells in rejects}
            assert own == {
                key: (str(row[key]), str(line[key]), "run 1" if key == "new" else "run 0")
                for key in own
            }
            draw.shuffle(rejects)
            rejects = rejects[:-3]
            rejects[0][-2] = f"7913000000{round_number}"
            if round_number == 0:
                rejects.append([*[""] * len(OWN), FAULTY, "new"])
                row["new"], line["new"] = len(rejects) - 1, len(rejects) + 1
            write(listed, head, rejects)


def write(file: Path, head: list[str], rows: Table) -> None:
    if file.suffix == ".csv":
        with file.open("w", newline="") as opened:
            csv.writer(opened).writerows([head, *rows])
        return
    book = openpyxl.Workbook()
    for row in [head, *rows]:
        book.active.append(row)
    book.save(file)


@pytest.mark.parametrize("run", ["=1+1", "'x", "+7", 'а;b\n"c"', ""])
def test_any_name_of_a_run_comes_through(tmp_path: Path, run: str) -> None:
    predial.prepare(f"phone,name\n79123456789,a\n{FAULTY},b\n".encode(), tmp_path / "1", run=run)
    predial.prepare(tmp_path / "1" / "rejects.csv", tmp_path / "2", run="other")
    assert places(lines_of(tmp_path / "2")) == [(1, 3, run)]
    cell = read_csv(tmp_path / "2" / "rejects.csv")[1][0][5]
    assert cell.removeprefix("'") == run.removeprefix("'")
    assert not cell.startswith(("=", "+"))


def test_columns_that_somebody_has_changed(tmp_path: Path) -> None:
    """What is no place is not kept: the row then is where it is in this list."""
    own = ",".join(OWN)
    rows = ["a,b,c,x,5,r,", ",,,7,,r,", ",,,-1,5,r,", ",,,,,,?"]
    data = "\n".join([f"{own},phone", *(f"{row},{FAULTY}" for row in rows), ""])
    predial.prepare(data.encode(), tmp_path, run="now")
    assert places(lines_of(tmp_path)) == [
        (0, 2, "now"),
        (7, None, "r"),
        (2, 4, "now"),
        (3, 5, "now"),
    ]


FIRST = "these rows were rejected before"


def hints_of(report: predial.Report) -> list[str]:
    return [hint.option for hint in report.hints if hint.text.startswith(FIRST)]


@pytest.mark.parametrize("name", ["rejects.csv", "rejects.ndjson"])
def test_a_second_round_without_the_first_is_hinted_at(tmp_path: Path, name: str) -> None:
    out = tmp_path / "o u"
    first = predial.prepare(b"phone,name\n79123456789,a\n+7912,b\n", out)
    assert hints_of(first) == []
    mended = (out / name).read_text(encoding="utf-8-sig").replace("+7912", "79123456780")
    (out / name).write_text(mended)
    second = predial.prepare(out / name, tmp_path / "2")
    assert (second.clean, hints_of(second)) == (1, [f'exclude="{out}"'])
    assert hints_of(predial.prepare(out / name, tmp_path / "3", exclude=out)) == []
    moved = tmp_path / name
    moved.write_text(mended)
    assert hints_of(predial.prepare(moved, tmp_path / "4")) == ['exclude="OUT"']
    assert hints_of(predial.prepare(mended.encode(), tmp_path / "5")) == ['exclude="OUT"']
    assert hints_of(predial.check(out / name)) == []
    shown = CliRunner().invoke(commands, ["prepare", str(out / name), str(tmp_path / "6")])
    assert f"--after {shlex.quote(str(out))}" in shown.stdout


def test_the_hint_is_there_for_rejects_as_dicts(tmp_path: Path) -> None:
    predial.prepare([{"phone": ""}], tmp_path / "1")
    (line,) = lines_of(tmp_path / "1")
    line["job"]["phone"] = "79123456789"
    report = predial.prepare([line], tmp_path / "2", run="b")
    assert (report.clean, hints_of(report)) == (1, ['exclude="OUT"'])
    line["job"]["phone"] = ""
    predial.prepare([line], tmp_path / "3", run="b")
    assert places(lines_of(tmp_path / "3")) == [(0, None, line["predial_run"])]


def run_of(out: Path) -> str:
    run: str = json.loads((out / "manifest.json").read_bytes())["options"]["run"]
    return run


@pytest.mark.parametrize("name", ["rejects.csv", "rejects.ndjson"])
def test_a_duplicate_of_the_first_round_stays_one(tmp_path: Path, name: str) -> None:
    """Its first row was sent; a phone that was mended to another is new."""
    out = tmp_path / "out"
    rows = ["79110000001,a", "79110000001,b", "79110000001,c", "+7,d"]
    predial.prepare("\n".join(["phone,key", *rows, ""]).encode(), out)
    assert places(lines_of(out))[:2] == [(1, 3, run_of(out)), (2, 4, run_of(out))]
    # The phone of c becomes another one, and that of d is one that was sent.
    mended = {"c": "79110000003", "d": "79110000001"}
    file = out / name
    if name == "rejects.csv":
        head, rejects = read_csv(file)
        write(file, head, [[*row[:-2], mended.get(row[-1], row[-2]), row[-1]] for row in rejects])
    else:
        lines = lines_of(out)
        for line in lines:
            job = line["job"]
            job["phone"] = mended.get(job["payload"]["key"], job["phone"])
        file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    for again in (
        predial.check(file, exclude=out),
        predial.prepare(file, tmp_path / "2", exclude=out),
    ):
        assert again.counts == {"phone-duplicate": 1, "phone-excluded": 1}
        assert again.clean == 1
        [found, _] = again.diagnostics
        assert (
            found.message
            == "the phone belongs to a job of the list out; keep one job for each phone"
        )
    # They keep their places, too.
    assert places(lines_of(tmp_path / "2")) == [(1, 3, run_of(out)), (3, 5, run_of(out))]
    other = predial.check(file, exclude=out, duplicates="allow")
    assert other.counts == {"phone-excluded": 2}


NEW = "79130000000"


def mended(row: list[str]) -> list[str]:
    return [*row[:-2], NEW, row[-1]] if row[-1] == "mended" else row


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_each_round_knows_what_the_rounds_before_it_know(tmp_path: Path, form: str) -> None:
    """A duplicate of the first round and a phone of an excluded list stay rejected in the third,
    whose `exclude` has the second alone; a phone that was corrected to another one is sent.
    """
    rows = [
        *(["8 912 000-00-01", "sent"], ["+79120000001", "twice"], ["79120000001", "mended"]),
        *(["+79120000002", "listed"], [FAULTY, "faulty"]),
    ]
    first = tmp_path / f"list.{form}"
    if form == "csv":
        write(first, ["phone", "key"], rows)
    else:
        jobs = [{"phone": phone, "payload": {"key": key}} for phone, key in rows]
        first.write_text("".join(f"{json.dumps(job)}\n" for job in jobs))
    stop = tmp_path / "stop.csv"
    stop.write_text("phone\n79120000002\n")
    outs = [tmp_path / f"out{number}" for number in range(3)]
    report = predial.prepare(first, outs[0], region="RU", exclude=stop)
    assert report.counts["phone-duplicate"] == 2
    report = predial.prepare(outs[0] / f"rejects.{form}", outs[1], region="RU", exclude=outs[0])
    assert (report.clean, report.repaired) == (0, 0)
    # What is corrected in the directory itself does not change what is known of it.
    file = outs[1] / f"rejects.{form}"
    if form == "csv":
        head, rejects = read_csv(file)
        write(file, head, [mended(row) for row in rejects])
    else:
        lines = lines_of(outs[1])
        for line in lines:
            if line["job"]["payload"]["key"] == "mended":
                line["job"]["phone"] = NEW
        file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    report = predial.prepare(file, outs[2], region="RU", exclude=outs[1])
    (body,) = (outs[2] / "bodies").iterdir()
    sent = [job["phone"] for job in json.loads(body.read_bytes())]
    assert sent == [NEW]
    assert {line["job"]["payload"]["key"] for line in lines_of(outs[2])} == {
        "twice",
        "listed",
        "faulty",
    }
    lists = json.loads((outs[2] / "manifest.json").read_bytes())["options"]["exclude"]["lists"]
    assert [(one["name"], one["phones"]) for one in lists] == [
        *(("out1", 3), ("out0", 4)),
        ("stop.csv", 1),
    ]


def mended_round(
    directory: Path, table: str, mend: dict[str, str], *words: str
) -> tuple[str, list[dict[str, Any]]]:
    """Prepares a table, mends its reject file, and prepares that with the command that was printed.
    What the second command shows, and its jobs.
    """
    (directory / "list.csv").write_text(table)
    out = directory / "out"
    run = CliRunner()
    first = run.invoke(commands, ["prepare", str(directory / "list.csv"), str(out), *words])
    assert first.exit_code == 1, first.output
    rejects = out / "rejects.csv"
    text = rejects.read_text()
    for old, new in mend.items():
        text = text.replace(old, new)
    rejects.write_text(text)
    shown = " ".join(first.output.replace("\\\n", " ").split())
    printed = shown[shown.index("predial prepare") : shown.index(" manifest.json")]
    second = run.invoke(commands, shlex.split(printed)[1:])
    bodies = sorted((directory / "out2" / "bodies").glob("*.json"))
    return second.output, [job for body in bodies for job in json.loads(body.read_text())]


@pytest.mark.parametrize("name", ["#3", "Тел"])
def test_a_place_means_the_same_column_in_every_round(tmp_path: Path, name: str) -> None:
    """Else the mended number would be passed over, and the suggestion beside it called."""
    table = "n;Имя;Тел\n1;Анна;8 (912) 345-67-89\n2;Борис;8 (912) 345-67-94 (жена)\n"
    mend = {"8 (912) 345-67-94 (жена)": "8 (916) 765-43-21"}
    words = ["--region", "RU", "--map", f"phone={name}", "--payload", "#2"]
    output, jobs = mended_round(tmp_path, table, mend, *words)
    assert [job["phone"] for job in jobs] == ["79167654321"], output
    assert jobs[0]["payload"] == {"Имя": "Борис"}


def test_the_columns_stay_those_of_the_first_round(tmp_path: Path) -> None:
    """The few rows that were rejected look otherwise than the list did."""
    table = (
        "ФИО;Телефон;Контакт для связи;Timezone\n"
        "Анна;8 (912) 345-67-89;8 (495) 123-45-67;Europe/Moscow\n"
        "Борис;;8 (495) 123-45-68;Europe/Moscow\n"
        "Вера;нет;8 (495) 123-45-69;Asia/Omsk\n"
        "Глеб;8 (912) 345-67-90;8 (495) 123-45-70;Europe/Moskva2\n"
    )
    output, jobs = mended_round(tmp_path, table, {}, "--region", "RU")
    assert jobs == [], output
    assert "0 of 3 jobs can be sent" in output


def test_no_column_is_taken_for_one_that_was_renamed(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("phone,name,contact\n+79123456789,a,\nx,b,+79123456780\n")
    predial.prepare(tmp_path / "list.csv", tmp_path / "1")
    rejects = tmp_path / "1" / "rejects.csv"
    rejects.write_text(rejects.read_text().replace(",phone,name", ",tel,name"))
    with pytest.raises(ValueError, match='the table has no column "phone"'):
        predial.check(rejects)
    assert predial.check(rejects, map={"phone": "tel"}).rejected == 1


def test_no_column_of_predial_is_a_field(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("phone,name\nx,b\n+79123456789,a\n")
    predial.prepare(tmp_path / "list.csv", tmp_path / "1")
    with pytest.raises(ValueError, match="a column that predial wrote"):
        predial.check(tmp_path / "1" / "rejects.csv", map={"phone": "predial_suggestion"})


def test_rejects_of_runs_with_other_columns_are_not_joined(tmp_path: Path) -> None:
    """The columns of one run would be dialled for the rows of the other."""
    texts = []
    for name in ("Phone", "Mobile"):
        table = tmp_path / f"{name}.csv"
        table.write_text("Phone,Mobile\n7911,7912\n79110000011,79110000012\n")
        predial.prepare(table, tmp_path / name, map={"phone": name})
        texts.append((tmp_path / name / "rejects.csv").read_text())
    joined = texts[0] + "".join(texts[1].splitlines(True)[1:])
    with pytest.raises(ValueError, match="rejects are of several runs with other columns"):
        predial.check(joined.encode())
    assert predial.check((texts[0] + "".join(texts[0].splitlines(True)[1:])).encode()).total == 2
    # So far down, the columns are chosen already.
    first = texts[0] + 1_200 * texts[0].splitlines(True)[1]
    report = predial.check((first + "".join(texts[1].splitlines(True)[1:])).encode())
    assert (report.total, report.counts["record-other-run"]) == (1_202, 1)
    [other] = [found for found in report.diagnostics if found.rule == "record-other-run"]
    assert other.row == 1_201


def test_a_place_after_columns_were_moved_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    table.write_text("Phone,Mobile\n7911,79110000022\n79110000011,79110000012\n")
    predial.prepare(table, tmp_path / "1", map={"phone": "#1"})
    rejects = tmp_path / "1" / "rejects.csv"
    head, rows = read_csv(rejects)
    write(rejects, [*head[:-2], "Mobile", "Phone"], [[*row[:-2], row[-1], row[-2]] for row in rows])
    with pytest.raises(ValueError, match="the columns were moved"):
        predial.check(rejects, map={"phone": "#1"})
    assert predial.check(rejects, map={"phone": "#2"}).rejected == 1
    assert predial.check(rejects).rejected == 1


def test_columns_without_a_header_keep_their_names(tmp_path: Path) -> None:
    table = ",Phone,\nA,+7 911 00,B\nC,8 (916) 234-56-02,D\n"
    output, jobs = mended_round(
        tmp_path, table, {"+7 911 00": "+7 911 000-00-00"}, "--region", "RU"
    )
    assert [job["payload"] for job in jobs] == [{"column1": "A", "column3": "B"}], output


def three_rounds(tmp_path: Path, run: str | None) -> tuple[Path, Path, Path]:
    """The directories of two rounds, and rejects in which a phone of the first was corrected."""
    one, two = tmp_path / "one", tmp_path / "two"
    jobs = [{"phone": "+79110000001"}, {"phone": "+79110000002x1"}, {"phone": "+7911000000"}]
    predial.prepare(jobs, one, run=run)
    predial.prepare(one / "rejects.ndjson", two, exclude=one, run=run)
    mended = tmp_path / "mended.ndjson"
    text = (two / "rejects.ndjson").read_text()
    mended.write_text(text.replace('"+7911000000"}', '"+79110000001"}'))
    return one, two, mended


@pytest.mark.parametrize("run", [None, "spring"])
def test_the_directory_of_the_latest_run_is_enough(tmp_path: Path, run: str | None) -> None:
    """The phones of the runs that it was prepared after are not called again either."""
    _, two, mended = three_rounds(tmp_path, run)
    report = predial.prepare(mended, tmp_path / "three", exclude=two)
    assert report.counts["phone-excluded"] == 1
    assert report.rejected == report.total
    assert report.hints == []
    last = predial.check([{"phone": "+79110000001"}], exclude=tmp_path / "three")
    assert last.counts == {"phone-format": 1, "phone-excluded": 1}


def test_a_directory_that_is_no_longer_there_is_named(tmp_path: Path) -> None:
    one, two, mended = three_rounds(tmp_path, "spring")
    elsewhere = tmp_path / "elsewhere" / "one"
    elsewhere.parent.mkdir()
    one.rename(elsewhere)
    with pytest.raises(
        ValueError, match=r'two was prepared after the run "spring" in one, and'
    ) as refused:
        predial.prepare(mended, tmp_path / "three", exclude=two)
    assert f"searched: {one})" in str(refused.value)
    # Another run in its place is not it.
    predial.prepare([{"phone": "+79110000009"}], one, run="spring")
    with pytest.raises(ValueError, match="now that of another run"):
        predial.prepare(mended, tmp_path / "three", exclude=two)
    report = predial.prepare(mended, tmp_path / "three", exclude=[two, elsewhere])
    assert report.counts["phone-excluded"] == 1


def stopped_round(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A run that has excluded a list, the list, and rejects corrected to a phone of it."""
    stop, one = tmp_path / "stop.csv", tmp_path / "one"
    stop.write_text("phone\n+79110000009\n")
    (tmp_path / "list.csv").write_text(f"phone,name\n79110000001,a\n{FAULTY},b\n")
    predial.prepare(tmp_path / "list.csv", one, exclude=stop)
    mended = tmp_path / "mended.csv"
    mended.write_text((one / "rejects.csv").read_text().replace(FAULTY, "79110000009"))
    return one, stop, mended


def test_the_lists_of_an_earlier_run_are_excluded_as_well(tmp_path: Path) -> None:
    one, stop, mended = stopped_round(tmp_path)
    two = tmp_path / "two"
    report = predial.prepare(mended, two, exclude=one)
    assert (report.rejected, report.total) == (1, 1)
    assert report.counts == {"phone-excluded": 1}
    # So they are for the run after that one, once.
    predial.prepare(mended, tmp_path / "three", exclude=[two, one, stop])
    manifest = json.loads((tmp_path / "three" / "manifest.json").read_bytes())
    names = [one["name"] for one in manifest["options"]["exclude"]["lists"]]
    assert names == ["two", "one", "stop.csv"]
    assert predial.check(mended, exclude=two).rejected == 1


def test_a_list_of_an_earlier_run_that_is_not_there_is_named(tmp_path: Path) -> None:
    one, stop, mended = stopped_round(tmp_path)
    elsewhere = tmp_path / "elsewhere" / stop.name
    elsewhere.parent.mkdir()
    stop.rename(elsewhere)
    message = r"in one also excluded the list stop\.csv, which is not beside it"
    with pytest.raises(ValueError, match=message) as refused:
        predial.check(mended, exclude=one)
    assert str(stop) in str(refused.value)
    assert predial.check(mended, exclude=[elsewhere, one]).rejected == 1
    shown = CliRunner().invoke(commands, ["check", str(mended), "--after", str(one)])
    assert shown.exit_code == 2
    assert "give a list of that name with the option --exclude" in shown.stderr


def test_a_list_of_an_earlier_run_that_was_not_a_file_is_asked_for(tmp_path: Path) -> None:
    one = tmp_path / "one"
    stopped: Any = [{"phone": "+79110000009"}]
    predial.prepare(b"phone\n79110000001\n", one, exclude=stopped)
    jobs = [{"phone": "79110000002"}]
    with pytest.raises(ValueError, match="also excluded the list that was not a file"):
        predial.check(jobs, exclude=one)
    assert predial.check(jobs, exclude=[one, stopped]).clean == 1


def test_the_next_command_names_the_lists_of_earlier_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _, _, mended = stopped_round(tmp_path)
    shown = CliRunner().invoke(commands, ["prepare", mended.name, "two", "--after", "one"])
    command = shown.stdout.replace(" \\\n    ", " ")
    assert "two/rejects.csv two2 --after one --exclude stop.csv --after two\n" in command


@pytest.mark.parametrize("spelling", ["same", "dots", "link", "of the run before"])
def test_a_run_whose_phones_are_excluded_is_not_overwritten(tmp_path: Path, spelling: str) -> None:
    one, two, mended = three_rounds(tmp_path, None)
    (tmp_path / "link").symlink_to(one)
    out = {
        "same": one,
        "dots": tmp_path / "two" / ".." / "one",
        "link": tmp_path / "link",
        "of the run before": one,
    }[spelling]
    exclude = two if spelling == "of the run before" else one
    before = {file: file.read_bytes() for file in one.rglob("*") if file.is_file()}
    with pytest.raises(ValueError, match="a run whose phones are excluded"):
        predial.prepare(mended, out, exclude=exclude, overwrite=True)
    words = ["prepare", str(mended), str(out), "--after", str(exclude), "--overwrite"]
    assert CliRunner().invoke(commands, words).exit_code == 2
    assert before == {file: file.read_bytes() for file in one.rglob("*") if file.is_file()}


def test_the_runs_before_are_found_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    _, two, mended = three_rounds(tmp_path / "lists", None)
    link = tmp_path / "link"
    link.symlink_to(two)
    report = predial.check(mended, exclude=link)
    assert report.counts["phone-excluded"] == 1


def test_a_run_that_was_not_given_is_hinted_at(tmp_path: Path) -> None:
    _, two, mended = three_rounds(tmp_path, "spring")
    other = predial.prepare(mended, tmp_path / "other", exclude=[{"phone": "+79110000007"}])
    [hint] = other.hints
    assert 'the run "spring"' in hint.text
    assert hint.option == 'exclude="OUT"'
    beside = predial.prepare(
        two / "rejects.ndjson", tmp_path / "beside", exclude=[{"phone": "+79110000007"}]
    )
    [hint] = beside.hints
    assert hint.option == f'exclude="{two}"'
    built = tmp_path / "sent.predial"
    predial.build_exclude([two], built)
    assert not predial.prepare(two / "rejects.ndjson", tmp_path / "built", exclude=built).hints


@pytest.mark.parametrize("order", ["after", "between", "last first"])
def test_columns_of_predial_that_were_moved_are_written_once(tmp_path: Path, order: str) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text('Name;Phone;City\n"A;1";8 911;"B ""C"" d"\nE; 8 912 ;F\n')
    predial.prepare(listed, tmp_path / "out", run="r")
    with (tmp_path / "out" / "rejects.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file, delimiter=";"))
    own = len(OWN)
    places = {
        "after": [*range(own, own + 3), *range(own)],
        "between": [own, *range(own), own + 1, own + 2],
        "last first": [own - 1, own, own + 1, own + 2, *range(own - 1)],
    }[order]
    moved = tmp_path / "moved.csv"
    with moved.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=";").writerows([[row[i] for i in places] for row in rows])
    predial.prepare(moved, tmp_path / "again", exclude=tmp_path / "out")
    with (tmp_path / "again" / "rejects.csv").open(newline="", encoding="utf-8-sig") as file:
        again = list(csv.reader(file, delimiter=";"))
    assert again[0] == [*OWN, "Name", "Phone", "City"]
    assert [row[own:] for row in again] == [row[own:] for row in rows]
    assert [row[3:6] for row in again] == [row[3:6] for row in rows]
    predial.clean(moved, tmp_path / "clean.csv", keep=True)
    with (tmp_path / "clean.csv").open(newline="", encoding="utf-8-sig") as file:
        cleaned = list(csv.reader(file, delimiter=";"))
    assert [row[3:] for row in cleaned] == [row[own:] for row in rows]
