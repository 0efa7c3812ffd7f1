"""The table of rules, in Python, on the command line and in the docs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import predial
from predial.cli import commands

ROOT = Path(__file__).resolve().parent.parent
RULES = predial.rules()


def test_names_stand_once_and_are_kebab_case() -> None:
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names) > 30
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in names)


def test_a_rule_is_a_value() -> None:
    first, again = RULES[0], predial.rules()[0]
    assert first == again
    assert hash(first) == hash(again)
    assert first != RULES[1]
    assert repr(first) == f"predial.Rule({first.name!r})".replace("'", '"')
    with pytest.raises(AttributeError):
        first.name = "other"  # type: ignore[misc]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_text_says_something_and_fits_a_sentence(rule: predial.Rule) -> None:
    assert rule.severity in ("error", "warning", "repair")
    for clause in (rule.message, rule.remedy):
        assert clause
        assert not clause.endswith(".")
    assert rule.why.endswith(".")
    assert rule.before != rule.after


#: An international freephone number: it is in no zone, so that none is far from it.
NOWHERE = "80012345678"


def _job(fragment: str) -> bytes:
    """The fragment as a list: with a phone, if it shows only another field."""
    if fragment.startswith("["):
        return fragment.encode()
    if fragment.startswith('{"') and '"phone"' not in fragment.lower():
        return f'[{{"phone": "{NOWHERE}", {fragment[1:]}]'.encode()
    return f"[{fragment}]".encode()


#: Rules whose example is shortened, needs an option, or is not JSON.
TOLD_ELSEWHERE = {
    "phone-excluded",
    "phone-missing",
    "zone-empty",
    "job-syntax",
    "job-too-deep",
    "job-too-large",
    "job-unwritable",
    "job-duplicate",
    "record-country",
    "record-extra-cells",
    "record-other-run",
    "record-quotes",
    "record-encoding",
}
#: test_requests.py tests the rules of the short form.
TOLD_ELSEWHERE |= {rule.name for rule in RULES if rule.name.startswith(("url-", "short-form-"))}


#: The options by which the examples of a rule are read.
READ_BY: dict[str, dict[str, Any]] = {
    "phone-ambiguous": {"region": "RU"},
    "phone-abroad": {"region": "RU"},
    "phone-two-readings": {"region": "DE", "prefer": "national"},
    # Days without windows include the nights.
    "policy-days": {"night": "00:00-00:00"},
    "policy-days-empty": {"night": "00:00-00:00"},
    "policy-days-format": {"night": "00:00-00:00"},
    "policy-days-repeated": {"night": "00:00-00:00"},
    "policy-never-rings": {"night": "00:00-00:00"},
}


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.name not in TOLD_ELSEWHERE], ids=lambda rule: rule.name
)
def test_the_example_breaks_the_rule_and_mended_it_does_not(rule: predial.Rule) -> None:
    options = READ_BY.get(rule.name, {})
    before = predial.check(_job(rule.before), **options)
    assert rule.name in before.counts
    severities = {
        diagnostic.severity for diagnostic in before.diagnostics if diagnostic.rule == rule.name
    }
    assert severities == {rule.severity}
    after = predial.check(_job(rule.after), **options)
    assert rule.name not in after.counts
    assert (after.rejected, after.warned) == (0, 0)


def test_the_examples_told_elsewhere() -> None:
    rules = {rule.name: rule for rule in RULES}
    missing = rules["phone-missing"]
    assert predial.check(f"[{missing.before}]".encode()).counts == {"phone-missing": 1}
    assert predial.check(f"[{missing.after}]".encode()).clean == 1
    broken = rules["job-syntax"]
    report = predial.check(broken.before.encode(), input_format="ndjson")
    assert report.counts == {"job-syntax": 1}
    assert predial.check(broken.after.encode(), input_format="ndjson").clean == 1
    doubled = rules["job-duplicate"]
    excluded = rules["phone-excluded"]
    called = f"[{excluded.before}]".encode()
    assert predial.check(called, exclude=called).counts == {excluded.name: 1}
    assert predial.check(f"[{excluded.after}]".encode(), exclude=called).clean == 1
    report = predial.check(doubled.before.encode(), duplicates="job")
    assert report.counts == {"job-duplicate": 1}


def test_the_examples_of_records() -> None:
    rules = {rule.name: rule for rule in RULES}
    for name in ("record-extra-cells", "record-quotes"):
        rule = rules[name]
        assert predial.check(f"phone,city\n{rule.before}".encode()).counts == {name: 1}
        assert predial.check(f"phone,city\n{rule.after}".encode()).clean == 1
    rule = rules["record-country"]
    mapped = {"region": "country"}
    report = predial.check(f"phone,country\n{rule.before}".encode(), map=mapped)
    assert (report.clean, report.counts) == (1, {rule.name: 1})
    report = predial.check(f"phone,country\n{rule.after}".encode(), map=mapped)
    assert (report.clean, report.counts) == (1, {})
    rule = rules["record-encoding"]
    broken = f"phone,city\n{rule.before}".encode().replace(b"\\xE9", b"\xe9")
    assert predial.check(broken, encoding="utf-8").counts == {rule.name: 1}
    assert predial.check(f"phone,city\n{rule.after}".encode()).clean == 1


def test_the_command_lists_every_rule() -> None:
    result = CliRunner().invoke(commands, ["rule"])
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == [r.name for r in RULES]
    as_json = CliRunner().invoke(commands, ["rule", "--output-format", "json"])
    assert [rule["name"] for rule in json.loads(as_json.stdout)] == [r.name for r in RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_command_explains_one(rule: predial.Rule) -> None:
    result = CliRunner().invoke(commands, ["rule", rule.name])
    assert result.exit_code == 0
    for text in (rule.name, rule.severity, rule.remedy, rule.why, rule.before, rule.after):
        assert text in result.stdout
    assert rule.service_type is None or rule.service_type in result.stdout


def test_an_unknown_rule_is_told_with_its_neighbours() -> None:
    result = CliRunner().invoke(commands, ["rule", "zone-abreviation"])
    assert result.exit_code == 2
    assert "zone-abbreviation" in result.stderr
    assert result.stdout == ""


def test_the_page_has_them_all(tmp_path: Path) -> None:
    tool = [sys.executable, str(ROOT / "tools" / "rules_page.py")]
    assert subprocess.run([*tool, "--check"]).returncode == 0
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    other = tmp_path / "rules.md"
    other.write_text(page.replace("`phone-scientific`", "`phone-scientifically`"), "utf-8")
    assert subprocess.run([*tool, "--check", "--page", str(other)]).returncode == 1
    assert subprocess.run([*tool, "--page", str(other)]).returncode == 0
    assert other.read_text(encoding="utf-8") == page


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_page_has_an_anchor_and_a_section_for_each(rule: predial.Rule) -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert page.count(f"\n## {rule.name}\n") == 1
    assert page.count(f"(#{rule.name})") == 1
    [_, section] = page.split(f"\n## {rule.name}\n")
    section = section.split("\n## ")[0]
    for text in (rule.severity, rule.remedy, rule.why, rule.before, rule.after):
        assert text.replace("|", "\\|") in section.replace("|", "|")
