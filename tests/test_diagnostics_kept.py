"""What a report counts does not depend on how many diagnostics it keeps."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import predial

PHONES = (
    *("79123456789", 79123456789, "+7 (912) 345-67-89", "8 (912) 345-67-89", "84951234567"),
    *("7.911E+10", "79123456789 доб. 12", "+79123456789, +49 30 123456", "7912345OO89", "нет", ""),
    *("791234", "+999123456789", "1-800-FLOWERS", "72123456789", "+44 9012345678", None, True),
    *(-79123456789, 79123456789.5, '="79123456789"', "960771230", "\ud800", "112"),
)
ZONES: tuple[Any, ...] = (
    "+03:00",
    "utc+3",
    "MSK",
    "Europe/Moskow",
    "-08:00",
    "+19:00",
    " ",
    3,
    99,
    None,
    [],
    "\ud800",
)
POLICIES: tuple[dict[str, Any], ...] = (
    {},
    {"maxAttempts": 3},
    {"maxAttempts": "3", "dialerPriority": 0},
    {"allowedDays": ["mon", "Tue", "funday"]},
    {"localTimeFrom": "10:00", "localTimeTo": "9:00"},
    {"localTimeFrom": "10:00", "localTimeTo": "18:00"},
    {
        "allowedTime": {
            "default": [{"localTimeFrom": "22:00:00", "localTimeTo": "23:30:00", "x": 1}]
        }
    },
    {"startDateTime": "2027-03-02T09:00:00", "finishDateTime": "2027-03-01T09:00:00+03:00"},
)
OTHERS: tuple[dict[str, Any], ...] = (
    {},
    {"payload": {"name": "Anna"}},
    {"payload": []},
    {"Phone": "79123456789"},
    {"comment": 1, "maxAtempts": 2},
)


@st.composite
def rows(draw: st.DrawFn) -> str:
    """One row of a list: mostly a job, of every kind that is found something at."""
    if draw(st.integers(0, 9)) == 0:
        return draw(
            st.sampled_from(['{"phone": 7', "[]", "null", "{}", '{"phone": 1, "phone": 2}'])
        )
    job: dict[str, Any] = {}
    if draw(st.integers(0, 9)):
        job["phone"] = draw(st.sampled_from(PHONES))
    if draw(st.booleans()):
        job["gmtZone"] = draw(st.sampled_from(ZONES))
    job |= draw(st.sampled_from(POLICIES)) | draw(st.sampled_from(OTHERS))
    return json.dumps(job)


OPTIONS = st.fixed_dictionaries(
    {
        "region": st.sampled_from([None, "RU", "US"]),
        "repair": st.sampled_from([True, False, "suggested"]),
        "canonical": st.booleans(),
        "level": st.sampled_from(["e164", "possible", "valid"]),
        "duplicates": st.sampled_from(["phone", "job", "allow"]),
        "severity": st.sampled_from([{}, {"phone-costly": "error", "job-unknown-field": "ignore"}]),
    }
)


def counted(report: predial.Report) -> tuple[Any, ...]:
    """All of a report but its diagnostics."""
    sums = (report.total, report.clean, report.repaired, report.rejected, report.warned)
    return (
        *sums,
        report.counts,
        report.alone,
        report.verdict,
        [(hint.option, hint.rows) for hint in report.hints],
    )


GRAVITY = ("error", "suggested", "warning", "repair")


def chosen(every: list[predial.Diagnostic], most: int) -> list[predial.Diagnostic]:
    """The gravest diagnostics, each severity from the first row on, in their order."""
    gravest = sorted(range(len(every)), key=lambda at: (GRAVITY.index(every[at].severity), at))
    return [every[at] for at in sorted(gravest[:most])]


def alone(every: list[predial.Diagnostic]) -> Counter[str]:
    """How many rows each rule alone keeps back."""
    errors: dict[int, set[str]] = {}
    for found in every:
        if found.severity == "error":
            errors.setdefault(found.row, set()).add(found.rule)
    return Counter(rule for rules in errors.values() if len(rules) == 1 for rule in rules)


@given(st.lists(rows(), max_size=20), OPTIONS)
def test_counts_are_the_same_however_many_diagnostics_are_kept(
    lines: list[str], options: dict[str, Any]
) -> None:
    data = "\n".join(lines).encode()
    none, few, every = (
        predial.check(data, input_format="ndjson", max_diagnostics=most, **options)
        for most in (0, 3, 10**7)
    )
    assert counted(none) == counted(few) == counted(every)
    assert list(none.diagnostics) == []
    assert list(few.diagnostics) == chosen(every.diagnostics, 3)
    for report in (none, few, every):
        kept = Counter(found.severity for found in report.diagnostics)
        found = Counter(found.severity for found in every.diagnostics)
        assert report.left_out == found - kept
    assert every.alone == alone(every.diagnostics)
    # The words are about what was counted.
    rules = [diagnostic.rule for diagnostic in every.diagnostics]
    assert {rule: rules.count(rule) for rule in rules} == dict(every.counts)
    rejected = {found.row for found in every.diagnostics if found.severity == "error"}
    assert len(rejected) == every.rejected


def test_an_error_after_many_warnings_is_kept() -> None:
    phones = ["+7 912 345-67-89"] * 50 + ["+19002345678"] * 50 + ["7.911E+10"]
    data = "\n".join(["phone", *phones]).encode()
    report = predial.check(data, max_diagnostics=2, duplicates="allow")
    assert [(found.row, found.severity) for found in report.diagnostics] == [
        (50, "warning"),
        (100, "error"),
    ]
    assert report.left_out == {"warning": 49, "repair": 100}
    assert (report.left_out["error"], report.alone["phone-missing"]) == (0, 0)
    assert report.alone == {"phone-scientific": 1}
    assert report.verdict == "100 of 101 jobs can be sent (99.0 %); 1 is rejected"


def test_sums_are_the_same_on_any_number_of_threads() -> None:
    draw = random.Random(7)
    phones = [draw.choice(["79123456789", "7.9E+10", "+7 912 345-67-89", ""]) for _ in range(9_000)]
    data = "".join(
        json.dumps({"phone": p, "gmtZone": draw.choice(["MSK", "Z"])}) + "\n" for p in phones
    )
    one, many = (predial.check(data.encode(), threads=n, max_diagnostics=99) for n in (1, 4))
    assert one == many
    assert sum(one.alone.values()) < one.rejected
