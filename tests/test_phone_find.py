"""Numbers in longer texts: find_phones against phonenumbers.PhoneNumberMatcher, and suggestions.

40 000 texts are drawn here; PREDIAL_ORACLE_MILLIONS draws this many million more. One difference
remains, and it is deliberate: the matcher finds numbers with more than 15 digits, which ITU E.164
does not have. predial passes over these, and over the shorter numbers inside of them.
"""

from __future__ import annotations

import os
import random

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberMatcher, PhoneNumberType

import plan_oracle
import predial
from phone_sentences import NOTES, SENTENCES, Notes

TEXTS = 40_000 + int(1e6 * float(os.environ.get("PREDIAL_ORACLE_MILLIONS", "0")))
SUGGESTED = 20_000 + int(1e6 * float(os.environ.get("PREDIAL_ORACLE_MILLIONS", "0")))

Span = tuple[int, int, str]


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
            piece = choice(
                [*"0123456789", *" -./()+x", "  ", " - ", "—", "xx", "xxx", ",", " ext 3"]
            )
            text = text[:place] + piece + text[place + choice([0, 1]) :]
        return text

    def draw(self) -> tuple[str, str | None]:
        region = self.random.choice(self.examples)[0]
        sentence = self.random.choice(SENTENCES)
        if self.random.random() < 0.1:
            sentence += self.random.choice(" \n,;/-") + self.random.choice(SENTENCES)
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


@pytest.mark.slow
def test_finds_what_the_matcher_finds() -> None:
    drawn = Drawn(seed=19)
    cases = [drawn.draw() for _ in range(TEXTS)]
    count, faults = plan_oracle.faults_of(find_faults, cases, size=500)
    assert faults[:20] == []
    assert count >= 40_000
    assert sum(len(by_predial(*case)) for case in cases[:2000]) > 1000


# The subjects of the matcher's own tests: in context, two in a row, brackets, dates, pages, prices,
# letters that touch, wide digits and signs, extensions. The numbers are what the matcher answers.
MATCHED = (
    ("650 253 0000", "US", "+16502530000"),
    ("My number: 650 253 0000 ok", "US", "+16502530000"),
    ("(650) 253-0000", "US", "+16502530000"),
    ("((650) 253-0000)", "US", "+16502530000"),
    ("[650] 253-0000 [at work]", "US", "+16502530000"),
    ("6502530000", "US", "+16502530000"),
    ("16502530000 is mine", "US", "+16502530000"),
    ("+1 650 253 0000", None, "+16502530000"),
    ("650 253 0000", None, ""),
    ("011 44 20 7031 3000", "US", "+442070313000"),
    ("0011 44 20 7031 3000", "AU", "+442070313000"),
    ("\uff0b1 650 253 0000", None, "+16502530000"),
    (
        "\uff0b\uff11\u3000\uff16\uff15\uff10 \uff12\uff15\uff13\uff0d\uff10\uff10\uff10\uff10",
        None,
        "+16502530000",
    ),
    ("650/253/0000", "US", "+16502530000"),
    ("650.253.0000.", "US", "+16502530000"),
    ("650\u2011253\u20110000", "US", "+16502530000"),
    ("650 - 253 - 0000", "US", "+16502530000"),
    ("03 331 6005", "NZ", "+6433316005"),
    ("tel:03-331-6005", "NZ", "+6433316005"),
    ("3 331 6005", "NZ", ""),
    ("Call 03 331 6005 x3456, Ann", "NZ", "+6433316005"),
    ("020 7031 3000 ext. 456", "GB", "+442070313000"),
    ("+44 20 7031 3000#456", None, "+442070313000"),
    ("+44 20 7031 3000 int 12", None, "+442070313000"),
    ("8 (495) 123-45-67 доб. 12", "RU", "+74951234567"),
    ("650 253 0000, 650 253 2222", "US", "+16502530000 +16502532222"),
    ("650 253 0000 650 253 2222", "US", ""),
    ("650-253-0000/650-253-2222", "US", "+16502530000 +16502532222"),
    ("(650) 253 0000 (650) 253 2222", "US", "+16502530000 +16502532222"),
    ("6502530000 - 6502532222", "US", "+16502530000 +16502532222"),
    ("6502530000\u20146502532222", "US", "+16502530000 +16502532222"),
    ("6502530000.  6502532222", "US", "+16502530000 +16502532222"),
    ("650 253 0000/x2303", "US", "+16502530000"),
    ("17 - 650-253-0000 is it", "US", "+16502530000"),
    ("17. 650-253-0000 is it", "US", "+16502530000"),
    ("12345 650-253-0000", "US", "+16502530000"),
    ("+1 650-253-0000 +44 20 7031 3000", None, "+16502530000 +442070313000"),
    ("+1650253+442070313000", None, "+442070313000"),
    ("As of 10/12/2026 650-253-0000", "US", ""),
    ("10/12/2026", "US", ""),
    ("31/10/96 03 331 6005", "NZ", ""),
    ("2026-01-02 08:00", "US", ""),
    ("20260102 08:00", "AU", ""),
    ("2026-01-02 08", "US", "+12026010208"),
    ("VLDB J. 12(3): 211-227 (2003).", "US", ""),
    ("see 02-33 (2004) for 650 253 0000", "US", "+16502530000"),
    ("$650 253 0000", "US", ""),
    ("£650 253 0000", "US", ""),
    ("650 253 0000%", "US", ""),
    ("€6502530000 now", "US", ""),
    ("abc6502530000", "US", ""),
    ("6502530000def", "US", ""),
    ("éa6502530000", "US", ""),
    ("6502530000é", "US", ""),
    ("6502530000e\u0301", "US", ""),
    ("的6502530000的", "US", "+16502530000"),
    ("ж6502530000ж", "US", "+16502530000"),
    ("abc(650) 253 0000", "US", "+16502530000"),
    ("abc+16502530000", None, "+16502530000"),
    ("_6502530000_", "US", "+16502530000"),
    ("(650 253 0000", "US", "+16502530000"),
    ("650) 253 0000", "US", "+16502530000"),
    ("(650)) 253 0000", "US", ""),
    ("((((650) 253 0000", "US", "+16502530000"),
    ("(650) (253) (0000)", "US", ""),
    ("() 650 253 0000", "US", ""),
    ("1 800 253 0000 xx 12", "US", ""),
    ("650-x253-0000", "US", ""),
    ("650 xxx 0000", "US", ""),
    ("0xx 11 2345 6789", "BR", "+551123456789"),
    ("7 digits: 253 0000", "US", ""),
    ("000 000 0000", "US", ""),
    ("650 253 00000", "US", ""),
    ("123456789012345678901234567890", "US", ""),
    ("+49 800 1234567890123", "DE", ""),
    ("+39 06 1234 5678 e +39 347 123 4567", None, "+390612345678 +393471234567"),
    ("011 15-2345-6789", "AR", "+5491123456789"),
    ("11 2345-6789", "AR", "+541123456789"),
    ("٠٣٠ ١٢٣٤٥٦٧", "DE", "+49301234567"),
    ("ﷺ 030 1234567", "DE", "+49301234567"),
    ("\U0001f4de030 1234567", "DE", "+49301234567"),
    ("\ud800 030 1234567", "DE", "+49301234567"),
    ("+++1 650 253 0000", None, "+16502530000"),
    ("+", None, ""),
    ("(", "US", ""),
    ("", None, ""),
)


@pytest.mark.parametrize(("text", "region", "numbers"), MATCHED)
def test_finds_in_texts_of_all_kinds(text: str, region: str | None, numbers: str) -> None:
    found = by_predial(text, region)
    assert found == by_phonenumbers(text, region)
    assert [e164 for _, _, e164 in found] == numbers.split()


def test_numbers_that_are_too_long_are_passed_over() -> None:
    text = "+49 800 1234567890123, +49 30 1234567"
    assert len(list(PhoneNumberMatcher("+49 800 12345678901", None))) == 1
    assert by_predial("+49 800 12345678901", None) == []
    assert [found.phone.e164 for found in predial.find_phones(text)] == ["+49301234567"]


MEBIBYTE = 1 << 20
HOSTILE = (
    *("1", "(", ")", "([", "+", "+ ", "x", "1x", "1xx", "-", "1-", "1 ", "1 - ", "1.", "1. "),
    *("1/", "1/x", "(1)", "(((1", "1;", "1#", "123,", "123 ext ", "123 ~", "1-1(", "1-1 (1"),
    *("+79123456789", "+79123456789 ", "12345678-", "1/1/", "2012-01-02 08:0", "\u2013", "1\u2013"),
    *("123" + ", " * 110 + "ext - 5 ", "123" + " \t" * 110 + "ext ; 5 ", "123" + "," * 230 + "5 "),
)


@pytest.mark.slow
@pytest.mark.parametrize("piece", HOSTILE, ids=lambda piece: repr(piece[:20]))
@pytest.mark.parametrize("region", [None, "US"])
def test_hostile_texts_take_time_in_proportion_to_their_length(piece: str, region: str) -> None:
    """A mebibyte takes a second or two here. Where time grew by the square it would take hours."""
    found = predial.find_phones(piece * (MEBIBYTE // len(piece)), region)
    assert len(found) == (MEBIBYTE // len(piece) if "79123456789" in piece else 0)


@pytest.mark.slow
@pytest.mark.parametrize("blank", [" ", "\t", ",", ", ", " \t", "\n", "-", "(", "."])
def test_marks_between_a_number_and_its_extension_may_be_many(blank: str) -> None:
    gap = blank * (MEBIBYTE // len(blank))
    for text in (f"123{gap}ext 5", f"123{gap}ext -5", f"123 ext{gap}", f"123 ext {gap}5"):
        assert predial.find_phones(text, "US") == []


def number_of(region: str, draw: random.Random) -> phonenumbers.PhoneNumber:
    """A valid mobile or fixed number of a region, near one of its examples."""
    kind = draw.choice([PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE])
    example = phonenumbers.example_number_for_type(region, kind)
    assert example is not None
    digits = phonenumbers.national_significant_number(example)
    while True:
        kept = len(digits) - draw.randrange(1, 6)
        other = digits[:kept] + "".join(draw.choices("0123456789", k=len(digits) - kept))
        number = plan_oracle.number_object(example.country_code or 0, other)
        if phonenumbers.is_valid_number_for_region(number, region):
            return number


def e164_of(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def written(number: phonenumbers.PhoneNumber, draw: random.Random) -> str:
    form = draw.choice([PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL])
    text = phonenumbers.format_number(number, form)
    return draw.choice([text, text, text.replace("-", " "), text.replace(" ", "\u00a0")])


def noted(notes: Notes, region: str, draw: random.Random) -> tuple[str, str]:
    """A cell with one phone and notes, and the phone."""
    number = number_of(region, draw)
    text = written(number, draw)
    again = draw.choice(["", "", "", " / {}", ", {}", "; {}"]).format(written(number, draw))
    while True:
        before = draw.choice(["", *notes.before])
        after = draw.choice(["", *notes.after]) + draw.choice(["", "", *notes.after])
        if before or after:
            return before + text + again + after, e164_of(number)


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


@pytest.mark.slow
def test_the_number_beside_words_is_suggested_and_no_other() -> None:
    draw = random.Random(29)
    cases = []
    for _ in range(SUGGESTED):
        notes = draw.choice(NOTES)
        region = draw.choice(notes.regions)
        text, e164 = noted(notes, region, draw)
        cases.append((text, region, e164))
    count, faults = plan_oracle.faults_of(suggestion_faults, cases, size=500)
    assert count >= 20_000
    assert [fault for fault in faults if fault.startswith("!")][:10] == []
    assert len(faults) <= 0.05 * count, faults[:20]


@pytest.mark.slow
def test_beside_a_second_number_nothing_is_suggested() -> None:
    draw = random.Random(37)
    cases = []
    for _ in range(5_000):
        notes = draw.choice(NOTES)
        region = draw.choice(notes.regions)
        text, e164 = noted(notes, region, draw)
        other = number_of(region, draw)
        if e164_of(other) == e164:
            continue
        between = draw.choice([", ", "; ", " / ", "/", "\n", " | ", " и ", " or ", " - ", "  "])
        cases.append((f"{text}{between}{written(other, draw)}", region, ""))
    _, faults = plan_oracle.faults_of(suggestion_faults, cases, size=500)
    assert faults[:20] == []


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
