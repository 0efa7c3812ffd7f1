"""Texts that other tools read wrongly, with the right answers: tests/data/phones.jsonl."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import predial

LINES = (Path(__file__).parent / "data" / "phones.jsonl").read_text("utf-8").splitlines()
CASES: list[dict[str, Any]] = [json.loads(line) for line in LINES]


def answer_to(case: dict[str, Any]) -> dict[str, Any]:
    """predial's answer: the number or the rule and the suggestion, and the warnings."""
    options = {"region": case["region"], "prefer": case.get("prefer")}
    report = predial.check([{"phone": case["text"]}], **options)
    warnings = {found.rule for found in report.diagnostics if found.severity == "warning"}
    column = predial.check_phones([case["text"]], **options)
    assert report.rejected == (column.normalized == [None])
    if report.rejected:
        with pytest.raises(predial.PhoneError) as caught:
            predial.normalize_phone(case["text"], **options)
        rule, suggestion = caught.value.rule, caught.value.suggestion
        assert column.rules == [rule] == list(report.counts)
        [found] = report.diagnostics
        assert (found.suggestion, found.rule) == (suggestion, rule)
        return {"rule": rule, "suggest": suggestion, "warnings": warnings}
    number = predial.normalize_phone(case["text"], **options, format="e164")
    assert column.normalized == [number[1:]]
    return {"number": number, "repaired": column.repaired[0], "warnings": warnings}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['text']} {case['region']}")
def test_the_case(case: dict[str, Any]) -> None:
    answer = answer_to(case)
    is_error = case["is"] in ("error", "ambiguous")
    if case["is"] == "warn or error":
        assert "rule" in answer or answer["warnings"]
        return
    assert ("rule" in answer) == is_error, answer
    if case["is"] == "ambiguous":
        assert answer["rule"] == "phone-ambiguous"
    if case["is"] == "repair":
        assert answer["repaired"]
    for key in ("rule", "number", "suggest"):
        if key in case:
            assert answer.get(key) == case[key]
    if "not" in case:
        assert case["not"] not in (answer.get("number"), answer.get("suggest"))
    if "warn" in case:
        assert case["warn"] in answer["warnings"]


def test_a_suggestion_means_the_same_number_everywhere() -> None:
    regions = [None, "RU", "DE", "US", "FR", "JP", "IN"]
    suggested = {case["suggest"] for case in CASES if case.get("suggest")}
    assert len(suggested) >= 10
    for suggestion in suggested:
        for region in regions:
            for prefer in (None, "national", "international"):
                found = predial.normalize_phone(suggestion, region, prefer=prefer, format="e164")
                assert found == suggestion
