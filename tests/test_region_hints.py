"""Which regions a list is told of: those under which more of it would be sent, and no others."""

from __future__ import annotations

import predial


def hints_of(*phones: str, **options: str) -> dict[str, int]:
    source = "\n".join(["phone", *(f'"{phone}"' for phone in phones), ""]).encode()
    report = predial.check(source, **options)  # type: ignore[arg-type]
    return {hint.option: hint.rows for hint in report.hints if hint.option.startswith("region")}


def sent(phones: list[str], region: str | None = None) -> int:
    report = predial.check([{"phone": phone} for phone in phones], region=region)
    return report.total - report.rejected


RUSSIAN = [f"8 (912) 345-67-{number:02}" for number in range(20)]


def test_the_form_of_writing_settles_between_countries_of_one_calling_code() -> None:
    assert list(hints_of("(201) 555-0123")) == ['region="US"']
    assert list(hints_of(*RUSSIAN)) == ['region="RU"']


def test_other_numbers_of_the_list_settle_between_countries() -> None:
    # Written so in both countries.
    national = ["8 701 234 56 78", "8 912 345 67 89"]
    assert hints_of(*national, "+77012345670", "+77012345671") == {'region="KZ"': 2}
    assert hints_of(*national, "+79123456780", "+79123456781") == {'region="RU"': 2}


def test_what_a_region_would_cost_is_taken_off() -> None:
    # Dialled in Russia these are two numbers each.
    ambiguous = [f"96077123{number:02}" for number in range(10)]
    assert sent(ambiguous) == 10
    assert sent(ambiguous, "RU") == 0
    phones = [*RUSSIAN, *ambiguous]
    assert hints_of(*phones) == {'region="RU"': sent(phones, "RU") - sent(phones)}
    assert hints_of(*RUSSIAN[:10], *ambiguous) == {}


def test_a_hint_is_what_the_region_sends() -> None:
    german = [f"030 231250{number:02}" for number in range(30)]
    for phones in (german, [*german, "+12015550123", "4915123456789"], [*german, *RUSSIAN[:3]]):
        hints = hints_of(*phones)
        assert hints['region="DE"'] == sent(phones, "DE") - sent(phones)
        assert all(rows * 2 > hints['region="DE"'] for rows in hints.values())
