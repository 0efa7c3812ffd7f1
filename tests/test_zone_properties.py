"""Properties of every gmtZone, and of every text."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import predial
import zone_reference as reference

relaxed = settings(deadline=None, max_examples=1000)
# Lone surrogates and NUL among them.
any_text = st.text(st.characters(exclude_categories=()), max_size=40)


@relaxed
@given(reference.offset_parts)
def test_offsets_are_accepted_and_mean_what_they_say(
    parts: tuple[str, str, tuple[int, int, int], str],
) -> None:
    prefix, sign, (hours, minutes, seconds), shape = parts
    text = reference.written(*parts)
    hours = hours % 10 if shape == "h" else hours
    minutes = minutes if "mm" in shape else 0
    seconds = seconds if "ss" in shape else 0
    total = (hours * 3600 + minutes * 60 + seconds) * (-1 if sign == "-" else 1)
    normalized = "Z" if total == 0 else f"{sign}{hours:02}:{minutes:02}"
    if seconds:
        normalized += f":{seconds:02}"

    zone = predial.parse_zone(text)
    assert predial.is_zone(text)
    assert zone.kind == "offset"
    assert zone.offset_seconds == total
    assert zone.normalized == normalized
    assert zone.id == (prefix if prefix and not total else prefix + normalized)
    offset = zone.tzinfo.utcoffset(None)
    assert offset is not None
    assert offset.total_seconds() == total


@pytest.mark.slow
@relaxed
@given(reference.grammatical)
def test_zones_round_trip(text: str) -> None:
    zone = predial.parse_zone(text)
    assert predial.parse_zone(zone.id) == zone
    assert predial.parse_zone(zone.id).id == zone.id
    again = predial.parse_zone(zone.normalized)
    assert again.normalized == zone.normalized == predial.normalize_zone(zone.normalized)
    assert again.offset_seconds == zone.offset_seconds


@relaxed
@given(reference.one_edit_away())
def test_one_edit_away_agrees_with_the_regular_expression(text: str) -> None:
    assert predial.is_zone(text) == reference.is_zone(text)


@pytest.mark.slow
@relaxed
@given(reference.grammatical)
def test_repair_changes_no_valid_zone(text: str) -> None:
    assert predial.parse_zone(text, repair=True) == predial.parse_zone(text)
    column = predial.check_zones([text])
    assert column.normalized == [predial.normalize_zone(text)]
    assert (column.rules, column.repaired) == ([None], [False])


def attempt(text: str, *, repair: bool) -> predial.Zone | predial.ZoneError:
    """The zone of a text, or the error that it gives."""
    try:
        return predial.parse_zone(text, repair=repair)
    except predial.ZoneError as error:
        return error


@relaxed
@given(st.one_of(any_text, reference.one_edit_away()), st.booleans())
@example("\ud800", False)
@example("+03:00\udfff", True)
@example("\ud83d\ude00", False)
@example("\x00", True)
def test_any_text_parses_or_gives_an_error_within_it(text: str, repair: bool) -> None:
    answer = attempt(text, repair=repair)
    if isinstance(answer, predial.Zone):
        assert predial.is_zone(answer.id)
        assert repair or predial.is_zone(text)
    else:
        assert answer.text == text
        assert answer.position is not None
        assert 0 <= answer.position <= len(text)
        assert answer.suggestion is None or predial.is_zone(answer.suggestion)


@pytest.mark.slow
@relaxed
@given(st.one_of(any_text, reference.one_edit_away()))
def test_a_strict_error_foretells_repair(text: str) -> None:
    strict, repaired = attempt(text, repair=False), attempt(text, repair=True)
    if isinstance(strict, predial.Zone):
        assert repaired == strict
    elif isinstance(repaired, predial.Zone):
        assert (strict.rule, strict.suggestion) == ("zone-format", repaired.normalized)
    else:
        assert vars(repaired) == vars(strict)


values = st.one_of(st.none(), st.integers(), st.booleans(), any_text, reference.one_edit_away())


@pytest.mark.slow
@relaxed
@given(st.lists(values))
def test_columns_answer_as_scalars_do(values: list[object]) -> None:
    column = predial.check_zones(values)
    assert len(column) == len(values)
    answers = zip(values, column.normalized, column.rules, column.repaired, strict=True)
    for value, *answer in answers:
        if isinstance(value, str):
            assert answer == expected(value)


def expected(text: str) -> list[object]:
    """What a column should answer for a text, by the functions for one zone."""
    zone = attempt(text, repair=True)
    if isinstance(zone, predial.ZoneError):
        return [None, zone.rule, False]
    if predial.is_zone(text):
        return [zone.normalized, None, False]
    return [zone.normalized, None, True]
