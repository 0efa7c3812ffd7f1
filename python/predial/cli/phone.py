"""`predial phone`: the verdict on single phones."""

from __future__ import annotations

from typing import Any

import click

from predial._core import explain_phone
from predial.cli.options import PHONES, declare
from predial.cli.outcome import Outcome
from predial.cli.printing import paragraph, printable, say
from predial.cli.texts import TEXTS, TextsCommand, Verdict, cell, judge, refusal, say_within


@click.command("phone", cls=TextsCommand)
@declare(*PHONES)
@TEXTS
@click.pass_obj
def command(
    outcome: Outcome, /, texts: tuple[str, ...], output_format: str, **options: Any
) -> None:
    """Say for each TEXT whether a batch would send it as a phone, and which number it is.

    For a phone: the number as people write it and as digits, why the TEXT means this number, its
    region and type, whether it is valid in its country's numbering plan, the time zones where it
    may be, and what a batch would warn about. For any other TEXT: the rule that it breaks,
    what to do, and what was probably meant. A TEXT of - means each line of standard input. The
    exit status is 1 if any TEXT would be rejected.
    """

    def read(text: str) -> Verdict:
        phone, why, warnings = explain_phone(text, **options)
        return {
            "e164": phone.e164,
            "digits": phone.digits,
            "international": phone.format("international"),
            "country_code": phone.country_code,
            "national_number": phone.national_number,
            "region": phone.region,
            "type": phone.type,
            "possible": phone.is_possible,
            "valid": phone.is_valid,
            "time_zones": list(phone.time_zones),
            "why": why,
            "warnings": [{"rule": rule, "message": message} for rule, message in warnings],
        }

    judge(texts, read, _show, output_format, outcome)


def _show(verdicts: list[Verdict]) -> None:
    """Write a block for each text."""
    for verdict in verdicts:
        say(printable(verdict["text"]))
        if verdict["rule"] is not None:
            say_within("error", refusal(verdict))
            continue
        say(f"  number   {verdict['international']}   (digits for addPhones: {verdict['digits']})")
        for line in paragraph(f"  why      {printable(verdict['why'])}", rest=" " * 11):
            say(line)
        for line in paragraph(f"  {_facts(verdict)}", rest="    "):
            say(line)
        for warning in verdict["warnings"]:
            say_within("warning", f"warning {warning['rule']}: {printable(warning['message'])}")


def _facts(verdict: Verdict) -> str:
    """Where a number is and what it is, in a line.

    >>> facts = {"country_code": 7, "region": "RU", "type": "fixed_line", "valid": True}
    >>> _facts({**facts, "time_zones": ["Europe/Moscow"]})
    'RU, fixed line, valid; time zone Europe/Moscow'
    """
    if not verdict["valid"]:
        return f"calling code {verdict['country_code']}, not in its country's numbering plan"
    facts = f"{verdict['region']}, {verdict['type'].replace('_', ' ')}, valid"
    zones = verdict["time_zones"]
    if not zones:
        return facts
    return f"{facts}; time zone{'s' if len(zones) > 1 else ''} {cell(zones)}"
