"""A slow reference of how predial reads phones, on top of the phonenumbers package.

`parse` is phonenumbers' own, after predial's further refusals; it returns None if predial has
to refuse. `settle` decides between the readings, by the rules in docs/phones.md.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from itertools import accumulate

import phonenumbers
from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    ValidationResult,
    phonenumberutil,
)
from phonenumbers.phonemetadata import PhoneMetadata
from phonenumbers.shortnumberinfo import is_valid_short_number_for_region

# libphonenumber's punctuation without the letter x: what may be between digits.
MARKS = "-‐‑‒–—―−ー－．／ \u00a0\u00ad\u200b\u2060\u3000()（）［］.[]/~⁓∼～"
INVISIBLE = "\u00ad\u200b\u2060"
MARK = f"[{re.escape(MARKS)}]"
ONE_NUMBER = re.compile(rf"{MARK}*[+＋]*(?:{MARK}*\d)+{MARK}*")
FLOAT = re.compile(r"[ \u00a0]*(\+?[0-9]+)\.0+[ \u00a0]*")
SCHEME = re.compile(rf"({MARK}*)tel:", re.IGNORECASE)


@dataclass(frozen=True)
class Read:
    """A text that contains one phone and nothing else, in the form for phonenumbers."""

    text: str
    plus: bool
    digits: str
    # The part that holds the number itself.
    number: str
    # The text names a private plan: it can't be international.
    local: bool = False


def read(text: str) -> Read | None:
    """The text without what predial removes; None if it refuses the text for every region."""
    whole = FLOAT.fullmatch(text)
    if whole is not None and int(whole[1]) < 2**53:
        text = whole[1]
    scheme = SCHEME.match(text)
    number = text
    local = False
    if scheme is not None:
        number = text[scheme.end() :]
        parameters = number[number.find(";") :] if ";" in number else ""
        if re.fullmatch(r"[!-~]*", parameters) is None or ";ext=" in parameters:
            return None
        local_part, given, context = number.partition(";phone-context=")
        number = local_part.partition(";isub=")[0] if local_part.find(";isub=") > 0 else local_part
        if given:
            local = not context.startswith("+") and not number.startswith(("+", "＋"))
            if context.startswith("+"):
                number = context.partition(";")[0] + number
    if ONE_NUMBER.fullmatch(number) is None or not is_viable(text):
        return None
    digits = phonenumbers.normalize_digits_only(number)
    plus = "+" in number or "＋" in number
    return Read(text, plus, digits, number, local)


def is_viable(text: str) -> bool:
    """Whether phonenumbers takes the text for a number without an extension, be it a possible one
    or not. The region does not matter, but what is dialled with one region's international
    prefix raises before its extension is found."""
    for region in ("US", "GB", "RU"):
        try:
            if phonenumbers.parse(text, region).extension is not None:
                return False
        except NumberParseException as refusal:
            if len(text) > 250 or refusal.error_type == NumberParseException.NOT_A_NUMBER:
                return False
    return True


def parse(text: str, region: str | None = None) -> PhoneNumber | None:
    """The answer of parse_phone."""
    found = read(text)
    if found is None:
        return None
    try:
        if region is not None or found.plus:
            return e164_or_none(phonenumbers.parse(found.text, region))
        # Without a region the text is international with or without its plus.
        if found.local:
            return None
        digits = found.digits[2:] if found.digits.startswith("00") else found.digits
        return e164_or_none(phonenumbers.parse(f"+{digits}", None))
    except NumberParseException:
        return None


def e164_or_none(number: PhoneNumber) -> PhoneNumber | None:
    return number if number.extension is None and len(digits_of(number)) <= 15 else None


def digits_of(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:]


def groups_of(text: str) -> tuple[str, ...]:
    """The groups of digits of a text, in ASCII."""
    return tuple(phonenumbers.normalize_digits_only(group) for group in re.findall(r"\d+", text))


def country_of(digits: str) -> str:
    """The country calling code that digits begin with, or nothing."""
    for length in (1, 2, 3):
        if digits[:length].isdigit() and digits[0] != "0":
            code = int(digits[:length])
            if code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
                return digits[:length]
    return ""


def rank(number: PhoneNumber | None) -> int:
    """2 for a valid number, 1 for one that is possible and not only local, else 0."""
    if number is None:
        return 0
    if phonenumbers.is_valid_number(number):
        return 2
    reason = phonenumbers.is_possible_number_with_reason(number)
    return int(reason == ValidationResult.IS_POSSIBLE)


@dataclass(frozen=True)
class Answer:
    """What a text is settled to: a number and the warnings about its reading, or a rule. The rule
    is None where it is not one of those that decide between readings."""

    number: PhoneNumber | None = None
    warnings: frozenset[str] = frozenset()
    rule: str | None = None

    @property
    def digits(self) -> str | None:
        return None if self.number is None else digits_of(self.number)


REFUSED = Answer()
NATIONAL = Answer(rule="phone-national")
AMBIGUOUS = Answer(rule="phone-ambiguous")
SHORT = Answer(rule="phone-short")


@dataclass(frozen=True)
class Writing:
    """The evidence in the form of a text."""

    text: str
    digits: str
    groups: tuple[str, ...]
    number: str
    plus: bool
    bracketed: bool
    local: bool

    @property
    def first(self) -> str:
        return self.groups[0]

    @property
    def punctuated(self) -> bool:
        return len(self.groups) > 1


def writing_of(text: str) -> Writing | None:
    """The evidence of a text; None if it is not one phone and nothing else."""
    found = read(text)
    if found is None:
        return None
    number = re.sub(f"[{INVISIBLE}]", "", found.number)
    brackets = re.match(r"[^\d]*[(\[（［][^\d]*\d[^)\]）］]*[)\]）］].*\d", number, re.DOTALL)
    groups = groups_of(number)
    return Writing(
        found.text,
        found.digits,
        groups,
        found.number,
        found.plus,
        brackets is not None and len(groups) > 1,
        found.local,
    )


SELECTORS = "\u180b\u180c\u180d\u180f"
QUOTES = ('""', "''", "``", "“”", "„“", "‘’", "«»", "’’")


def without_guards(text: str) -> str:
    """The text without the characters that exports add to a value."""
    kept = [
        " " if unicodedata.category(char) == "Zs" and char not in "\u00a0\u3000" else char
        for char in text
        if unicodedata.category(char) != "Cf"
        and char not in SELECTORS
        and not ("\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef")
    ]
    inner = "".join(kept).strip(" \u00a0\t,;")
    if inner.startswith('="') and inner.endswith('"') and len(inner) > 2:
        inner = inner[2:-1]
    else:
        for pair in QUOTES:
            if len(inner) > 1 and inner[0] == pair[0] and inner[-1] == pair[1]:
                inner = inner[1:-1]
                break
        else:
            inner = inner[1:] if inner[:1] in ("'", "’", "‘") else inner
    inner = inner.strip(" \u00a0\t,;")
    return re.sub(r"^[pP]:(?=\s*[+＋])", "", inner)


YEAR, MONTH, DAY = "(?:19|20)[0-9]{2}", "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])"
DATES = [
    re.compile(mark.join(groups))
    for mark in ("-", "[.]", "/")
    for groups in ((YEAR, MONTH, DAY), (DAY, MONTH, YEAR), (MONTH, DAY, YEAR))
]


def is_date(writing: Writing) -> bool:
    number = re.sub(r"^[^0-9]+|[^0-9]+$", "", writing.number)
    return not writing.plus and any(date.fullmatch(number) for date in DATES)


def settle(text: str, region: str | None, level: str, prefer: str | None) -> Answer:
    """The answer of normalize_phone and of columns."""
    writing = writing_of(text) or writing_of(without_guards(text))
    if writing is None:
        return REFUSED
    if is_date(writing):
        return Answer(rule="phone-syntax")
    if ends_in_range(writing) or goes_on_after_a_number(writing, region, prefer):
        return Answer(rule="phone-multiple")
    if (without := without_last_group(writing)) and rank(
        reading_of(without, region, prefer).number
    ) == 2:
        return Answer(rule="phone-extension")
    answer = reading_of(writing, region, prefer)
    if is_two_numbers(writing, answer, region):
        return Answer(rule="phone-multiple")
    answer = after_own_code(writing, answer, region, level)
    if rank(answer.number) < 2:
        answer = without_optional_zero(writing, region, prefer) or answer
    if answer.number is None:
        return answer
    answer = replace(answer, number=as_read_again(answer.number))
    if answer.number is None:
        return REFUSED
    reason = phonenumbers.is_possible_number_with_reason(answer.number)
    if level == "possible" and reason != ValidationResult.IS_POSSIBLE:
        return REFUSED
    if level == "valid" and not phonenumbers.is_valid_number(answer.number):
        return REFUSED
    return answer


def as_read_again(number: PhoneNumber) -> PhoneNumber | None:
    """The number that the digits of an answer mean, however often they are read."""
    if rank(number) == 2:
        return number
    for _ in range(20):
        again = parse(f"+{digits_of(number)}")
        if again is None or digits_of(again) == digits_of(number):
            return again
        number = again
    return None


def after_own_code(writing: Writing, answer: Answer, region: str | None, level: str) -> Answer:
    """The answer, with a warning if its digits may also be those after the region's own code."""
    if region is None or writing.plus or writing.punctuated or writing.local:
        return answer
    home = phonenumbers.country_code_for_region(region)
    number = answer.number
    if number is None or answer.warnings or number.country_code != home:
        return answer
    other = parse(f"+{writing.digits}") if country_of(writing.digits) == str(home) else None
    is_number = rank(other) > 0 or (level == "e164" and other is not None)
    if answer.digits == writing.digits or Answer(other).digits == answer.digits or not is_number:
        return answer
    return replace(answer, warnings=frozenset({"phone-two-readings"}))


def is_two_numbers(writing: Writing, answer: Answer, region: str | None) -> bool:
    """Whether the text falls into two numbers of one country."""
    if writing.plus or writing.local or not writing.punctuated:
        return False
    text = re.sub(f"[{INVISIBLE}]", "", writing.number)
    around = [(text[: slash.start()], text[slash.end() :]) for slash in re.finditer("[/／]", text)]
    slashed = [(groups_digits(before), groups_digits(after)) for before, after in around]
    slashed = [(before, after) for before, after in slashed if before and after]
    if region is None:
        is_doubtful = "phone-maybe-national" in answer.warnings
        return is_doubtful and any(begin_alike(before, after) for before, after in slashed)
    home = phonenumbers.country_code_for_region(region)
    metadata = PhoneMetadata.metadata_for_region(region)
    assert metadata is not None
    if answer.number is not None:
        prefix = re.match(metadata.international_prefix or "(?!)", writing.digits)
        is_home = rank(answer.number) == 2 and answer.number.country_code == home
        has_prefix = prefix is not None and writing.digits[prefix.end() :][:1] != "0"
        if is_home or has_prefix or writing.digits.startswith("00"):
            return False

    def at_home(digits: str) -> PhoneNumber | None:
        number = parse(digits, region)
        is_home = number is not None and number.country_code == home
        return number if is_home and rank(number) == 2 else None

    def in_home_groups(groups: tuple[str, ...]) -> bool:
        number = at_home("".join(groups))
        if number is None or len(groups) == 1:
            return number is not None
        return has_national_groups(replace(writing, groups=groups), number)

    for place in range(1, len(writing.groups)):
        first, last = writing.groups[:place], writing.groups[place:]
        is_half = len("".join(first)) == len("".join(last))
        if is_half and in_home_groups(first) and in_home_groups(last):
            return True
    return any(at_home(before) and at_home(after) for before, after in slashed)


def begin_alike(before: str, after: str) -> bool:
    """Whether digits after a slash begin like those before it, or with their country's code."""
    if len(before) < 5:
        return False
    if len(before) == len(after) and before[:2] == after[:2]:
        return True
    number = parse(f"+{after}")
    if number is None or rank(number) < 2:
        return False
    region = phonenumbers.region_code_for_number(number)
    return region not in (None, "001") and rank(parse(before, region)) == 2


def ends_in_range(writing: Writing) -> bool:
    gap = f"[\\s{INVISIBLE}]*"
    dash = "[-‐‑‒–—―−－]?"
    number = writing.number.rstrip(MARKS.replace("ー", ""))
    found = re.search(rf"[/／]{gap}{dash}{gap}(\d{{1,4}})$", number)
    if found is None or re.fullmatch(r"[+＋]*\d{1,4}([/／]\d{1,4}){3,}", number):
        return False
    before = groups_digits(number[: found.start()])
    is_from_abroad = writing.plus or before.startswith("00")
    return len(before) >= 7 and (len(found[1]) <= 2 or not is_from_abroad)


def goes_on_after_a_number(writing: Writing, region: str | None, prefer: str | None) -> bool:
    """Whether a slash with a blank beside it comes after a valid number, and digits after it."""
    number = re.sub(f"[{INVISIBLE}]", "", writing.number)
    for slash in re.finditer(r"\s[/／]|[/／]\s", number):
        before, after = number[: slash.start()], number[slash.end() :]
        if len(groups_digits(before)) < 7 or not groups_digits(after):
            continue
        number_before = writing_of(before + " ")
        if number_before and rank(reading_of(number_before, region, prefer).number) == 2:
            return True
    return False


def groups_digits(text: str) -> str:
    return "".join(groups_of(text))


def without_last_group(writing: Writing) -> Writing | None:
    """The evidence without the last group, if that is in brackets."""
    last = re.search(
        r"[(\[（［][^\d]*(\d+)[^\d]*[)\]）］][^\d]*$", re.sub(f"[{INVISIBLE}]", "", writing.number)
    )
    if last is None or len(writing.groups) < 2 or writing.local:
        return None
    number = re.sub(f"[{INVISIBLE}]", "", writing.number)[: last.start()]
    if groups_of(number) != writing.groups[:-1]:
        return None
    return writing_of(number + " ")


def without_optional_zero(
    writing: Writing, region: str | None, prefer: str | None
) -> Answer | None:
    """The answer to a text without the `(0)` directly after its calling code, if that is valid."""
    zero = re.search(r"[(\[（［][^\d)\])）］]*([^\D])[^\d(\[（［]*[)\]）］]", writing.text)
    before = (
        "" if zero is None else phonenumbers.normalize_digits_only(writing.text[: zero.start()])
    )
    if zero is None or phonenumbers.normalize_digits_only(zero[1]) != "0" or not before:
        return None
    rest = before[2:] if before.startswith("00") and not writing.plus else before
    if country_of(writing.digits[len(before) - len(rest) :]) != rest:
        return None
    without = writing_of(writing.text[: zero.start()] + " " + writing.text[zero.end() :])
    if without is None or len(without.groups) != len(writing.groups) - 1:
        return None
    answer = reading_of(without, region, prefer)
    return answer if rank(answer.number) == 2 else None


def reading_of(writing: Writing, region: str | None, prefer: str | None) -> Answer:
    if writing.plus:
        number = parse(writing.text)
        if number is not None and writing.bracketed and writing.first != country_of(writing.digits):
            return NATIONAL
        return Answer(number)
    if region is None:
        return without_region(writing)
    answer = with_region(writing, region, prefer)
    home = phonenumbers.country_code_for_region(region)
    number = answer.number
    if number is None or rank(number) < 2 or number.country_code != home:
        short = PhoneNumber(home, int(writing.digits)) if writing.digits[:1] != "0" else None
        if short is not None and is_valid_short_number_for_region(short, region):
            return SHORT
    return answer


def without_region(writing: Writing) -> Answer:
    digits = writing.digits
    if writing.local:
        return NATIONAL
    if digits in ("112", "911"):
        return SHORT
    if digits.startswith("0") and not digits.startswith("00"):
        return NATIONAL
    if writing.punctuated and writing.first == "8":
        return NATIONAL
    international = parse(writing.text)
    if digits.startswith("00"):
        is_doubtful = writing.punctuated and not has_international_groups(writing, international)
        if is_doubtful and rank(international) == 2:
            return Answer(international, frozenset({"phone-maybe-national"}))
        return Answer(international)
    if writing.bracketed and writing.first != country_of(digits):
        return NATIONAL
    if writing.punctuated:
        if international is None:
            return REFUSED if country_of(digits) else NATIONAL
        if has_international_groups(writing, international) and not writing.bracketed:
            return Answer(international)
        if rank(international) == 2:
            return Answer(international, frozenset({"phone-maybe-national"}))
        return NATIONAL
    if re.fullmatch(r"8\d{10}", digits) and rank(parse(f"+7{digits[1:]}")) == 2:
        if rank(international) == 2:
            return Answer(international, frozenset({"phone-maybe-national"}))
        return NATIONAL
    return Answer(international)


def with_region(writing: Writing, region: str, prefer: str | None) -> Answer:
    digits = writing.digits
    home = phonenumbers.country_code_for_region(region)
    metadata = PhoneMetadata.metadata_for_region(region)
    assert metadata is not None
    national = parse(writing.text, region)
    # 1. The region's international prefix, or 00.
    dialled = re.match(metadata.international_prefix or "(?!)", digits)
    has_prefix = dialled is not None and digits[dialled.end() :][:1] != "0" and dialled.end() > 0
    if (has_prefix or digits.startswith("00")) and not writing.local:
        inside = number_inside(digits, region)
        if rank(inside) == 2:
            return Answer(inside)
        number = national if has_prefix else parse(digits)
        if (
            digits.startswith("00")
            and writing.punctuated
            and number is not None
            and number.country_code != home
            and not (rank(number) == 2 and has_international_groups(writing, number))
            and rank(number_inside(digits[1:], region)) == 2
        ):
            return AMBIGUOUS
        return Answer(number, abroad_warning(number, home))
    # The readings.
    code = country_of(digits)
    international = None if writing.local else parse(f"+{digits}")
    own = international if code == str(home) else None
    abroad = international if code != str(home) else None
    # 2. Written for dialling inside a country.
    trunk = metadata.national_prefix
    if writing.punctuated:
        is_own_code = own is not None and writing.first == code
        is_shown = national is not None and (
            writing.bracketed or has_national_groups(writing, national)
        )
        if rank(national) == 2 and is_shown:
            other = is_own_code and rank(own) == 2 and own != national
            return Answer(national, frozenset({"phone-two-readings"} if other else ()))
        has_trunk = trunk is not None and writing.first == trunk and trunk != "1"
        is_cut = abroad is not None and writing.first != code
        if has_trunk or (writing.bracketed and not is_own_code):
            return better_at_home(national, own, prefer)
        if is_cut:
            answer = better_at_home(national, own, prefer)
            if answer.number is not None and rank(abroad) == 2:
                return Answer(answer.number, answer.warnings | {"phone-two-readings"})
            return answer
        # 3. The region's own calling code.
        if is_own_code and rank(own) == 2:
            return Answer(own)
    # 4. Anything else.
    if abroad is None:
        return better_at_home(national, own, prefer)
    match rank(national), rank(abroad):
        case ((1 | 2), 2):
            return preferred(national, abroad, prefer)
        case ((1 | 2), _):
            return Answer(national)
        case _, 2:
            return Answer(abroad, frozenset({"phone-abroad"}))
    return REFUSED


def number_inside(digits: str, region: str) -> PhoneNumber | None:
    """The number that digits mean inside a region, even if they begin with a prefix."""
    metadata = PhoneMetadata.metadata_for_region(region)
    assert metadata is not None
    _, national, _ = phonenumberutil._maybe_strip_national_prefix_carrier_code(digits, metadata)
    length = phonenumberutil._test_number_length(national, metadata)
    if length in (
        ValidationResult.TOO_SHORT,
        ValidationResult.IS_POSSIBLE_LOCAL_ONLY,
        ValidationResult.INVALID_LENGTH,
    ):
        national = digits
    if not 2 <= len(national) <= 17:
        return None
    zeros = len(national) - len(national.lstrip("0") or "0")
    number = PhoneNumber(
        phonenumbers.country_code_for_region(region),
        int(national),
        italian_leading_zero=True if zeros else None,
        number_of_leading_zeros=zeros if zeros > 1 else None,
    )
    return number if len(digits_of(number)) <= 15 else None


def abroad_warning(number: PhoneNumber | None, home: int) -> frozenset[str]:
    is_abroad = number is not None and number.country_code != home
    return frozenset({"phone-abroad"} if is_abroad else ())


def has_international_groups(writing: Writing, number: PhoneNumber | None) -> bool:
    """Whether the groups are those of the international format, with 00 before them or not."""
    if number is None:
        return False
    groups = groups_of(phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL))
    prefix = 2 if writing.digits.startswith("00") else 0
    ends = [end - prefix for end in accumulate(map(len, writing.groups)) if end > prefix]
    return ends == list(accumulate(map(len, groups))) and writing.digits[prefix:] == "".join(groups)


def has_national_groups(writing: Writing, number: PhoneNumber) -> bool:
    """Whether the groups are those of the national format, with or without the trunk prefix."""
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(number.country_code or 0, region)
    assert metadata is not None
    nsn = phonenumbers.national_significant_number(number)
    pattern = phonenumberutil._choose_formatting_pattern_for_number(metadata.number_format, nsn)
    written = nsn
    if pattern is not None:
        # The format without its rule for the trunk prefix.
        written = re.sub(f"^(?:{pattern.pattern})$", pattern.format or "", nsn)
    expected = groups_of(written)
    # What comes before these may be the trunk prefix, written apart or together with the first.
    tail = writing.groups[-len(expected) :]
    return tail[1:] == expected[1:] and tail[0].endswith(expected[0])


def better_at_home(
    national: PhoneNumber | None, own: PhoneNumber | None, prefer: str | None
) -> Answer:
    if rank(national) == rank(own) == 0:
        return REFUSED
    if rank(national) == rank(own) and Answer(national).digits != Answer(own).digits:
        return preferred(national, own, prefer)
    return Answer(national if rank(national) >= rank(own) else own)


def preferred(
    national: PhoneNumber | None, international: PhoneNumber | None, prefer: str | None
) -> Answer:
    """One of two equally good readings, if the caller chose."""
    assert national is not None
    assert international is not None
    if prefer is None:
        return AMBIGUOUS
    chosen, other = (national, international) if prefer == "national" else (international, national)
    if rank(other) == 2:
        return Answer(chosen, frozenset({"phone-two-readings"}))
    return Answer(chosen, abroad_warning(chosen, national.country_code or 0))
