"""`predial phone`: the verdict on single phones."""

from __future__ import annotations

from typing import Any

import click

import predial
from predial._core import phone_of_digits
from predial.cli.options import PHONES, declare
from predial.cli.outcome import Outcome
from predial.cli.texts import TEXTS, TextsCommand, Verdict, judge

COLUMNS = ("e164", "region", "type", "possible", "valid", "time_zones")


@click.command("phone", cls=TextsCommand)
@declare(*PHONES)
@TEXTS
@click.pass_obj
def command(
    outcome: Outcome, /, texts: tuple[str, ...], output_format: str, **options: Any
) -> None:
    """Say for each TEXT whether a batch would send it as a phone, and which number it is.

    For a phone: the number in E.164 form, its region and type, whether it is possible and valid in
    its country's numbering plan, and the time zones where it may be. For any other TEXT: the rule
    that it breaks, what to do, and what was probably meant. A TEXT of - means each line of
    standard input. The exit status is 1 if any TEXT would be rejected.
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
