"""How a list, an option or an output that is not taken is refused, and in which words."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import predial
from predial.cli import commands

SOMEBODY_ELSE = "name,manager phone\n" + "".join(f"a,+7911000000{i}\n" for i in range(6))
TWO_PHONES = "a,b\n+79110000001,+79110000002\n+79110000003,+79110000004\n"


def run(folder: Path, *arguments: str, text: str = "") -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return CliRunner().invoke(commands, [*arguments], input=text)


@pytest.mark.parametrize("command", ["check", "forecast"])
def test_a_list_without_a_sure_phone_is_refused_in_lines_that_fit(
    command: str, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text(SOMEBODY_ELSE)
    refused = run(tmp_path, command, "a.csv")
    assert (refused.exit_code, refused.stdout) == (2, "")
    lines = refused.stderr.splitlines()
    assert lines[0].startswith("predial: a.csv: no column is surely the phone")
    assert "\\n" not in refused.stderr
    assert max(map(len, lines)) <= 80
    [option] = [line for line in lines if "--map" in line]
    assert option.startswith('  --map phone="manager phone": column 2')


def test_the_formats_for_ci_keep_the_lines_of_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(SOMEBODY_ELSE)
    [shown] = json.loads(run(tmp_path, "check", "a.csv", "--output-format", "sarif").stdout)["runs"]
    [notification] = shown["invocations"][0]["toolExecutionNotifications"]
    assert "\n  --map phone=" in notification["message"]["text"]
    assert "%0A  --map" in run(tmp_path, "check", "a.csv", "--output-format", "github").stdout


def test_a_refusal_counts_one_cell_as_one() -> None:
    with pytest.raises(predial.ListError, match=r"1 of 1 cell looks like a phone, 0 are valid"):
        predial.check(b"Contact,Name\n(11) 96123-4567,Ana\n")
    with pytest.raises(predial.ListError, match=r"2 of 2 cells look like phones, 2 are valid"):
        predial.check(TWO_PHONES.encode())


@pytest.mark.parametrize("form", ["text", "github", "json"])
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.vcf", b"BEGIN:VCARD\r\nVERSION:3.0\r\nEND:VCARD\r\n", "a vCard file of contacts"),
        ("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(64), "a PNG picture"),
        ("a.xlsx", b"PK\x03\x04" + bytes(range(256)) * 4, "its end is missing"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024), "the XLS workbook is damaged"),
    ],
)
def test_a_file_of_which_nothing_was_read_has_no_report(
    name: str, content: bytes, said: str, form: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    refused = run(tmp_path, "check", name, "--output-format", form, "--statistics")
    assert refused.exit_code == 2
    assert refused.stderr.startswith(f"predial: {name}: ")
    assert said in refused.stderr
    assert "EOCD" not in refused.stderr
    assert "CFB" not in refused.stderr
    if form == "text":
        assert refused.stdout == ""
    elif form == "github":
        assert refused.stdout.startswith("::error ")
        assert "no rows" not in refused.stdout
    else:
        assert said in json.loads(refused.stdout)["error"]["message"]


@pytest.mark.parametrize(
    ("excluded", "said"),
    [
        ("a;b\n1;2\n", "no column of that list holds phones"),
        ("a,b\n+79110000001,Anna\nBoris,+79110000002\n", '("a", "b" may each be)'),
        (SOMEBODY_ELSE, '("manager phone" may be)'),
    ],
)
def test_a_refused_list_of_excluded_phones_is_named_and_not_the_main_list(
    excluded: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "main.csv").write_text("phone\n+79110000001\n")
    (tmp_path / "dnc.csv").write_text(excluded)
    refused = run(tmp_path, "check", "main.csv", "--exclude", "dnc.csv")
    assert refused.exit_code == 2
    assert "Error: --exclude names dnc.csv: " in refused.stderr
    assert said in " ".join(refused.stderr.split())
    assert "main.csv" not in refused.stderr
    assert "--map" not in refused.stderr
    with pytest.raises(ValueError, match=r"exclude names dnc\.csv: ") as caught:
        predial.check(tmp_path / "main.csv", exclude=tmp_path / "dnc.csv")
    assert not isinstance(caught.value, predial.ListError)


def test_a_field_without_a_column_is_refused() -> None:
    mapped: Any
    for mapped in ([], ()):
        with pytest.raises(ValueError, match="map must be a column, or several"):
            predial.check(b"phone\n79110000001\n", map={"phone": mapped})
    text = "phone\n79110000001\n"
    refused = CliRunner().invoke(commands, ["check", "-", "--map", "phone="], input=text)
    assert refused.exit_code == 2
    assert "--map must be a column" in refused.stderr


def test_a_header_row_without_a_header_is_refused() -> None:
    with pytest.raises(ValueError, match="header_row and header=False contradict each other"):
        predial.check(b"phone\n79110000001\n", header=False, header_row=1)
    arguments = ["check", "-", "--no-header", "--header-row", "1"]
    refused = CliRunner().invoke(commands, arguments, input="phone\n79110000001\n")
    assert refused.exit_code == 2
    assert "--header-row and --no-header contradict each other" in refused.stderr


def test_a_zone_that_is_none_is_refused_by_the_option_that_gave_it() -> None:
    arguments = ["check", "-", "--zone", "МСК=Moskau"]
    refused = CliRunner().invoke(commands, arguments, input="phone\n79110000001\n")
    assert refused.exit_code == 2
    assert "--zone names" in refused.stderr


@pytest.mark.parametrize(
    ("jobs", "said"),
    [
        (['{"phone": "+79110000001"}'], "The job can be sent. It was corrected."),
        (
            ['{"phone": "+79110000001"}', "{}"],
            "1 of 2 jobs can be sent (50.0 %). It was corrected.",
        ),
        (
            ['{"phone": "+79110000001"}', '{"phone": "79110000002"}'],
            "All 2 jobs can be sent. 1 of them was corrected.",
        ),
    ],
)
def test_one_corrected_job_is_not_one_of_them(jobs: list[str], said: str, tmp_path: Path) -> None:
    shown = run(tmp_path, "check", "-", text="\n".join(jobs))
    assert said in " ".join(shown.stdout.split())


def test_a_file_about_the_lists_in_an_archive_is_not_one_of_them(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    texts = {"docs/README.txt": "Exported by X\n", "a.csv": "phone\n79110000001\n"}
    with zipfile.ZipFile(archive, "w") as file:
        for name, text in texts.items():
            file.writestr(name, text)
    report = predial.check(archive)
    assert (report.clean, report.input["sheet"]) == (1, "a.csv")
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr("b.csv", "phone\n79110000002\n")
    with pytest.raises(predial.SourceError, match=r"2 files that may be the list \(a.csv, b.csv\)"):
        predial.check(archive)


def test_bytes_that_are_not_a_text_are_a_binary_file() -> None:
    with pytest.raises(predial.SourceError, match="the source is a binary file"):
        predial.check(bytes(range(256)) * 20)
