"""gmtZones by example: both forms, repair, what is never guessed, columns, hostile input."""

from __future__ import annotations

import copy
import os
import pickle
import random
import shutil
import subprocess
import sys
import zipfile
from array import array
from collections import UserList, deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import tzdata

import predial


@pytest.mark.parametrize(
    ("text", "zone_id", "normalized", "kind", "seconds"),
    [
        ("Z", "Z", "Z", "offset", 0),
        ("+3", "+03:00", "+03:00", "offset", 10_800),
        ("-00:00", "Z", "Z", "offset", 0),
        ("UTC", "UTC", "Z", "offset", 0),
        ("GMT", "GMT", "Z", "offset", 0),
        ("UT", "UT", "Z", "offset", 0),
        ("UTC+3", "UTC+03:00", "+03:00", "offset", 10_800),
        ("UTC-0", "UTC", "Z", "offset", 0),
        ("GMT+0", "GMT", "Z", "offset", 0),
        ("GMT0", "GMT0", "Z", "region", 0),
        ("-033030", "-03:30:30", "-03:30:30", "offset", -12_630),
        ("Etc/GMT+3", "Etc/GMT+3", "-03:00", "region", -10_800),
        ("Zulu", "Zulu", "Z", "region", 0),
        ("Europe/Moscow", "Europe/Moscow", "Europe/Moscow", "region", None),
        ("Europe/Kiev", "Europe/Kiev", "Europe/Kiev", "region", None),
        ("EST", "EST", "EST", "region", None),
    ],
)
def test_forms(text: str, zone_id: str, normalized: str, kind: str, seconds: int | None) -> None:
    zone = predial.parse_zone(text)
    assert (zone.id, zone.normalized) == (zone_id, normalized)
    assert (zone.kind, zone.offset_seconds) == (kind, seconds)
    assert predial.is_zone(text)
    assert predial.normalize_zone(text) == normalized


@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        # Case, spaces, dashes, full-width forms.
        ("z", "Z"),
        ("utc", "Z"),
        ("utc-0", "Z"),
        ("utc+3", "+03:00"),
        ("Gmt0", "Z"),
        (" +03:00\t", "+03:00"),
        ("\u00a0+03:00\ufeff", "+03:00"),
        ("\u221203:00", "-03:00"),
        ("UTC\u20133", "-03:00"),
        ("\uff0b\uff10\uff13\uff1a\uff10\uff10", "+03:00"),
        (" Europe/Moscow ", "Europe/Moscow"),
        ("europe/moscow", "Europe/Moscow"),
        ("america/new york", "America/New_York"),
        ("AMERICA/PORT\u2010AU\u2010PRINCE", "America/Port-au-Prince"),
        ("zulu", "Z"),
        ("etc/gmt+3", "-03:00"),
        ("est", "EST"),
        # Spaces around the sign; a plus that a form decoder turned into a space.
        ("utc +3", "+03:00"),
        ("UTC + 3", "+03:00"),
        ("UTC - 3", "-03:00"),
        ("GMT 3", "+03:00"),
        ("UTC 03:30", "+03:30"),
        ("UTC  5.5", "+05:30"),
        (" 0300", "+03:00"),
        # One-digit hours, decimal hours.
        ("+3:00", "+03:00"),
        ("-3:30", "-03:30"),
        ("UTC+3:00", "+03:00"),
        ("+3:00:00", "+03:00"),
        ("+3.5", "+03:30"),
        ("+5,5", "+05:30"),
        ("-3.5", "-03:30"),
        ("+5.75", "+05:45"),
        ("+03.00", "+03:00"),
        # Hours without a sign.
        ("3", "+03:00"),
        ("0", "Z"),
        ("3.0", "+03:00"),
        ("5.5", "+05:30"),
        ("5.50", "+05:30"),
        ("+5.30", "+05:30"),
        ("03", "+03:00"),
        ("03:00", "+03:00"),
        ("3:00", "+03:00"),
        ("03:00:00", "+03:00"),
        ("14", "+14:00"),
        ("14:00", "+14:00"),
        # West and east of Greenwich are the same place here.
        ("UTC0", "Z"),
        ("utc00:00", "Z"),
    ],
)
def test_repaired(text: str, normalized: str) -> None:
    assert not predial.is_zone(text)
    assert predial.normalize_zone(text, repair=True) == normalized
    with pytest.raises(predial.ZoneError) as caught:
        predial.parse_zone(text)
    assert (caught.value.rule, caught.value.suggestion) == ("zone-format", normalized)


@pytest.mark.parametrize(
    ("text", "rule", "position", "suggestion"),
    [
        ("", "zone-empty", 0, None),
        (" \t\u3000", "zone-empty", 0, None),
        # West or east?
        ("UTC3", "zone-unsigned", 3, "+03:00"),
        ("UTC03:00", "zone-unsigned", 3, "+03:00"),
        ("UTC5.5", "zone-unsigned", 3, "+05:30"),
        ("Etc/GMT 3", "zone-unsigned", 8, None),
        ("Etc/GMT3", "zone-unsigned", 7, None),
        # Abbreviations.
        ("MSK", "zone-abbreviation", 0, "Europe/Moscow"),
        (" msk", "zone-abbreviation", 1, "Europe/Moscow"),
        ("\u041c\u0421\u041a", "zone-abbreviation", 0, "Europe/Moscow"),
        ("CST", "zone-abbreviation", 0, None),
        ("IST", "zone-abbreviation", 0, None),
        ("PDT", "zone-abbreviation", 0, "America/Los_Angeles"),
        ("MSK+2", "zone-abbreviation", 0, "+05:00"),
        ("CST+2", "zone-abbreviation", 0, None),
        # Misspelt cities, and texts that are not cities.
        ("Europe/Moskow", "zone-region", 10, "Europe/Moscow"),
        ("europe/moskow", "zone-region", 0, "Europe/Moscow"),
        ("Moscow", "zone-region", 0, "Europe/Moscow"),
        ("Asia/Moscow", "zone-region", 0, "Europe/Moscow"),
        ("New York", "zone-region", 0, "America/New_York"),
        ("Kalkutta", "zone-region", 0, "Asia/Kolkata"),
        ("Atlantis/Nowhere", "zone-region", 0, None),
        ("SystemV/AST4", "zone-region", 0, None),
        ("Saint Petersburg", "zone-region", 0, "Europe/Moscow"),
        ("Etc/UTC+3", "zone-region", 0, None),
        ("Etc/GMT+15", "zone-region", 0, None),
        ("Factory", "zone-placeholder", 0, None),
        ("factory", "zone-placeholder", 0, None),
        # Out of range.
        ("+19", "zone-range", 1, None),
        ("UTC+19", "zone-range", 4, None),
        ("+0360", "zone-range", 3, None),
        ("+03:60", "zone-range", 4, None),
        ("+03:00:60", "zone-range", 7, None),
        ("+030060", "zone-range", 5, None),
        ("-18:00:01", "zone-range", 1, None),
        ("15", "zone-range", 0, None),
        # More than one meaning, or none.
        ("+300", "zone-syntax", 4, None),
        ("-530", "zone-syntax", 4, None),
        ("180", "zone-syntax", 0, "+03:00"),
        ("+5.20", "zone-syntax", 2, None),
        ("0.5", "zone-range", 0, None),
        ("UTC 15", "zone-range", 4, None),
        ("030000", "zone-syntax", 0, None),
        ("+0300:30", "zone-syntax", 5, None),
        ("UTC+", "zone-syntax", 4, None),
        ("+", "zone-syntax", 1, None),
        ("++3", "zone-syntax", 1, None),
        ("+03:00Z", "zone-syntax", 6, None),
        ("+03:00\x00", "zone-syntax", 6, None),
        ("Europe/Moscow\x00", "zone-syntax", 13, "Europe/Moscow"),
        ("+\u0660\u0663:00", "zone-syntax", 1, None),
        ("+03:00\ud800", "zone-syntax", 6, None),
        ("\ud83d\ude00", "zone-syntax", 0, None),
        ("?", "zone-syntax", 0, None),
    ],
)
def test_refused(text: str, rule: str, position: int, suggestion: str | None) -> None:
    assert not predial.is_zone(text)
    with pytest.raises(predial.ZoneError) as caught:
        predial.parse_zone(text)
    error = caught.value
    assert (error.rule, error.position, error.suggestion) == (rule, position, suggestion)
    assert error.text == text
    with pytest.raises(predial.ZoneError):
        predial.normalize_zone(text, repair=True)


def test_errors_say_what_is_wrong_and_what_would_be_right() -> None:
    with pytest.raises(predial.ZoneError) as caught:
        predial.parse_zone("IST")
    assert "Asia/Kolkata, Asia/Jerusalem, Europe/Dublin" in str(caught.value)
    with pytest.raises(ValueError, match='did you mean "Europe/Moscow"') as raised:
        predial.parse_zone("MSK")
    copied = pickle.loads(pickle.dumps(raised.value))
    assert type(copied) is predial.ZoneError
    assert str(copied) == str(raised.value)
    assert vars(copied) == vars(raised.value)


@pytest.mark.parametrize("value", [None, 3, 3.0, True, b"+03:00", ["+03:00"]])
@pytest.mark.parametrize("function", [predial.parse_zone, predial.is_zone, predial.normalize_zone])
def test_scalars_take_str_alone(function: Callable[[object], object], value: object) -> None:
    with pytest.raises(TypeError):
        function(value)


def test_zones_are_values() -> None:
    zone = predial.parse_zone("+3")
    assert zone == predial.parse_zone("+03:00") != predial.parse_zone("UTC+3")
    assert len({zone, predial.parse_zone("+0300")}) == 1
    assert zone != "+03:00"
    assert repr(zone) == 'predial.Zone("+03:00")'
    assert str(zone) == "+03:00"
    for text in ("Z", "UT", "GMT0", "UTC+3", "Europe/Moscow"):
        zone = predial.parse_zone(text)
        assert pickle.loads(pickle.dumps(zone)) == zone == copy.deepcopy(zone)
    with pytest.raises(AttributeError):
        zone.id = "Z"  # type: ignore[misc]
    with pytest.raises(TypeError):
        predial.Zone()


def test_tzinfo() -> None:
    assert predial.parse_zone("UTC").tzinfo is UTC
    assert predial.parse_zone("-03:30").tzinfo == timezone(timedelta(hours=-3, minutes=-30))
    moscow = predial.parse_zone("Europe/Moscow").tzinfo
    assert isinstance(moscow, ZoneInfo)
    assert moscow is predial.parse_zone("Europe/Moscow").tzinfo
    assert datetime(2026, 1, 1, tzinfo=moscow).utcoffset() == timedelta(hours=3)
    assert datetime(2013, 1, 1, tzinfo=moscow).utcoffset() == timedelta(hours=4)


def test_columns() -> None:
    values = ["UTC+3", "utc +3", "MSK", "", None, float("nan"), -12, 14, 15, 2**70, True, 0.5, b"Z"]
    column = predial.check_zones(values)
    zone_type = [None, "zone-type", False]
    assert [
        list(row) for row in zip(column.normalized, column.rules, column.repaired, strict=True)
    ] == [
        ["+03:00", None, False],
        ["+03:00", None, True],
        [None, "zone-abbreviation", False],
        [None, "zone-empty", False],
        [None, None, False],
        [None, None, False],
        ["-12:00", None, True],
        ["+14:00", None, True],
        zone_type,
        zone_type,
        zone_type,
        zone_type,
        zone_type,
    ]
    assert len(column) == len(values)
    assert repr(column) == "<predial.Column of 13: 3 repaired, 7 rejected>"


def test_columns_without_repair() -> None:
    column = predial.check_zones(["UTC+3", "utc +3", 3, "MSK"], repair=False)
    assert column.normalized == ["+03:00", None, None, None]
    assert column.rules == [None, "zone-format", "zone-format", "zone-abbreviation"]
    assert column.repaired == [False] * 4


def test_columns_take_any_sequence() -> None:
    for values in (("+3",), deque(["+3"]), UserList(["+3"])):
        assert predial.check_zones(values).normalized == ["+03:00"]
    assert predial.check_zones(array("b", [3])).normalized == ["+03:00"]
    assert predial.check_zones(()).normalized == []
    for none in ("+3", b"+3", {"+3"}, {"+3": 1}, None, 3, iter(["+3"])):
        with pytest.raises(TypeError, match="values must be a sequence"):
            predial.check_zones(none)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("size", [100, 1_000_000])
@pytest.mark.parametrize("unit", ["+", "0", " ", "Z", "Europe/", "\ud800", "\x00", "\U0001f600"])
def test_long_texts(unit: str, size: int) -> None:
    text = unit * size
    assert not predial.is_zone(text)
    for repair in (False, True):
        with pytest.raises(predial.ZoneError) as caught:
            predial.parse_zone(text, repair=repair)
        assert caught.value.position is not None
        assert caught.value.position <= len(text)


def run(code: str, **environment: str) -> str:
    """The output of a new interpreter."""
    finished = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    return finished.stdout.strip()


def test_offsets_do_not_load_tzdata() -> None:
    code = "import sys, predial; predial.normalize_zone('UTC+3'); print('tzdata' in sys.modules)"
    assert run(code) == "False"


def test_the_system_s_zones_are_never_read(tmp_path: Path) -> None:
    source = Path(tzdata.__path__[0]) / "zoneinfo" / "UTC"
    (tmp_path / "Europe").mkdir()
    shutil.copy(source, tmp_path / "Europe" / "Moscow")
    shutil.copy(source, tmp_path / "Mars")
    moment = "datetime.datetime(2026, 1, 1)"
    code = f"""
import datetime, predial
print(predial.is_zone("Mars"), predial.parse_zone("Europe/Moscow").tzinfo.utcoffset({moment}))
"""
    assert run(code, PYTHONTZPATH=str(tmp_path)) == "False 3:00:00"


def test_tzdata_from_a_zip_archive(tmp_path: Path) -> None:
    package = Path(tzdata.__path__[0])
    with zipfile.ZipFile(tmp_path / "tzdata.zip", "w") as archive:
        for file in package.rglob("*"):
            archive.write(file, file.relative_to(package.parent))
    code = """
import predial, tzdata
print("tzdata.zip" in tzdata.__path__[0], predial.parse_zone("Asia/Tokyo").tzinfo)
"""
    assert run(code, PYTHONPATH=str(tmp_path / "tzdata.zip")) == "True Asia/Tokyo"


@pytest.mark.parametrize("repair", [True, False])
def test_texts_that_a_list_repeats_get_the_answers_of_their_own(repair: bool) -> None:
    offsets = [f"+{hours:02}:{minutes:02}:07" for hours in range(18) for minutes in range(60)]
    texts = [*offsets, *(f"utc{text[:6]}" for text in offsets), *(f"{text}!" for text in offsets)]
    texts += ["MSK", "", " ", "x" * 257, "Europe/Moscow", "\ud800", *map(str, range(3000))]
    texts = texts * 2
    column = predial.check_zones(texts, repair=repair)
    alone = [predial.check_zones([text], repair=repair) for text in texts]
    assert column.normalized == [one.normalized[0] for one in alone]
    assert column.rules == [one.rules[0] for one in alone]
    assert column.repaired == [one.repaired[0] for one in alone]


class Zone(str):
    """A text of a class of its own."""


@pytest.mark.parametrize("repair", [True, False])
def test_objects_that_a_list_repeats_get_the_answers_of_their_own(repair: bool) -> None:
    """The same object again and again, other objects of the same text, and more than are kept."""
    draw = random.Random(7)
    texts = ["+03:00", "UTC+3", "utc +3", "MSK", "", "x" * 40, "x" * 300, "Europe/Moscow"]
    texts += [f"+{hours:02}:{minutes:02}" for hours in range(19) for minutes in range(0, 60, 9)]
    values: list[object] = []
    for _ in range(5_000):
        text = draw.choice(texts)
        values.append(draw.choice([text, "".join(text), f"{text} "[:-1], Zone(text), 3, 5.5, None]))
    column = predial.check_zones(values, repair=repair)
    alone = [predial.check_zones([value], repair=repair) for value in values]
    assert column.normalized == [one.normalized[0] for one in alone]
    assert column.rules == [one.rules[0] for one in alone]
    assert column.repaired == [one.repaired[0] for one in alone]
    assert repr(column) == repr_of(column)
    assert (column.rules is column.rules, column.repaired is column.repaired) == (True, True)


def repr_of(column: predial.Column) -> str:
    repaired, rejected = sum(column.repaired), sum(rule is not None for rule in column.rules)
    return f"<predial.Column of {len(column)}: {repaired} repaired, {rejected} rejected>"
