"""Phones: a million realistic numbers, predial and the libraries a Python program can import."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Final

import phonenumbers
import rphonenumbers

import predial
from make_batch import SEED
from timing import Contender, Section

COUNT: Final = 1_000_000
#: Each peer reads one of this many numbers, and its time is given per number.
FEWER_FOR_RPHONENUMBERS: Final = 10
FEWER_FOR_PHONENUMBERS: Final = 100

#: Where half of the numbers are; the other half is Russian.
REGIONS: Final = (
    *("US", "GB", "DE", "FR", "IT", "ES", "PL", "TR", "IN", "BR", "JP", "CN", "KR", "ID", "PH"),
    *("VN", "TH", "MY", "AU", "ZA", "EG", "NG", "KE", "MA", "DZ", "UA", "KZ", "UZ", "BY", "AZ"),
    *("MX", "AR", "CO", "PE", "CL", "NL", "BE", "SE", "CZ", "RO"),
)


def sections() -> Iterator[Section]:
    """Whether each of a million texts is a valid number: scalars in a loop, and the column."""
    texts = make_numbers()
    some = texts[::FEWER_FOR_RPHONENUMBERS]
    few = texts[::FEWER_FOR_PHONENUMBERS]
    check, is_phone = predial.check_phones, predial.is_phone
    yield Section(
        f"{COUNT} phones, half Russian, the rest of {len(REGIONS)} countries, 5 % faulty",
        "phone",
        COUNT,
        (
            Contender("predial.check_phones", lambda: check(texts, level="valid")),
            Contender(
                "predial.is_phone in a loop",
                lambda: sum([is_phone(text, level="valid") for text in texts]),
            ),
            Contender(
                "rphonenumbers, parse + is_valid_number",
                lambda: _valid(rphonenumbers, some),
                len(some),
            ),
            Contender(
                "phonenumbers, parse + is_valid_number",
                lambda: _valid(phonenumbers, few),
                len(few),
            ),
        ),
    )


def make_numbers(count: int = COUNT) -> list[str]:
    """International numbers as in real lists: two in three in plain E.164, the rest with spaces."""
    random = Random(SEED)
    examples = {region: _example(region) for region in ("RU", *REGIONS)}
    return [_number(random, examples) for _ in range(count)]


def _example(region: str) -> str:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    assert example is not None
    return phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)


def _number(random: Random, examples: dict[str, str]) -> str:
    region = "RU" if random.random() < 0.5 else random.choice(REGIONS)
    number = examples[region]
    number = f"{number[:-4]}{random.randrange(10_000):04}"
    if random.random() < 0.05:
        number = random.choice((number[:-1], f"{number}00", f"{number} доб. 12", f"{number},"))
    if random.random() < 1 / 3:
        number = f"{number[:-7]} {number[-7:-4]}-{number[-4:-2]}-{number[-2:]}"
    return number


def _valid(library: object, texts: list[str]) -> int:
    parse: Callable[[str, None], object] = library.parse  # type: ignore[attr-defined]
    is_valid: Callable[[object], bool] = library.is_valid_number  # type: ignore[attr-defined]
    wrong: type[Exception] = library.NumberParseException  # type: ignore[attr-defined]
    valid = 0
    for text in texts:
        try:
            valid += is_valid(parse(text, None))
        except wrong:
            continue
    return valid
