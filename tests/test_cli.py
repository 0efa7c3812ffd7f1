"""The command line: what it writes, where, and the status it ends with."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

import predial
from predial.cli import commands, printing
from predial.cli.progress import Bar, Log, progress

CLEAN = '{"phone": "79110000000"}\n'
REPAIRED = '{"phone": "+7 (911) 000-00-01"}\n'
REJECTED = '{"phone": "7.911E+10"}\n'


def run(*arguments: str | Path, text: str | bytes = b"") -> Result:
    return CliRunner().invoke(commands, [str(argument) for argument in arguments], input=text)


def process(*arguments: str | Path, **options: Any) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "predial", *map(str, arguments)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, **options)


@pytest.fixture
def jobs(tmp_path: Path) -> Path:
    file = tmp_path / "jobs.ndjson"
    file.write_text(CLEAN + REPAIRED + REJECTED, encoding="utf-8")
    return file


# --- check -------------------------------------------------------------------------------------


def test_check_says_what_was_read_what_was_decided_why_and_where(
    jobs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(jobs.parent)
    result = run("check", jobs.name)
    assert result.exit_code == 1
    assert result.stderr == ""
    assert result.stdout.splitlines() == [
        "jobs.ndjson: NDJSON, UTF-8",
        "",
        "2 of 3 jobs can be sent (66.7 %). 1 of them was corrected. 1 is rejected.",
        "",
        "Why                                                            rows  alone",
        "  error   phone-scientific  in scientific notation: digits…       1      1  33 %",
        "  repair  phone-format      characters other than digits          1",
        "",
        'jobs.ndjson:3: error phone-scientific  phone "7.911E+10"',
        "        the phone is in scientific notation: digits are lost; export the column",
        "        as text",
    ]


@pytest.mark.parametrize(
    ("text", "options", "status"),
    [
        (CLEAN, [], 0),
        (CLEAN + REPAIRED, [], 0),
        (CLEAN + REPAIRED, ["--strict"], 1),
        (CLEAN, ["--strict"], 0),
        (CLEAN + REPAIRED, ["--no-repair"], 1),
        (CLEAN + REJECTED, [], 1),
        (CLEAN + CLEAN, [], 1),
        (CLEAN + CLEAN, ["--duplicates", "allow"], 0),
        (CLEAN + CLEAN, ["--duplicates", "job"], 1),
        ('{"phone": 79110000000}\n', ["--canonical", "--strict"], 1),
        ("", [], 0),
        ("[", [], 2),
        ('{"phone":', [], 1),
        ('{"phone":', ["--input-format", "json"], 2),
        (CLEAN, ["--input-format", "xml"], 2),
        (CLEAN, ["--max-diagnostics", "-1"], 2),
        (CLEAN, ["--colour"], 2),
    ],
)
def test_the_exit_status_of_check(text: str, options: list[str], status: int) -> None:
    assert run("check", "-", *options, text=text).exit_code == status


def test_a_few_diagnostics_are_shown_and_the_rest_is_counted() -> None:
    def places(shown: str) -> list[str]:
        return re.findall(r"^<stdin>:(\d+:.*?)  ", shown, re.MULTILINE)

    text = REPAIRED * 3 + REJECTED * 30 + '{"phone": "?"}\n'
    shown = run("check", "-", "--duplicates", "allow", text=text).stdout
    scientific = [f"{line}: error phone-scientific" for line in (4, 5, 6)]
    assert places(shown) == [*scientific, "34: error phone-empty"]
    assert "... and 27 more rejected rows: --all shows them, --output-format" in shown
    every = run("check", "-", "--all", "--duplicates", "allow", text=text).stdout
    assert len(places(every)) == 34
    assert places(every)[-1] == "3: repair phone-format"
    assert " more " not in every
    few = run("check", "-", "--max-diagnostics", "2", text=text).stdout
    assert len(places(few)) == 2
    assert "... and 31 more rejected rows" in few
    kinds = [{"phone": phone} for phone in ("7.9E+10", "?", "", "нет", "7912345OO89", "79")] * 9
    lines = "".join(json.dumps(job) + "\n" for job in kinds)
    assert len(places(run("check", "-", text=lines).stdout)) <= 20


def test_errors_are_shown_before_warnings() -> None:
    jobs = [{"phone": f"+1900234567{n}", "x": 1} for n in range(9)] + [{"phone": "7.9E+10"}]
    lines = "".join(json.dumps(job) + "\n" for job in jobs)
    shown = run("check", "-", text=lines).stdout
    found = re.findall(r"^<stdin>:\d+: (\w+)", shown, re.MULTILINE)
    assert found == ["error"] + ["warning"] * (len(found) - 1)
    assert len(found) > 3
    assert re.search(r"\.\.\. and \d+ more warnings: --all", shown)


@pytest.mark.parametrize("options", [[], ["--duplicates", "allow"]])
def test_a_list_without_a_fault_is_three_lines(options: list[str]) -> None:
    result = run("check", "-", *options, text='{"phone": 79110000000}\n{"phone": 79110000001}\n')
    lines = result.stdout.splitlines()
    if not options:
        assert lines == ["<stdin>: NDJSON, UTF-8", "", "All 2 jobs can be sent."]
    table = "Имя;Телефон;Часовой пояс\nАнна;79110000000;+03:00\nБорис;79110000001;+03:00\n"
    assert run("check", "-", text=table).stdout.splitlines() == [
        '<stdin>: CSV, UTF-8, delimiter ";", header in line 1',
        '  phone "Телефон"; gmtZone "Часовой пояс"; payload "Имя"',
        "All 2 jobs can be sent.",
    ]


def test_quiet_leaves_the_status(jobs: Path, tmp_path: Path) -> None:
    commands_of: list[list[str | Path]] = [["check", jobs], ["prepare", jobs, tmp_path / "out"]]
    for command in commands_of:
        result = run(*command, "--quiet")
        assert (result.exit_code, result.stdout, result.stderr) == (1, "", "")
    assert (tmp_path / "out" / "manifest.json").exists()
    assert run("check", "-", "--quiet", text=CLEAN).exit_code == 0
    assert "No such file" in run("check", tmp_path / "none", "--quiet").stderr


@pytest.mark.parametrize(
    ("limit", "status"),
    [
        *(("0", 1), ("1", 1), ("2", 0), ("100", 0), ("0%", 1), ("19.9%", 1), ("20%", 0)),
        *(("20 %", 0), ("100%", 0), ("x", 2), ("-1", 2), ("1.5", 2), ("nan%", 2), ("%", 2)),
    ],
)
def test_status_1_is_for_more_rejects_than_allowed(limit: str, status: int) -> None:
    text = "".join(f'{{"phone": "7911000000{n}"}}\n' for n in range(8)) + REJECTED * 2
    assert run("check", "-", "--max-rejects", limit, text=text).exit_code == status


def test_no_line_is_wider_than_a_terminal(tmp_path: Path) -> None:
    jobs = [
        {"phone": "79123456789; 73011234567; 79123456780", "gmtZone": "Europe/Moskau"},
        {"phone": "+19002345678", "allowedDays": ["funday"] * 40},
        {"phone": "8 (495) 123-45-67", "maxAttempts": "x" * 500},
        {"phone": "79110000000", "externalCheck": {"url": "http://" + "y" * 200}},
    ]
    file = tmp_path / "a"
    file.write_text("".join(json.dumps(job) + "\n" for job in jobs * 3))
    table = tmp_path / "b"
    header = ";".join(
        ["phone", "Часовой пояс клиента по данным учётной системы " * 2, *"abcdefgh" * 9]
    )
    table.write_text(f"{header}\n79110000000;MSK\n79110000001;UTC+3\n8 912 345 67 89;x\n")
    for name in ("a", "b"):
        for command in (["check"], ["check", "--all"], ["prepare", "--overwrite"]):
            with pytest.MonkeyPatch.context() as patch:
                patch.chdir(tmp_path)
                out = ["out"] if command[0] == "prepare" else []
                shown = run(*command, name, *out).stdout
            assert [line for line in shown.splitlines() if len(line) > 80] == []


def test_a_broken_array_is_told_with_its_place_and_the_report_so_far(tmp_path: Path) -> None:
    file = tmp_path / "jobs.json"
    file.write_text('[{"phone": "7.911E+10"},\n {"phone": }]', encoding="utf-8")
    result = run("check", file)
    assert result.exit_code == 2
    assert f"{file}:1: error phone-scientific" in result.stdout
    assert "0 of 1 job can be sent" in result.stdout
    assert "The list could not be read to its end." in " ".join(result.stdout.split())
    said = " ".join(result.stderr.split())
    assert said.startswith(f"predial: {file}: line 2, column 12 (byte 36): ")
    assert all(len(line) <= 80 or str(file) in line for line in result.stderr.splitlines())
    as_json = json.loads(run("check", file, "--output-format", "json").stdout)
    error = as_json["error"]
    assert (error["line"], error["column"], error["offset"]) == (2, 12, 36)
    assert as_json["total"] == 1


def test_each_file_is_a_batch_and_the_worst_decides(jobs: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.ndjson"
    other.write_text(CLEAN, encoding="utf-8")
    assert run("check", other, other).exit_code == 0
    mixed = run("check", other, jobs, other)
    assert mixed.exit_code == 1
    assert mixed.stdout.count(" can be sent") == 3
    missing = run("check", tmp_path / "none.json", other, jobs)
    assert missing.exit_code == 2
    assert missing.stderr == f"predial: {tmp_path / 'none.json'}: No such file or directory\n"
    assert missing.stdout.count(" can be sent") == 2


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    result = run("check", tmp_path)
    assert result.exit_code == 2
    assert result.stderr == f"predial: {tmp_path}: Is a directory\n"


def test_check_as_json_is_the_report(jobs: Path) -> None:
    result = run("check", jobs, "--output-format", "json")
    assert result.exit_code == 1
    shown = json.loads(result.stdout)
    report = predial.check(jobs)
    assert shown["file"] == str(jobs)
    for name in ("total", "clean", "repaired", "rejected", "warned", "counts"):
        assert shown[name] == getattr(report, name)
    assert shown["error"] is None
    assert shown["diagnostics"][1] == {
        "row": 2,
        "line": 3,
        "part": None,
        "offset": len(CLEAN + REPAIRED),
        "field": "phone",
        "rule": "phone-scientific",
        "severity": "error",
        "message": report.diagnostics[1].message,
        "value": "7.911E+10",
        "suggestion": None,
    }


def test_check_as_ndjson_is_a_line_a_diagnostic_and_the_report(jobs: Path) -> None:
    lines = run("check", jobs, "--output-format", "ndjson").stdout.splitlines()
    objects = [json.loads(line) for line in lines]
    assert [it["type"] for it in objects] == ["diagnostic", "diagnostic", "report"]
    assert [it["rule"] for it in objects[:2]] == ["phone-format", "phone-scientific"]
    assert objects[2]["total"] == 3


def test_what_steers_a_terminal_is_escaped() -> None:
    text = json.dumps({"phone": "79110000000\x1b[2J?", "\x9b31m": 1}, ensure_ascii=False)
    shown = run("check", "-", text=text.replace("\x1b", "\\u001b")).stdout
    assert "\x1b" not in shown
    assert "\x9b" not in shown
    assert "\\x1b[2J" in shown
    assert "\\x9b31m" in shown


def test_colour_is_for_terminals_that_want_it(jobs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    plain = run("check", jobs).stdout
    assert "\x1b[" not in plain
    monkeypatch.setenv("FORCE_COLOR", "1")
    forced = run("check", jobs).stdout
    assert "\x1b[31merror\x1b[0m phone-scientific" in forced
    assert click.unstyle(forced) == plain
    monkeypatch.setenv("NO_COLOR", "1")  # it wins over the other, as it does in Python itself
    assert run("check", jobs).stdout == plain
    monkeypatch.setenv("FORCE_COLOR", "")
    monkeypatch.setenv("NO_COLOR", "")  # empty means unset
    assert run("check", jobs).stdout == plain
    monkeypatch.setattr(printing, "is_terminal", lambda stream: True)
    assert "\x1b[31merror\x1b[0m phone-scientific" in run("check", jobs).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("check", jobs).stdout


@pytest.mark.parametrize("command", [["rule"], ["rule", "phone-format"], ["zone", "MSK"]])
def test_a_severity_is_a_word_and_never_a_colour_alone(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    plain = run(*command).stdout
    assert re.search(r"\b(error|repair)\b", plain)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = re.findall(r"\x1b\[\d+m(.*?)\x1b\[0m", run(*command).stdout)
    assert set(coloured) <= {"error", "repair", "warning"}
    assert coloured


def test_help_imports_no_command() -> None:
    code = """
import contextlib, sys
with contextlib.suppress(SystemExit):
    sys.argv = ["predial", "--help"]
    from predial.cli import main
    main()
print(*sys.modules, sep="\\n")
"""
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = set(shown.stdout.split("Commands:")[1].splitlines())
    assert "predial.cli.outcome" in modules
    assert not modules & {f"predial.cli.{name}" for name in ("check", "prepare", "url", "progress")}


@pytest.mark.parametrize("name", commands.list_commands(click.Context(commands)))
def test_every_command_has_its_help(name: str) -> None:
    listed = run("--help").stdout
    assert re.search(rf"^  {name} +[A-Z]", listed, re.MULTILINE)
    assert run(name, "--help").exit_code == 0


def test_one_is_one_and_more_are_many(tmp_path: Path) -> None:
    for clean, faulty, said in (
        (1, 1, ["1 job in 1 request body", "1 row with"]),
        (2, 2, ["2 jobs in 1 request body", "2 rows with"]),
        (0, 0, ["0 jobs in 0 request bodies", "The list has no rows"]),
        (1200, 0, ["1 200 jobs in 1 request body", "All 1 200 jobs can be sent"]),
    ):
        jobs = [f'{{"phone": "{79110000000 + row}"}}\n' for row in range(clean)]
        text = "".join(jobs) + '{"phone": "?"}\n' * faulty
        shown = run("prepare", "-", tmp_path / f"{clean}", text=text).stdout
        for words in said:
            assert re.search(rf"\b{words}\b", shown)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "-", "--region", "xx"], "--region must be an ISO 3166-1"),
        (["check", "-", "--encoding", "x"], "--encoding must be a label"),
        (["check", "-", "--night", "x"], "--night must be two times"),
        (["check", "-", "--delimiter", "xx"], "--delimiter must be one ASCII character"),
        (["check", "-", "--sheet", "x"], "--sheet is about workbooks"),
        (["check", "-", "--map", "phone=x"], "--map is about the columns of a table"),
        (["check", "-", "--payload", "x"], "--payload is about the columns of a table"),
        (["phone", "1", "--region", "XX"], "--region must be an ISO 3166-1"),
        (["prepare", "-", "OUT", "--max-bytes", "x"], "--max-bytes must be a size"),
    ],
)
def test_options_are_named_as_the_shell_has_them(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    arguments = [str(tmp_path / "out") if word == "OUT" else word for word in arguments]
    refused = run(*arguments, text=CLEAN)
    assert refused.exit_code == 2
    assert f"Error: {said}" in refused.stderr
    assert "None" not in refused.stderr


def test_a_directory_that_was_prepared_says_how_to_replace_it(jobs: Path, tmp_path: Path) -> None:
    assert run("prepare", jobs, tmp_path / "out").exit_code == 1
    again = run("prepare", jobs, tmp_path / "out")
    assert again.exit_code == 2
    assert again.stderr.endswith("whose bodies may have been sent; --overwrite removes them\n")
    with pytest.raises(FileExistsError, match="; overwrite=True removes them"):
        predial.prepare(jobs, tmp_path / "out")


def test_two_columns_of_one_field_say_what_to_type() -> None:
    refused = run("check", "-", "--input-format", "csv", text="phone,Phone\n1,2\n")
    assert "--map phone=#1,#2" in refused.stderr
    with pytest.raises(ValueError, match=r'map=\{"phone": \["#1", "#2"\]\}'):
        predial.check(b"phone,Phone\n1,2\n")


def test_lines_fit_the_terminal(jobs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    plain = run("check", jobs).stdout
    lines = [line for line in plain.splitlines() if not line.startswith(str(jobs))]
    assert max(map(len, lines)) == 80
    monkeypatch.setattr(printing, "is_terminal", lambda stream: True)
    monkeypatch.setattr(printing, "room_of", lambda stream: 200)
    assert run("check", jobs).stdout == plain
    monkeypatch.setattr(printing, "room_of", lambda stream: 60)
    monkeypatch.chdir(jobs.parent)
    shown = run("check", jobs.name).stdout
    assert max(map(len, shown.splitlines())) <= 60
    assert re.search(r"^  error   phone-scientific  in….* 1      1  33 %$", shown, re.MULTILINE)


@pytest.mark.parametrize("columns", [200, 80, 66, 40, 12, 0])
@pytest.mark.parametrize("size", [1_283_738_805, None])
def test_the_bar_fits_its_terminal(
    columns: int, size: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    termios: Any = pytest.importorskip("termios")
    monkeypatch.setattr("predial.cli.progress.PATIENCE", -1)
    ours, theirs = os.openpty()
    with open(ours, "rb", buffering=0) as screen, open(theirs, "w") as terminal:
        termios.tcsetwinsize(terminal, (24, columns))
        monkeypatch.setattr(sys, "stderr", terminal)
        Bar(size)(9_900_000, 1_270_901_417, 495_000)
        shown = screen.read(4096).decode()
        termios.tcsetwinsize(terminal, (24, 200))
        Bar(size)(9_900_000, 1_270_901_417, 495_000)
        widened = screen.read(4096).decode()
    line = shown.removeprefix("\r\x1b[K")
    # There is room for ^C, and the last column stays free; 0 columns: the number is unknown.
    assert 0 < len(f"{line}^C") < (columns or 80)
    assert line.isprintable()
    for figure in ("9 900 000 rows", "1270.9 MB  ", " MB/s", "495 000 rejected"):
        assert figure in widened
        assert figure in line or columns <= 70
    assert (" s left" in widened) == ("[#####" in widened) == (size is not None)
    assert " s left" in line or columns == 12 or size is None
    assert "495 000 rejected" in line or columns == 12


def test_a_log_gets_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log(1_000)
    log(10, 500, 3)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("predial.cli.progress.EVERY", -1)
    log(10, 500, 3)
    log(20, 1_000, 4)
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("predial: 50%  10 rows  0.0 MB  ")
    assert "3 rejected" in first
    assert second.startswith("predial: 100%  20 rows  ")
    assert second.endswith(" s left")


def test_progress_that_nobody_reads_ends_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("predial.cli.progress.EVERY", -1)
    reader, writer = os.pipe()
    os.close(reader)
    stderr = open(writer, "w")  # noqa: SIM115
    monkeypatch.setattr(sys, "stderr", stderr)
    with progress("auto", 1_000) as report_progress:
        assert report_progress is not None
        report_progress(10, 500, 3)
    with pytest.raises(BrokenPipeError):
        stderr.close()
    monkeypatch.setattr(sys, "stderr", None)
    with progress("auto", 1_000) as report_progress:
        assert report_progress is None


@pytest.mark.parametrize(
    ("options", "on_terminal", "lines", "bar"),
    [
        ([], False, True, False),
        ([], True, False, True),
        (["--progress", "none"], True, False, False),
        (["--progress", "bar"], False, False, True),
        (["--progress", "log"], True, True, False),
        (["--progress", "log"], False, True, False),
        (["--quiet"], False, False, False),
        (["--quiet"], True, False, False),
        (["--quiet", "--progress", "log"], False, True, False),
    ],
)
def test_how_progress_is_told_is_an_option(
    options: list[str],
    on_terminal: bool,
    lines: bool,
    bar: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("predial.cli.progress.PATIENCE", -1)
    monkeypatch.setattr("predial.cli.progress.EVERY", -1)
    monkeypatch.setattr("predial.cli.progress.is_terminal", lambda stream: on_terminal)

    def check(source: object, progress: Any, **options: object) -> predial.Report:
        if progress is not None:
            progress(4096, 100_000, 7)
        return real(CLEAN.encode())

    real = predial.check
    monkeypatch.setattr(predial, "check", check)
    file = tmp_path / "jobs.ndjson"
    file.write_bytes(CLEAN.encode() * 10_000)
    err = run("check", file, *options).stderr
    assert err.startswith("predial: 40%  4 096 rows") == lines
    assert bool(re.search(r"\[#+\.+\]  4 096 rows", err)) == bar
    assert bool(err) == (lines or bar)


@pytest.mark.slow
def test_progress_of_a_compressed_list_is_that_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("predial.cli.progress.EVERY", -1)
    file = tmp_path / "jobs.ndjson.gz"
    lines = "".join(f'{{"phone": "7912{n % 10**7:07}"}}\n' for n in range(400_000))
    # On every machine this takes longer than the time between two checks of the core.
    file.write_bytes(gzip.compress(lines.encode() * 10, 1))
    options = ("--progress", "log", "--duplicates", "allow", "--threads", "1")
    err = run("check", file, *options).stderr
    shares = [int(share) for share in re.findall(r"^predial: (\d+)%", err, re.MULTILINE)]
    assert shares
    assert shares == sorted(shares)
    assert shares[-1] <= 100


def test_encodings_compression_and_sheets_are_options(tmp_path: Path) -> None:
    file = tmp_path / "jobs"
    text = '{"phone": "79123456789", "payload": {"имя": "Пётр"}}\n'
    file.write_bytes(gzip.compress(text.encode("cp1251")))
    assert run("check", file, "--encoding", "cp1251").exit_code == 0
    assert run("check", file).exit_code == 1
    result = run("check", file, "--encoding", "cp1251", "--output-format", "json")
    found = json.loads(result.stdout)["input"]
    assert (found["encoding"], found["compression"]) == ("windows-1251", "gzip")
    shown = run("check", file, "--encoding", "cp1251").stdout
    assert "NDJSON, windows-1251, gzip" in " ".join(shown.split())
    for wrong in (["--encoding", "klingon"], ["--sheet", "Sheet1"]):
        result = run("check", file, *wrong)
        assert result.exit_code == 2
        assert wrong[0].strip("-") in result.stderr
    file.write_bytes(gzip.compress(text.encode())[:-9])
    result = run("check", file)
    assert (result.exit_code, "cut short" in result.stderr) == (2, True)


def test_the_options_of_a_batch_are_those_of_the_library() -> None:
    national = '{"phone": "8 (911) 000-00-00"}\n'
    assert run("check", "-", text=national).exit_code == 1
    assert run("check", "-", "--region", "RU", text=national).exit_code == 0
    ambiguous = '{"phone": "9607712345"}\n'
    assert run("check", "-", "--region", "RU", text=ambiguous).exit_code == 1
    read = ["check", "-", "--region", "RU", "--prefer", "international"]
    assert run(*read, text=ambiguous).exit_code == 0
    unassigned = '{"phone": "71234567890"}\n'
    assert run("check", "-", text=unassigned).exit_code == 0
    assert run("check", "-", "--level", "valid", text=unassigned).exit_code == 1
    until = "2026-10-01T00:00:00Z"
    far = f'{{"phone": "442079460000", "gmtZone": "+01:00", "finishDateTime": "{until}"}}\n'
    summer, winter = "2026-07-01T12:00Z", "2026-01-01T12:00:00+03:00"
    assert "zone-far-from-phone" not in run("check", "-", "--now", summer, text=far).stdout
    assert "zone-far-from-phone" in run("check", "-", "--now", winter, text=far).stdout
    for now in ("2026-07-01T12:00", "today"):
        assert run("check", "-", "--now", now, text=far).exit_code == 2


# --- prepare -----------------------------------------------------------------------------------


def test_prepare_leaves_a_directory_and_says_what_is_in_it(jobs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run("prepare", jobs, out, "--run", "spring")
    assert result.exit_code == 1
    assert json.loads((out / "bodies" / "000001.json").read_bytes()) == [
        {"phone": "79110000000"},
        {"phone": "79110000001"},
    ]
    assert "  bodies/         2 jobs in 1 request body, 52 bytes\n" in result.stdout
    assert json.loads((out / "manifest.json").read_bytes())["options"]["run"] == "spring"
    again = run("prepare", jobs, out)
    assert again.exit_code == 2
    assert str(out / "manifest.json") in again.stderr
    assert again.stderr.count("\n") == 1
    assert run("prepare", jobs, out, "--overwrite").exit_code == 1


def test_prepare_says_what_comes_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("list.csv").write_text("phone,name\n79110000000,a\n7.9E+10,b\n")
    Path("stop list.csv").write_text("phone\n79110000009\n")
    shown = run("prepare", "list.csv", "out/", "--exclude", "stop list.csv").stdout
    after = shown[shown.index("Wrote") :].splitlines()
    assert after[:5] == [
        "Wrote out/",
        "  bodies/         1 job in 1 request body, 48 bytes",
        "  rejects.ndjson  1 row with its reasons",
        "  rejects.csv     the same rows as CSV: correct them, then",
        "  predial prepare out/rejects.csv out2 --exclude 'stop list.csv' --after out",
    ]
    assert after[-1] == "Next: predial send out --host https://app.jaicp.com"
    Path("list.json").write_text('[{"phone": "79110000000"}, {"phone": "7.9E+10"}]')
    shown = run("prepare", "list.json", "o_j", "--region", "ru").stdout
    assert (
        "  rejects.ndjson  1 row with its reasons: correct them, then\n"
        "  predial prepare o_j/rejects.ndjson o_j2 --region ru --after o_j\n"
    ) in shown
    options = [
        "--region",
        "ru",
        "--set",
        "maxAttempts=3",
        "--set",
        "dialerPriority=2",
        "--no-repair",
    ]
    again = run("prepare", "list.csv", "o t", *options, "--max-jobs", "5", "--run", "x").stdout
    assert (
        "  predial prepare 'o t/rejects.csv' 'o t2' --max-jobs 5 --region ru \\\n"
        "    --set maxAttempts=3 --set dialerPriority=2 --no-repair --after 'o t'\n"
    ) in again
    # The command that is shown leaves out what was sent in every run before.
    Path("out/rejects.csv").write_text(Path("out/rejects.csv").read_text().replace("7.9E+10", "+7"))
    second = ["prepare", "out/rejects.csv", "out2", "--after", "out"]
    command = run(*second).stdout.replace(" \\\n    ", " ")
    assert "out2/rejects.csv out3 --after out --exclude 'stop list.csv' --after out2\n" in command


def test_prepare_as_json_lists_the_bodies(tmp_path: Path) -> None:
    text = CLEAN + REPAIRED
    result = run(
        "prepare", "-", tmp_path / "out", "--max-jobs", "1", "--output-format", "json", text=text
    )
    assert result.exit_code == 0
    bodies = json.loads(result.stdout)["bodies"]
    assert [body["jobs"] for body in bodies] == [1, 1]
    assert [Path(body["path"]).name for body in bodies] == ["000001.json", "000002.json"]
    assert all(Path(body["path"]).stat().st_size == body["bytes"] for body in bodies)


def test_prepare_takes_sizes_as_the_library_does(tmp_path: Path) -> None:
    result = run("prepare", "-", tmp_path / "a", "--max-bytes", "30", text=CLEAN + REPAIRED)
    assert result.exit_code == 0
    assert len(list((tmp_path / "a" / "bodies").iterdir())) == 2
    for size in ("0", "-5", "much"):
        refused = run("prepare", "-", tmp_path / "b", "--max-bytes", size, text=CLEAN)
        assert refused.exit_code == 2
        assert "--max-bytes must be" in refused.stderr
        assert not (tmp_path / "b").exists()


def test_a_broken_array_leaves_no_files(tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run("prepare", "-", out, text='[{"phone": 79110000000}, oops]')
    assert result.exit_code == 2
    assert "could not be read to its end" in result.stdout
    assert "Wrote" not in result.stdout
    assert not out.exists()


def test_prepare_goes_on_where_an_unfinished_run_left_off(jobs: Path, tmp_path: Path) -> None:
    out, whole = tmp_path / "out", tmp_path / "whole"
    options = ["--max-jobs", "1", "--run", "spring"]
    assert run("prepare", jobs, out, "--resume", *options).exit_code == 1
    again = run("prepare", jobs, out, "--resume", *options)
    assert (again.exit_code, "overwrite" in again.stderr) == (2, True)

    def rows() -> Iterator[dict[str, str]]:
        yield from ({"phone": f"7911{number:07}"} for number in range(1024))
        raise KeyboardInterrupt

    unfinished = tmp_path / "unfinished"
    with pytest.raises(KeyboardInterrupt):
        predial.prepare(rows(), unfinished, max_jobs=1, run="spring")
    other = run("prepare", jobs, unfinished, "--resume", *options)
    assert other.exit_code == 2
    assert "these differ: the source" in other.stderr
    over = run("prepare", jobs, unfinished, *options)
    assert over.exit_code == 1
    said = " ".join(over.stdout.split())
    assert "note: 1024 files of an unfinished run were removed; --resume would" in said
    assert run("prepare", jobs, whole, *options).exit_code == 1
    assert (unfinished / "manifest.json").read_bytes() == (whole / "manifest.json").read_bytes()


# --- zone, phone -------------------------------------------------------------------------------


def test_zone_says_what_each_text_is() -> None:
    result = run("zone", "UTC+3", "-03:00", "MSK", "Europe/Moscow")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert [line.split() for line in [*lines[:3], lines[-1]]] == [
        ["text", "normalized", "id", "kind", "offset_seconds"],
        ["UTC+3", "+03:00", "UTC+03:00", "offset", "10800"],
        ["-03:00", "-03:00", "-03:00", "offset", "-10800"],
        ["Europe/Moscow", "Europe/Moscow", "Europe/Moscow", "region", "-"],
    ]
    assert lines[3:-1] == [
        "MSK",
        "  error zone-abbreviation: MSK is an abbreviation, not an ID; did you mean",
        '    "Europe/Moscow"? (write an offset or an IANA ID)',
    ]


def test_zone_repairs_when_asked_to() -> None:
    assert run("zone", "utc +3").exit_code == 1
    repaired = run("zone", "--repair", "utc +3", "--output-format", "json")
    assert repaired.exit_code == 0
    assert json.loads(repaired.stdout)[0]["normalized"] == "+03:00"


def test_a_region_may_be_in_small_letters() -> None:
    assert run("phone", "8 (495) 123-45-67", "--region", "ru").exit_code == 0
    text = '{"phone": "8 (495) 123-45-67"}'
    assert run("check", "-", "--region", "ru", text=text).exit_code == 0


def test_a_verdict_on_a_text_fits_the_terminal() -> None:
    phones = run("phone", "8 (495) 123-45-67 доб. 7; +79123456789", "+1 900 234 5678", "1" * 70)
    zones = run("zone", "MSK", "Europe/Moskau", "GMT+3 (Moscow standard time)")
    for shown in (phones, zones):
        assert max(map(len, shown.stdout.splitlines())) <= 80


def test_phone_says_what_each_text_is() -> None:
    result = run("phone", "8 (495) 123-45-67", "7.911E+10", "--region", "RU")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[:4] == [
        "8 (495) 123-45-67",
        "  number   +7 495 123-45-67   (digits for addPhones: 74951234567)",
        "  why      written for dialling inside RU: trunk prefix 8",
        "  RU, fixed line, valid; time zone Europe/Moscow",
    ]
    assert lines[4] == "7.911E+10"
    assert "phone-scientific" in lines[5]
    abroad = run("phone", "441212345678", "--region", "RU").stdout
    assert "why      not a number of RU, and a valid one abroad" in abroad
    assert "warning phone-abroad" in abroad or "phone-abroad" in abroad
    assert run("phone", "79110000000").exit_code == 0


def test_phone_reads_as_a_batch_does() -> None:
    national = ["phone", "8 (911) 000-00-00", "--output-format", "json"]
    refused = run(*national)
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)[0]["rule"] == "phone-national"
    assert json.loads(refused.stdout)[0]["suggestion"] == "+79110000000"
    read = run(*national, "--region", "RU")
    assert read.exit_code == 0
    assert json.loads(read.stdout)[0]["digits"] == "79110000000"
    ambiguous = ["phone", "9607712345", "--region", "RU", "--output-format", "json"]
    assert json.loads(run(*ambiguous).stdout)[0]["rule"] == "phone-ambiguous"
    settled = run(*ambiguous, "--prefer", "national")
    assert json.loads(settled.stdout)[0]["region"] == "RU"
    assert run("phone", "71234567890", "--level", "valid").exit_code == 1
    assert run("phone", "71234567890").exit_code == 0


@pytest.mark.parametrize("command", ["phone", "check"])
def test_an_unknown_region_is_bad_usage(command: str) -> None:
    result = run(command, "-", "--region", "Russia", text=CLEAN)
    assert result.exit_code == 2
    assert "region" in result.stderr


@pytest.mark.parametrize("command", ["zone", "phone"])
def test_texts_may_be_lines_of_standard_input(command: str) -> None:
    text = b"Z\r\n+3\n" if command == "zone" else b"79110000000\n79110000001\n"
    result = run(command, "-", "--output-format", "ndjson", text=text)
    assert result.exit_code == 0
    assert [json.loads(line)["rule"] for line in result.stdout.splitlines()] == [None, None]


@pytest.mark.parametrize("command", ["zone", "phone"])
def test_texts_may_hold_anything(command: str) -> None:
    odd = ["", "-", "--", "-x", "-3x", "\x1b[31m", "é" * 5_000, "\udc80"]
    for text in odd:
        arguments = [command, "--output-format", "ndjson", "--", text]
        result = run(*arguments, text=b"\xff\x00\n")
        assert result.exit_code == 1, text
        assert len(result.stdout.splitlines()) == 1
        assert run(command, "--", text, text=b"\xff\x00\n").exit_code == 1
    assert run(command, "-x").exit_code == 1
    assert run(command, "--x", "Z").exit_code == 2


# --- the whole command -------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [[], ["chek"], ["check"], ["prepare", "x"], ["zone"]])
def test_bad_usage_is_status_2(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_help_and_version() -> None:
    for command in ("check", "prepare", "zone", "phone", "rule"):
        assert run(command, "--help").exit_code == 0
    assert predial.__version__ in run("--version").stdout


def test_an_unforeseen_error_shows_nothing_of_the_list(
    jobs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Panic(BaseException):
        """A panic of the core, as Python sees it."""

    for error in (RuntimeError, Panic):

        def check(*_: object, error: type[BaseException] = error, **__: object) -> None:
            raise error("79110000000")

        monkeypatch.setattr(predial, "check", check)
        result = run("check", jobs)
        assert result.exit_code == 2
        assert result.stderr.count("\n") == 1
        assert error.__name__ in result.stderr
        assert "7911" not in result.output


def test_a_process_reads_standard_input() -> None:
    child = process("check", "-", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    out, err = child.communicate((CLEAN + REJECTED).encode())
    assert (child.returncode, err) == (1, b"")
    assert b"<stdin>:2: error phone-scientific" in out


def test_a_process_without_standard_streams_still_ends_as_documented() -> None:
    command = f"{sys.executable} -m predial check - <&-"
    answer = subprocess.run(["sh", "-c", command], capture_output=True)
    assert answer.returncode == 2
    assert answer.stderr == b"predial: <stdin>: there is no standard input\n"


@pytest.mark.parametrize("output_format", ["text", "json", "ndjson"])
def test_a_closed_pipe_ends_quietly(tmp_path: Path, output_format: str) -> None:
    file = tmp_path / "jobs.ndjson"
    file.write_text(REJECTED * 20_000, encoding="utf-8")
    child = process(
        "check", file, "--all", "--output-format", output_format, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stderr is not None
    assert child.stdout.read(10)
    child.stdout.close()
    assert child.stderr.read() == b""
    assert child.wait() == 141
    child.stderr.close()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_a_full_disk_is_told(jobs: Path) -> None:
    with open("/dev/full", "wb") as full:
        child = process("check", jobs, stdout=full)
        _, err = child.communicate()
    assert child.returncode == 2
    assert err == b"predial: <stdout>: No space left on device\n"


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_an_interrupted_prepare_leaves_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    child = process("prepare", "-", out, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin is not None
    child.stdin.write(CLEAN.encode() + REJECTED.encode() * 100_000)
    child.stdin.flush()
    while not (out / "bodies").exists():
        assert child.poll() is None
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate()
    assert (child.returncode, err) == (130, b"")
    assert not out.exists()
