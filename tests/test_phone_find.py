"""Numbers in longer texts: find_phones against phonenumbers.PhoneNumberMatcher, and suggestions.

PREDIAL_ORACLE_MILLIONS draws so many million texts more.
"""

from __future__ import annotations

import os
import random

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberMatcher, PhoneNumberType

import plan_oracle
import predial

TEXTS = 12_000 + int(1e6 * float(os.environ.get("PREDIAL_ORACLE_MILLIONS", "0")))
SUGGESTED = 4_000 + int(1e6 * float(os.environ.get("PREDIAL_ORACLE_MILLIONS", "0")))

Span = tuple[int, int, str]

SENTENCES = (
    "Call me at {} or write to me, please.",
    "Ruf mich bitte unter {} an, oder nach 18:00 Uhr.",
    "Appelez-moi au {} après 10h30.",
    "Llámame al {} mañana por la tarde.",
    "Chiamami al {}, interno 5, il 31/10/2026.",
    "Позвоните мне по номеру {} после 18:00, кв. 45.",
    "Zadzwoń do mnie: {} (Anna), pokój 12.",
    "Beni {} numarasından arayın.",
    "请拨打 {} 联系我。",
    "電話番号は{}です。",
    "(see pages 12-34 (2003)) {}",
    "{}/{}",
    "{} {}",
    "{}, {} and {}",
    "${} 12%",
    "tel:{};ext=12",
    "{} ext. 55",
    "{} x123",
    "№ 12345678 {} 2012-01-02 08:00",
    "{}",
    "abc{}def",
    "{} - {}",
    "[{}] 1.2.3.4",
    "{}доб. 123#",
)


class Drawn:
    """Draws texts with numbers in them, well written and not."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.examples = [
            (region, number) for region, number in plan_oracle.examples() if region != "001"
        ]

    def number(self, region: str) -> str:
        choice = self.random.choice
        numbers = [number for home, number in self.examples if home == region]
        number = choice(numbers)
        forms = (
            PhoneNumberFormat.NATIONAL,
            PhoneNumberFormat.INTERNATIONAL,
            PhoneNumberFormat.E164,
            PhoneNumberFormat.RFC3966,
        )
        text = phonenumbers.format_number(number, choice(forms)).removeprefix("tel:")
        if self.random.random() < 0.2:
            text = phonenumbers.national_significant_number(number)
        for _ in range(choice([0, 0, 0, 1, 2])):
            place = self.random.randrange(len(text) + 1)
            piece = choice([*"0123456789", *" -./()+x", "  ", " - ", "—", "  ", "x", ",", " ext 3"])
            text = text[:place] + piece + text[place + choice([0, 1]) :]
        return text

    def draw(self) -> tuple[str, str | None]:
        region = self.random.choice(self.examples)[0]
        sentence = self.random.choice(SENTENCES)
        if self.random.random() < 0.15:
            pieces = "0123456789012345678901234567890123456789+-. ()/x~#,;: ]["
            sentence = "".join(self.random.choices(pieces, k=self.random.randrange(5, 40))) + "{}"
        filled = sentence.format(*[self.number(region) for _ in range(sentence.count("{}"))])
        return filled, self.random.choice([region, region, None])


def by_phonenumbers(text: str, region: str | None) -> list[Span]:
    found = [
        (match.start, match.end, phonenumbers.format_number(match.number, PhoneNumberFormat.E164))
        for match in PhoneNumberMatcher(text, region)
    ]
    # predial knows no number that has more digits than ITU E.164 allows.
    return [span for span in found if len(span[2]) <= 16]


def by_predial(text: str, region: str | None) -> list[Span]:
    return [
        (found.start, found.end, found.phone.e164) for found in predial.find_phones(text, region)
    ]


def find_faults(cases: list[tuple[str, str | None]]) -> list[str]:
    return [
        f"{text!r} in {region}: {expected} by phonenumbers, {found}"
        for text, region in cases
        if (found := by_predial(text, region)) != (expected := by_phonenumbers(text, region))
    ]


def test_finds_what_the_matcher_finds() -> None:
    drawn = Drawn(seed=19)
    cases = [drawn.draw() for _ in range(TEXTS)]
    count, faults = plan_oracle.faults_of(find_faults, cases, size=500)
    assert faults[:20] == []
    assert count >= 12_000
    assert sum(len(by_predial(*case)) for case in cases[:2000]) > 1000


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("Call 650 253 0000 or (212) 555-1234.", "US"),
        ("651-234-2345/332-445-1234", "US"),
        ("(650) 223 3345 (754) 223 3321", "US"),
        ("12345 - 332-445-1234 is my number.", "US"),
        ("VLDB J. 12(3): 211-227 (2003).", "US"),
        ("on 08/31/95 or 2012-01-02 08:00", "US"),
        ("+7 912 345-67-89 доб. 12", None),
        ("٠٨٠٠ ٤٥٦ ٧٨٩", "DE"),
        ("ﷺ 030 1234567 $030 1234567", "DE"),
        ("\ud800 030 1234567", "DE"),
        ("", None),
    ],
)
def test_finds_in_texts_of_all_kinds(text: str, region: str | None) -> None:
    assert by_predial(text, region) == by_phonenumbers(text, region)


def test_a_long_text_takes_no_longer_than_its_length() -> None:
    text = "8 912 345-67-89, " * 2000
    assert len(predial.find_phones(text, "RU")) == 2000
    assert predial.find_phones("1 " * 20_000) == []


NOTES = (
    "{}",
    "tel. {}",
    "Tel.: {} (after 6 pm)",
    "mobile {} - call after 18:00",
    "{} WhatsApp",
    "Anna {}",
    "{}, Anna Schmidt",
    "{} (Büro)",
    "privat: {}; ab 18 Uhr",
    "портативный: {}",
    "тел. {} после 18:00",
    "{} доб. 123",
    "{}, кв. 45",
    "моб1: {}",
    "{} (мама)",
    "звонить с 9:00 до 18:00 {}",
    "{} ext. 31",
    "tél. {} le matin",
    "appeler le {} avant 12h",
    "móvil {} tarde",
    "{} (trabajo)",
    "cel: {} piso 3",
    "casa {} interno",
    "ufficio {} ore 15:00",
    "{} lavoro",
    "praca: {}, dom",
    "{} po 17:00",
    "ev: {}",
    "{} akşam",
    "电话 {}",
    "{}（家）",
    "携帯{}",
    "31.12.2026 {}",
    "{} / {}",
    "{}; 12345",
)


def suggestion_faults(cases: list[tuple[str, str, str]]) -> list[str]:
    """The texts without a suggestion, and with a `!` those with another number as theirs."""
    faults = []
    for text, region, e164 in cases:
        try:
            found = predial.normalize_phone(text, region, format="e164")
        except predial.PhoneError as error:
            found = error.suggestion or ""
        if found != e164:
            faults.append(f"{'!' if found else ''}{text!r} in {region}: {found}, not {e164}")
    return faults


def test_the_number_beside_words_is_suggested_and_no_other() -> None:
    draw = random.Random(29)
    regions = ["RU", "DE", "US", "FR", "ES", "IT", "PL", "TR", "CN", "JP", "GB", "BR"]
    cases = []
    for _ in range(SUGGESTED):
        region = draw.choice(regions)
        kind = draw.choice([PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE])
        number = phonenumbers.example_number_for_type(region, kind)
        assert number is not None
        form = draw.choice([PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL])
        written = phonenumbers.format_number(number, form)
        note = draw.choice(NOTES)
        e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        cases.append((note.format(written, e164), region, e164))
    count, faults = plan_oracle.faults_of(suggestion_faults, cases, size=500)
    assert [fault for fault in faults if fault.startswith("!")][:10] == []
    assert len(faults) <= 0.05 * count, faults[:20]


def test_several_numbers_are_named() -> None:
    numbers = [f"+7912345678{digit}" for digit in range(7)]
    with pytest.raises(predial.PhoneError) as caught:
        predial.normalize_phone(", ".join(numbers))
    assert caught.value.rule == "phone-multiple"
    assert caught.value.suggestion is None
    assert all(number in str(caught.value) for number in numbers[:5])
    assert not any(number in str(caught.value) for number in numbers[5:])


def test_a_found_number_is_a_value() -> None:
    import pickle

    [found] = predial.find_phones("Anna +7 912 345-67-89")
    assert found == pickle.loads(pickle.dumps(found))
    assert repr(found) == "predial.Found(5, 21, predial.Phone('+79123456789'))"
    assert {found: 1}[found] == 1


PAIRS = ("+7 911 000-00-00", "8 911 0000000", "9110000000", "0000000", "+7 911 000-00-01", "911")
NAMES = {
    phonenumbers.MatchType.EXACT_MATCH: "exact",
    phonenumbers.MatchType.NSN_MATCH: "nsn",
    phonenumbers.MatchType.SHORT_NSN_MATCH: "short-nsn",
    phonenumbers.MatchType.NO_MATCH: "no",
}


@pytest.mark.parametrize("region", [None, "RU", "DE"])
@pytest.mark.parametrize("first", [*PAIRS, "+39 02 1234 5678", "+390212345678", "+44 20 7946 0958"])
@pytest.mark.parametrize("second", [*PAIRS, "0212345678", "20 7946 0958"])
def test_same_phone_is_a_number_match(first: str, second: str, region: str | None) -> None:
    if region is None:
        expected = phonenumbers.is_number_match(first, second)
    else:
        expected = phonenumbers.is_number_match(
            phonenumbers.parse(first, region), phonenumbers.parse(second, region)
        )
    assert predial.same_phone(first, second, region) == NAMES[expected]


def test_region_of_a_list() -> None:
    russian = ["8 (495) 123-45-67", "8 912 345-67-89", None, "+49 30 123456", 89123456789]
    (region, share), *_ = predial.region_of(russian)
    assert (region, share) == ("RU", 0.75)
    assert predial.region_of([]) == []
    assert predial.region_of(["Anna"]) == []
    with pytest.raises(TypeError):
        predial.region_of([1.5])  # type: ignore[list-item]
