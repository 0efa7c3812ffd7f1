"""The options `region`, `prefer`, `level` and `now` of a batch."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import phonenumbers
import pytest

import predial


def outcome(phone: str, **options: Any) -> tuple[str, str | None]:
    """The verdict on a phone: clean, or the rule and the suggested digits."""
    report = predial.check([{"phone": phone}], **options)
    if report.clean:
        return "clean", None
    diagnostic = report.diagnostics[0]
    return f"{diagnostic.severity} {diagnostic.rule}", diagnostic.suggestion


def test_a_region_reads_what_is_dialled_there() -> None:
    assert outcome("8 (912) 345-67-89") == ("error phone-national", "+79123456789")
    assert outcome("8 (912) 345-67-89", region="RU") == ("repair phone-format", "79123456789")
    assert outcome("06 12 34 56 78", region="FR") == ("repair phone-format", "33612345678")
    assert outcome("+7 912 345-67-89", region="US") == ("repair phone-format", "79123456789")
    assert outcome("79123456789", region="RU") == ("clean", None)


def test_a_national_phone_is_the_same_phone_to_duplicates() -> None:
    report = predial.check([{"phone": "79123456789"}, {"phone": "89123456789"}], region="RU")
    assert [(d.row, d.rule, d.severity) for d in report.diagnostics][-1] == (
        1,
        "phone-duplicate",
        "error",
    )


def test_two_readings_of_one_rank_are_ambiguous_unless_one_is_preferred(tmp_path: Path) -> None:
    phone = "9607712345"
    assert outcome(phone) == ("clean", None)
    assert outcome(phone, region="RU")[0] == "error phone-ambiguous"
    assert outcome(phone, region="RU", prefer="international") == ("clean", None)
    report = predial.prepare([{"phone": phone}], tmp_path, region="RU", prefer="national")
    assert json.loads(Path(report.bodies[0]).read_bytes()) == [{"phone": "79607712345"}]


def test_levels_ask_for_more_and_more() -> None:
    invalid = phonenumbers.invalid_example_number("RU")
    assert invalid is not None
    long = "79123456789"
    for level in ("e164", "possible", "valid"):
        assert outcome(long, level=level) == ("clean", None)
    short = f"7{invalid.national_number}"
    expected = [phonenumbers.is_possible_number(invalid), phonenumbers.is_valid_number(invalid)]
    assert expected[1] is False
    assert outcome(short, level="e164") == ("clean", None)
    for level, good in zip(("possible", "valid"), expected, strict=True):
        assert (outcome(short, level=level)[0] == "clean") is good
    assert outcome(short) == outcome(short, level="possible")


def test_the_manifest_holds_them(tmp_path: Path) -> None:
    now = datetime(2030, 7, 1, 15, tzinfo=timezone(timedelta(hours=3)))
    predial.prepare([], tmp_path, region="RU", prefer="national", level="valid", now=now)
    options = json.loads((tmp_path / "manifest.json").read_bytes())["options"]
    assert {name: options[name] for name in ("region", "prefer", "level", "now")} == {
        "region": "RU",
        "prefer": "national",
        "level": "valid",
        "now": "2030-07-01T12:00:00Z",
    }


def test_now_decides_which_zones_are_far() -> None:
    job = {"phone": "12015550123", "gmtZone": "-04:00", "finishDateTime": "2030-10-31T00:00:00Z"}
    summer, winter = (datetime(2030, month, 1, tzinfo=UTC) for month in (7, 1))
    assert predial.check([job], now=summer).counts == {}
    report = predial.check([job], now=winter)
    assert (report.counts, report.clean, report.warned) == ({"zone-far-from-phone": 1}, 1, 1)
    assert report.diagnostics[0].message == (
        "on 2029-12-31 the phone's clock shows 19:00 (America/New_York) when the job's shows 20:00 "
        "(-04:00); check which of the two is right"
    )


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"region": "XX"}, ValueError),
        ({"prefer": "both"}, ValueError),
        ({"level": "sure"}, ValueError),
        ({"now": datetime(2030, 1, 1)}, ValueError),
    ],
)
def test_what_is_no_such_option_is_a_value_error(
    options: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error, match=next(iter(options))):
        predial.check([{"phone": "79123456789"}], **options)
