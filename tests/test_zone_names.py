"""`zones`: what texts of a list mean as zones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import predial
from predial.cli import commands

NAMED = {"МСК": "Europe/Moscow", "EST": "America/New_York", "база=1": "+05:00", "3": "+03:00"}
LIST = "phone;Часовой пояс\n" + "".join(
    f"7912345{n:04};{zone}\n" for n, zone in enumerate(["МСК", " МСК ", "EST", "+03:00", "MSK"])
)


def run(*arguments: str | Path) -> Any:
    return CliRunner().invoke(commands, [str(argument) for argument in arguments])


def zones_of(out: Path) -> list[Any]:
    return [job.get("gmtZone") for job in json.loads((out / "bodies/000001.json").read_bytes())]


def test_a_text_means_what_the_owner_of_the_list_says(tmp_path: Path) -> None:
    report = predial.prepare(LIST.encode(), tmp_path, zones=NAMED)
    assert zones_of(tmp_path) == ["Europe/Moscow", "Europe/Moscow", "America/New_York", "+03:00"]
    assert (report.clean, report.repaired, report.rejected) == (1, 3, 1)
    assert report.counts["zone-format"] == 3
    [first, *_] = [found for found in report.diagnostics if found.rule == "zone-format"]
    assert first.message == (
        'the text means another zone in this list; rewritten as "Europe/Moscow"'
    )
    options = json.loads((tmp_path / "manifest.json").read_bytes())["options"]
    assert options["zones"] == NAMED
    # A repair like any other.
    assert predial.check(LIST.encode(), zones=NAMED, repair=False).rejected == 4


def test_case_does_not_count_unless_it_tells_two_apart() -> None:
    def sent(text: str, zones: dict[str, str]) -> str | None:
        return predial.check_job({"phone": "79123456789", "gmtZone": text}, zones=zones).zone

    assert sent("мск", {"МСК": "Europe/Moscow"}) == "Europe/Moscow"
    assert sent("МСК", {"мск": "Europe/Samara"}) == "Europe/Samara"
    two = {"Base": "+05:00", "BASE": "+06:00"}
    assert (sent("Base", two), sent("BASE", two), sent("base", two)) == ("+05:00", "+06:00", None)


def test_a_text_that_no_row_has_is_noted(tmp_path: Path) -> None:
    zones = {"МСК": "Europe/Moscow", "ЕКБ": "Asia/Yekaterinburg"}
    job = {"phone": "79123456789", "gmtZone": "мск"}
    note = 'zones names "ЕКБ", but no gmtZone of the list is this text'
    assert predial.check([job], zones=zones).notes == [note]
    assert predial.prepare([job], tmp_path / "out", zones=zones).notes == [note]
    assert not predial.check([job], zones={"МСК": "Europe/Moscow"}).notes
    assert not predial.check([], zones=zones).notes
    file = tmp_path / "jobs.json"
    file.write_text(json.dumps([job]))
    shown = run("check", "--zone", "ЕКБ=Asia/Yekaterinburg", file).output
    assert '--zone names "ЕКБ"' in " ".join(shown.split())


def test_a_column_of_such_texts_is_one_of_zones() -> None:
    data = "phone;Часовой пояс\n79123456789;база=1\n79123456780;база=1\n".encode()
    uses = [
        [column.field for column in predial.check(data, zones=zones).mapping or []]
        for zones in (None, NAMED)
    ]
    assert uses == [["phone", None], ["phone", "gmtZone"]]


def test_every_door_takes_them() -> None:
    job = {"phone": "79123456789", "gmtZone": "МСК"}
    assert predial.check([job], zones=NAMED).repaired == 1
    assert predial.check_job(job, zones=NAMED).zone == "Europe/Moscow"
    assert [row.zone for row in predial.judge([job], zones=NAMED)] == ["Europe/Moscow"]
    assert [body.jobs for body in predial.bodies([job], zones=NAMED)] == [1]
    table = pa.table(predial.check_table(pa.table({k: [v] for k, v in job.items()}), zones=NAMED))
    assert table.column("gmtZone").to_pylist() == ["Europe/Moscow"]
    est = pa.table({"phone": ["79123456789", "79123456780"], "gmtZone": ["EST", "UTC+5"]})
    table = pa.table(predial.check_table(est, zones=NAMED))
    assert table.column("gmtZone").to_pylist() == ["America/New_York", "+05:00"]
    assert predial.check([{"phone": "79123456789"}], set={"gmtZone": "МСК"}, zones=NAMED).clean == 1


@given(
    st.dictionaries(
        # A text of marks alone is blank, whoever names it.
        st.text(max_size=40).map(lambda text: f"Ж{text}".strip()),
        st.sampled_from(["+03:00", "Europe/Moscow", "UTC+5", "Z"]),
        max_size=5,
    ),
    st.lists(st.text(max_size=40) | st.sampled_from(["MSK", "UTC+5", "+03:00"]), max_size=8),
)
def test_texts_that_are_not_named_mean_what_they_meant(
    named: dict[str, str], texts: list[str]
) -> None:
    for text in [*texts, *named]:
        job = {"phone": "79123456789", "gmtZone": text}
        try:
            job_text = json.dumps(job).encode("utf-8")
        except UnicodeEncodeError:
            continue
        row = predial.check_job(job, zones=named)
        if text.strip() in named:
            assert row.zone == predial.normalize_zone(named[text.strip()]), job_text
        else:
            assert row.zone == predial.check_job(job).zone


@pytest.mark.parametrize("zone", ["MSK", "Europe/Moskva", "", "+3:00"])
def test_a_zone_that_is_none_is_refused_before_the_first_row(zone: str) -> None:
    with pytest.raises(ValueError, match=r"zones names .*, which is not a gmtZone"):
        predial.check([], zones={"x": zone})


def test_on_the_command_line(tmp_path: Path) -> None:
    listed, file = tmp_path / "list.csv", tmp_path / "zones.txt"
    listed.write_text(LIST)
    file.write_text("# of the branch\n\nМСК = Asia/Omsk\nбаза=1=+05:00\nEST=America/New_York\n")
    result = run(
        "prepare", listed, tmp_path / "out", "--zones", file, "--zone", "МСК=Europe/Moscow"
    )
    assert result.exit_code == 1
    assert zones_of(tmp_path / "out")[:3] == ["Europe/Moscow", "Europe/Moscow", "America/New_York"]
    options = json.loads((tmp_path / "out/manifest.json").read_bytes())["options"]
    assert options["zones"]["база=1"] == "+05:00"
    for wrong, said in (
        (["--zone", "x"], "not a text and its zone"),
        (["--zone", "x=MSK"], "--zone names"),
        (["--zones", tmp_path / "none"], "does not exist"),
    ):
        refused = run("check", listed, *wrong)
        assert (refused.exit_code, said in " ".join(refused.stderr.split())) == (2, True)
    file.write_text("МСК\n")
    assert "line 1 of" in run("check", listed, "--zones", file).stderr


def test_in_a_file_of_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("list.csv").write_text("phone;tz\n79123456789;МСК\n")
    Path("predial.toml").write_text('[zone]\n"МСК" = "Europe/Moscow"\n')
    assert run("check", "list.csv").exit_code == 0
