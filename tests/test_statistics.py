"""Where the jobs of a list are that can be sent: `statistics=True` and `--statistics`."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import predial
from predial.testing import batches

NOW = datetime.fromisoformat("2026-03-02T09:30Z")
JOBS: list[dict[str, Any]] = [
    {"phone": "79123456789", "gmtZone": "+03:00"},
    {"phone": "+7 (912) 345-67-80", "gmtZone": "utc +3"},
    {"phone": "74951234567"},
    {"phone": "4930123456", "gmtZone": "Europe/Berlin"},
    {"phone": "12015550123", "gmtZone": "America/New_York"},
    {"phone": "7.912E+10", "gmtZone": "+03:00"},
    {"phone": "79123456789", "gmtZone": "+05:00"},
]


def counted(jobs: Any, **options: Any) -> Any:
    return predial.check(jobs, now=NOW, statistics=True, **options).statistics


def test_zones_are_those_that_are_sent() -> None:
    jobs = [{"phone": "79123456789", "gmtZone": "МСК"}, {"phone": "79123456780", "gmtZone": "MSK"}]
    zones = counted(jobs, zones={"МСК": "Europe/Moscow"})["zones"]
    assert zones == {"Europe/Moscow": 1}
    sent = list(predial.judge(jobs, repair="suggested"))
    assert [row.zone for row in sent] == ["Europe/Moscow", "Europe/Moscow"]
    assert counted(jobs, repair="suggested")["zones"] == {"Europe/Moscow": 2}


def test_jobs_that_can_be_sent_are_counted() -> None:
    found = counted(JOBS)
    assert found["countries"] == {"RU": 3, "DE": 1, "US": 1}
    assert found["types"] == {"fixed_line": 2, "mobile": 2, "fixed_line_or_mobile": 1}
    assert found["zones"] == {
        "+03:00": 2,
        "America/New_York": 1,
        "Europe/Berlin": 1,
        "unknown": 1,
    }
    hours = {hour: jobs for hour, jobs in enumerate(found["local_hours"]) if jobs}
    assert hours == {4: 1, 10: 1, 12: 3}  # Moscow's number is in one zone


def test_the_most_come_first() -> None:
    assert list(counted(JOBS)["countries"]) == ["RU", "DE", "US"]


def test_nothing_is_counted_unless_asked() -> None:
    assert predial.check(JOBS).statistics is None
    assert counted([]) == {
        "countries": {},
        "types": {},
        "zones": {},
        "local_hours": [0] * 24,
    }


def slowly(jobs: list[dict[str, Any]]) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """The same in plain Python, from the rows of `judge`."""
    countries, types, zones = Counter[str](), Counter[str](), Counter[str]()
    for row in predial.judge(jobs, now=NOW):
        if row.standing == "rejected":
            continue
        assert row.job is not None
        sent = json.loads(row.job)
        number = phonenumbers.parse(f"+{sent['phone']}")
        region = phonenumbers.region_code_for_number(number)
        kind = phonenumbers.number_type(number)
        name = phonenumbers.PhoneNumberType.to_string(kind).lower()
        countries[region or "unknown"] += 1
        types[name] += 1
        zone = sent.get("gmtZone")
        zones[predial.normalize_zone(zone) if zone else "unknown"] += 1
    return countries, types, zones


@settings(max_examples=60)
@given(jobs=st.one_of(batches(), batches(faulty=True)), threads=st.integers(1, 3))
def test_the_counts_are_those_of_plain_python(jobs: list[dict[str, Any]], threads: int) -> None:
    found = counted(jobs, threads=threads)
    countries, types, zones = slowly(jobs)
    assert found["countries"] == dict(countries)
    assert found["types"] == dict(types)
    assert found["zones"] == dict(zones)


def test_the_local_hour_is_that_of_the_zone() -> None:
    zones = ["Asia/Kolkata", "America/St_Johns", "Pacific/Kiritimati", "UTC"]
    jobs = [{"phone": f"7912345678{number}", "gmtZone": zone} for number, zone in enumerate(zones)]
    hours = Counter(NOW.astimezone(ZoneInfo(zone)).hour for zone in zones)
    assert counted(jobs)["local_hours"] == [hours[hour] for hour in range(24)]


@pytest.mark.parametrize("more", [0, 5000])
def test_all_ways_through_count_alike(more: int, tmp_path: Path) -> None:
    jobs = [*JOBS, *({"phone": str(79120000000 + number)} for number in range(more))]
    wanted = counted(jobs)
    lines = "\n".join(map(json.dumps, jobs)).encode()
    assert counted(lines, threads=3) == wanted
    assert counted(json.dumps(jobs).encode()) == wanted
    table = "phone;gmtZone\n" + "".join(
        f"{job['phone']};{job.get('gmtZone', '')}\n" for job in jobs
    )
    assert counted(table.encode()) == wanted
    columns = {name: [job.get(name) for job in jobs] for name in ("phone", "gmtZone")}
    report = predial.check_table(pa.table(columns), now=NOW, statistics=True).report
    assert report.statistics == wanted
    report = predial.prepare(jobs, tmp_path / "out", now=NOW, statistics=True)
    assert report.statistics == wanted
    assert predial.forecast(jobs, now=NOW, statistics=True).report.statistics == wanted


def test_they_can_be_pickled_with_their_report() -> None:
    report = predial.check(JOBS, now=NOW, statistics=True)
    assert pickle.loads(pickle.dumps(report)) == report
    assert report != predial.check(JOBS, now=NOW + timedelta(hours=1), statistics=True)


class TestCommand:
    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "predial", *arguments, "--now", "2026-03-02T09:30Z"]
        return subprocess.run(
            command, input=json.dumps(JOBS), capture_output=True, text=True, check=False
        )

    def test_tables_for_people(self) -> None:
        done = self.run("check", "-", "--statistics")
        for title in ("Country", "Kind of number", "Time zone", "Hour of the day"):
            assert f"\n{title}" in done.stdout
        assert "  RU  3\n" in done.stdout
        assert "  12:00  3\n" in done.stdout
        assert max(map(len, done.stdout.splitlines())) <= 80

    @pytest.mark.parametrize("command", ["check", "prepare"])
    def test_when_they_may_ring(self, command: str, tmp_path: Path) -> None:
        out = [str(tmp_path / "out")] if command == "prepare" else []
        done = self.run(command, "-", *out, "--statistics")
        table = done.stdout.partition("Jobs that may ring in an hour of UTC")[2]
        rows = [line.split() for line in table.splitlines()[1:] if line.strip()]
        assert rows[0] == [f"{hour:02}:00" for hour in range(0, 24, 3)]
        most: dict[tuple[str, int], int] = {}
        for hour, jobs in predial.forecast(JOBS, now=NOW).hours:
            key = f"{hour:%Y-%m-%d}", hour.hour // 3
            most[key] = max(jobs, most.get(key, 0))
        days = sorted({day for day, _ in most})
        for row, day in zip(rows[1:], days, strict=False):
            assert row == [day, *(str(most[day, step]) for step in range(8) if (day, step) in most)]
        assert len(rows) > len(days)

    def test_json(self) -> None:
        done = self.run("check", "-", "--statistics", "--output-format", "json")
        assert json.loads(done.stdout)["statistics"] == counted(JOBS)
        assert "statistics" not in json.loads(
            self.run("check", "-", "--output-format", "json").stdout
        )

    @pytest.mark.parametrize("suffix", ["html", "json"])
    def test_the_preview_has_them(self, suffix: str, tmp_path: Path) -> None:
        file = tmp_path / f"preview.{suffix}"
        out = tmp_path / "out"
        done = self.run("prepare", "-", str(out), "--report", str(file))
        assert done.returncode == 1, done.stderr
        assert "Country" not in done.stdout
        text = file.read_text("utf-8")
        assert ("Countries" if suffix == "html" else '"countries"') in text
        assert file.stat().st_mode & 0o077 == 0
        checked = self.run("check", "-", "--report", str(file))
        assert checked.returncode == 1
        if suffix == "json":
            # The same hours, whether from the list or from the bodies that were written.
            assert json.loads(text)["hours"] == json.loads(file.read_text("utf-8"))["hours"]
        again = [sys.executable, "-m", "predial", "report", str(out), "-o", str(file)]
        assert subprocess.run(again, check=False).returncode == 0
        assert file.read_text("utf-8") != text

    def test_one_preview_is_of_one_list(self, tmp_path: Path) -> None:
        done = self.run("check", "-", "-", "--report", str(tmp_path / "x.html"))
        assert done.returncode == 2
        assert "--report takes one FILE" in done.stderr
