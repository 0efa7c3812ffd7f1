"""The numbering plan's table, and its functions for tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

import plan_door
import plan_oracle as oracle
import plan_table
from predial import _core

TOOL = Path(__file__).parent.parent / "tools" / "build_plan.py"
REFUSED_PATTERNS = ["\\d*", "(?=1)2", "1+", "[^1]", "\\w", "1??", "(1", "1)", "1{2}{3}"]


@pytest.mark.slow
def test_the_table_is_what_the_pinned_package_gives(tmp_path: Path) -> None:
    built = tmp_path / "plan.bin"
    subprocess.run([sys.executable, TOOL, "--output", built], check=True, capture_output=True)
    assert built.read_bytes() == plan_table.TABLE.read_bytes()


def test_the_version_is_that_of_the_pinned_package() -> None:
    assert phonenumbers.__version__ == _core.PLAN_VERSION


def test_the_table_is_small() -> None:
    assert plan_table.TABLE.stat().st_size < 1_000_000


def test_no_two_states_have_the_same_future() -> None:
    """In an acyclic automaton, states that all differ make it minimal."""
    table = plan_table.load()
    assert len(set(table.rows)) == len(table.rows)
    assert len(set(table.tails)) == len(table.tails)
    assert len(set(table.prefix_rows)) == len(table.prefix_rows)


def test_every_state_is_reached_and_none_again() -> None:
    table = plan_table.load()
    starts = {start for start, place in table.openings if place}
    first, above, below = 0, starts | set(table.roots.values()), set[int]()
    while above:
        below |= above
        above = {to for at in above if at < len(table.rows) for to in table.rows[at][:10]}
        first += 1
        assert first <= 20, "the automaton has a cycle"
    assert below == set(range(len(table.rows) + len(table.tails)))


def test_a_country_calling_code_alone_is_too_short() -> None:
    codes = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
    assert plan_door.verdicts([str(code) for code in codes]) == [
        (code, None, None, "too_short", False) for code in codes
    ]


@pytest.mark.parametrize(
    ("digits", "international", "region", "expected"),
    [
        ("89123456789", False, "RU", (7, "9123456789")),
        ("81049302345678", False, "RU", (49, "302345678")),
        ("79123456789", False, "RU", (7, "9123456789")),
        ("0111523456789", False, "AR", (54, "91123456789")),
        ("01187654321", False, "AR", (54, "1187654321")),
        ("0151187654321", False, "BR", (55, "1187654321")),
        ("0236618300", False, "IT", (39, "0236618300")),
        ("390236618300", True, None, (39, "0236618300")),
        ("861234", False, "SM", (378, "0549861234")),
        ("0446681800", False, "MX", (52, "0446681800")),
        ("2345678", False, "BB", (1, "2462345678")),
        ("1800555", False, None, "invalid_country_code"),
        ("999123456789", True, "RU", "invalid_country_code"),
        ("1", False, "RU", "not_a_number"),
        ("81", True, "RU", "not_a_number"),
        ("0011", False, "DE", "too_short_after_idd"),
        ("2391", True, None, "too_short_nsn"),
        ("49" + "1" * 18, True, None, "too_long"),
    ],
)
def test_what_is_dialled(
    digits: str, international: bool, region: str | None, expected: oracle.Parsed
) -> None:
    dialled = (digits, international, region)
    assert plan_door.parse([dialled]) == [expected] == [oracle.parsed(dialled)]


@given(st.text(st.characters(codec="utf-8"), max_size=300), st.booleans(), st.text(max_size=4))
def test_no_text_makes_it_panic(text: str, international: bool, region: str) -> None:
    region = region.encode("utf-8", "replace").decode()
    assert len(plan_door.verdicts([text])) == 1
    assert len(plan_door.time_zones([text])) == 1
    assert len(plan_door.parse([(text, international, region), (text, False, "AR")])) == 2


@given(st.text("0123456789", max_size=300), st.sampled_from([*oracle.REGIONS, None, "001"]))
def test_digits_of_any_length(digits: str, region: str | None) -> None:
    for dialled in [(digits, False, region), (digits, True, region)]:
        # Beyond 250 characters the refusal is the text's, not the digits'.
        if len(digits) < 250:
            assert plan_door.parse([dialled]) == [oracle.parsed(dialled)]


@pytest.mark.parametrize("pattern", REFUSED_PATTERNS)
def test_the_tool_refuses_patterns_it_does_not_know(
    pattern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(TOOL.parent)
    from numbering.pattern import PatternError, Program

    with pytest.raises(PatternError):
        Program(pattern)
