"""`predial phone`: the verdict over single phones."""

from __future__ import annotations

from typing import Any

import click

import predial
from predial._core import phone_of_digits
from predial.cli.options import PHONES, declare
from predial.cli.outcome import Outcome
from predial.cli.texts import TEXTS, TextsCommand, Verdict, judge

COLUMNS = ("e164", "region", "type", "possible", "valid", "time_zones")


@click.command("phone", cls=TextsCommand, short_help="Say whether texts are phones, and which.")
@declare(*PHONES)
@TEXTS
@click.pass_obj
def command(
    outcome: Outcome, /, texts: tuple[str, ...], output_format: str, **options: Any
) -> None:
    """Say of each TEXT whether a batch would send it as a phone, and which number it is.

    Shows the number in E.164 form, its region, its type, whether it is possible and valid by its
    country's numbering plan, and the time zones where it may be; or the rule that the TEXT breaks,
    what to do, and what was perhaps meant. TEXT - is each line of standard input. Exit status 1
    if any would be rejected.
    """

    def read(text: str) -> Verdict:
        phone = phone_of_digits(predial.normalize_phone(text, **options))
        return {
            "e164": phone.e164,
            "digits": phone.digits,
            "country_code": phone.country_code,
            "national_number": phone.national_number,
            "region": phone.region,
            "type": phone.type,
            "possible": phone.is_possible,
            "valid": phone.is_valid,
            "time_zones": list(phone.time_zones),
        }

    judge(texts, read, COLUMNS, output_format, outcome)
