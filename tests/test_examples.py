"""The example list: it is the output of its generator, and has the expected verdicts."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import predial

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import make_examples  # noqa: E402

STANDINGS = {"error": "rejected", "repair": "repaired", "warning": "clean"}


@pytest.fixture(scope="module")
def rows() -> list[make_examples.Row]:
    return make_examples.rows()


def test_the_file_is_what_the_generator_makes() -> None:
    assert make_examples.FILE.read_text(encoding="utf-8") == make_examples.text()


def test_every_row_becomes_what_it_was_made_for(rows: list[make_examples.Row]) -> None:
    report = predial.check(make_examples.FILE)
    found: dict[int, list[predial.Diagnostic]] = {}
    for diagnostic in report.diagnostics:
        found.setdefault(diagnostic.row, []).append(diagnostic)
    for i, row in enumerate(rows):
        # Some of libphonenumber's examples count up from 1, as Poland's does.
        diagnostics = [
            diagnostic for diagnostic in found.get(i, []) if diagnostic.rule != "phone-placeholder"
        ]
        severities = [diagnostic.severity for diagnostic in diagnostics]
        worst = next((s for s in STANDINGS if s in severities), "warning")
        rules = {diagnostic.rule for diagnostic in diagnostics}
        assert (row.standing, row.rule) == (
            STANDINGS[worst],
            row.rule if row.rule in rules else ", ".join(rules) or None,
        ), (i, row.text)


def test_each_fault_of_a_policy_is_named_at_its_inner_field() -> None:
    report = predial.check(make_examples.FILE)
    places = {
        (diagnostic.rule, diagnostic.field)
        for diagnostic in report.diagnostics
        if "policy" in diagnostic.rule
    }
    assert places >= {
        ("policy-integer", "dialerPriority"),
        ("policy-date-format", "finishDateTime"),
        ("policy-days-format", "allowedDays[2]"),
        ("policy-time-format", "allowedTime.default[0].localTimeFrom"),
        ("policy-retry-interval", "retryIntervalInMinutes"),
        ("policy-date-offset", "startDateTime"),
        ("policy-days", "allowedDays[1]"),
        ("policy-days-repeated", "allowedDays[2]"),
        ("policy-time", "allowedTime.default[0].localTimeTo"),
        ("policy-windows", "allowedTime.weekend"),
        ("policy-windows-empty", "allowedTime.sun"),
        ("policy-window-incomplete", "allowedTime.default[0]"),
        ("policy-window-midnight", "allowedTime.fri[0]"),
        ("policy-window-overlap", "allowedTime.default[1]"),
        ("policy-external-check", "externalCheck"),
        ("policy-check-url", "externalCheck.externalCheckUrl"),
        ("policy-expired", "finishDateTime"),
        ("policy-never-rings", "allowedTime"),
        ("policy-closed-day", "allowedTime"),
        ("policy-deprecated", "localTimeFrom"),
        ("policy-night", "allowedTime"),
    }


def test_its_proportions_look_real(rows: list[make_examples.Row]) -> None:
    report = predial.check(make_examples.FILE)
    assert report.total == len(rows) == 1_000
    assert 800 <= report.clean <= 850
    assert 70 <= report.repaired <= 100
    assert 70 <= report.rejected <= 100
    assert 15 <= report.warned <= 30


def test_what_is_prepared_of_it_is_whole(rows: list[make_examples.Row], tmp_path: Path) -> None:
    report = predial.prepare(make_examples.FILE, tmp_path / "out", run="example", max_jobs=300)
    sent = report.clean + report.repaired
    assert [body.jobs for body in report.bodies] == [300, 300, 300, sent - 900]
    jobs = [job for body in report.bodies for job in json.loads(Path(body).read_bytes())]
    phones = [str(job["phone"]) for job in jobs]
    assert len(set(phones)) == len(phones) == sent
    assert all(phone.isascii() and phone.isdigit() for phone in phones)
    rejects = (tmp_path / "out" / "rejects.ndjson").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["row"] for line in rejects] == [
        i for i, row in enumerate(rows) if row.standing == "rejected"
    ]
