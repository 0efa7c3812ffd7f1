"""A slow reference of how predial reads phones, on top of the phonenumbers package.

`parse` is phonenumbers' own, after predial's further refusals. `settle` decides between the
readings. Both answer None where predial has to refuse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, ValidationResult

# libphonenumber's punctuation without the letter x: what may be between digits.
MARKS = "-‐‑‒–—―−ー－．／ \u00a0\u00ad\u200b\u2060\u3000()（）［］.[]/~⁓∼～"
MARK = f"[{re.escape(MARKS)}]"
ONE_NUMBER = re.compile(rf"{MARK}*[+＋]*(?:{MARK}*\d)+{MARK}*")
FLOAT = re.compile(r"[ \u00a0]*(\+?[0-9]+)\.0+[ \u00a0]*")
SCHEME = re.compile(rf"({MARK}*)tel:", re.IGNORECASE)


@dataclass(frozen=True)
class Read:
    """A text that holds one phone and nothing else, as it is handed to phonenumbers."""

    text: str
    plus: bool
    digits: str
    first_group: str
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
    first_group = re.sub(rf"^[+＋]*{MARK}*(\d*).*", r"\1", number.lstrip(MARKS), flags=re.DOTALL)
    return Read(text, plus, digits, phonenumbers.normalize_digits_only(first_group), local)


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
    """What parse_phone answers."""
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


def rank(number: PhoneNumber) -> int:
    if phonenumbers.is_valid_number(number):
        return 2
    return int(phonenumbers.is_possible_number(number))


def settle(
    text: str, region: str | None, level: str, prefer: str | None
) -> tuple[str | None, str | None]:
    """What normalize_phone answers: the digits, or None and the rule if it is about readings."""
    found = read(text)
    if found is None:
        return None, None
    international = parse(text)
    chosen = international
    if found.plus:
        pass
    elif region is not None:
        national = parse(text, region)
        if national is None or international is None:
            chosen = national or international
        elif digits_of(national) == digits_of(international) or rank(national) > rank(
            international
        ):
            chosen = national
        elif rank(national) < rank(international):
            chosen = international
        elif prefer is None:
            return None, "phone-ambiguous"
        else:
            chosen = national if prefer == "national" else international
    elif found.first_group in ("0", "8") and len(found.digits) > 1:
        return None, "phone-national"
    elif re.fullmatch(r"8\d{10}", found.digits):
        russian = parse(f"+7{found.digits[1:]}")
        if russian is not None and rank(russian) == 2 and (chosen is None or rank(chosen) < 2):
            return None, "phone-national"
    if chosen is None:
        return None, None
    possible = phonenumbers.is_possible_number_with_reason(chosen) == ValidationResult.IS_POSSIBLE
    if level == "possible" and not possible:
        return None, None
    if level == "valid" and not phonenumbers.is_valid_number(chosen):
        return None, None
    return digits_of(chosen), None
