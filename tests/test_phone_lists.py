"""Phones of a whole list: hints, suggested repairs, severities, and forms of columns."""

from __future__ import annotations

import json
import pickle
import random
import re
from typing import Any

import phonenumbers
import pyarrow as pa
import pytest
from click.testing import CliRunner
from phonenumbers import PhoneNumberFormat

import predial
from phone_sentences import NOTES
from predial.cli import commands
from test_phone_find import noted


def jobs(*phones: object, **fields: object) -> list[dict[str, Any]]:
    return [{"phone": phone, **fields} for phone in phones]


# --- hints -------------------------------------------------------------------------------------


def test_the_region_of_a_list_is_a_hint() -> None:
    national = [f"8 (495) 123-45-{number:02}" for number in range(40)]
    report = predial.check(jobs(*national, "+49 30 123456", "7.911E+10"))
    hint = report.hints[0]
    assert (hint.option, hint.rows) == ('region="RU"', 40)
    assert len(report.hints) <= 3
    # The hint is true: with the option this many rows more are sent.
    again = predial.check(jobs(*national, "+49 30 123456", "7.911E+10"), region="RU")
    assert again.rejected == report.rejected - hint.rows
    assert pickle.loads(pickle.dumps(report)) == report
    assert pickle.loads(pickle.dumps(hint)) == hint


def test_prefer_is_a_hint_where_texts_are_ambiguous() -> None:
    ambiguous = [f"96077123{number:02}" for number in range(20)]
    report = predial.check(jobs(*ambiguous), region="RU")
    assert report.counts["phone-ambiguous"] == 20
    assert {hint.option for hint in report.hints} == {
        'prefer="national"',
        'prefer="international"',
    }
    assert all(hint.rows == 20 for hint in report.hints)


def test_a_good_list_has_no_hints() -> None:
    assert predial.check(jobs("79123456789", "+49 30 123456")).hints == []
    assert predial.check(jobs("7.911E+10", None, "Anna")).hints == []


def test_the_command_shows_what_would_help() -> None:
    lines = "".join(json.dumps(job) + "\n" for job in jobs("8 (495) 123-45-67"))
    shown = CliRunner().invoke(commands, ["check", "-"], input=lines).stdout
    assert "What would help" in shown
    assert "--region RU" in shown
    assert "1 more row could be sent: written as dialled in Russia" in " ".join(shown.split())


# --- suggested repairs --------------------------------------------------------------------------


def test_what_is_suggested_is_sent_where_it_is_asked_for() -> None:
    phones = ["тел. 8 912 345-67-89", "Anna", "+7 912 345-67-80", "79123456781"]
    report = predial.check(jobs(*phones), region="RU", repair="suggested")
    assert (report.clean, report.repaired, report.rejected) == (1, 2, 1)
    severities = [(found.row, found.rule, found.severity) for found in report.diagnostics]
    assert severities == [
        (0, "phone-letters", "suggested"),
        (1, "phone-letters", "error"),
        (2, "phone-format", "repair"),
    ]
    for repair in (True, "sure", False):
        sure = predial.check(jobs(*phones), region="RU", repair=repair)
        assert sure.diagnostics[0].severity == "error"
        assert (sure.diagnostics[0].suggestion, sure.rejected) == (
            "+79123456789",
            3 if repair is False else 2,
        )


def test_a_job_with_another_fault_is_not_sent() -> None:
    report = predial.check(jobs("тел. +7 912 345-67-89", payload="?"), repair="suggested")
    assert report.rejected == 1
    assert {found.severity for found in report.diagnostics} == {"error"}


def test_zones_are_sent_as_suggested(tmp_path: Any) -> None:
    [job] = jobs("+7 912 345-67-89 доб. 1", gmtZone="MSK")
    report = predial.prepare([job], tmp_path / "out", repair="suggested")
    [body] = report.bodies
    assert json.loads(body.content) == [{"phone": "79123456789", "gmtZone": "Europe/Moscow"}]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert manifest["options"]["repair"] == "suggested"


def test_a_table_is_sent_as_suggested() -> None:
    phones = ["тел. +7 912 345-67-89", "Anna", "+7 912 345-67-80", "79123456781", "доб. 1"]
    zones = ["+03:00", "MSK", "MSK", "MSK", "MSK"]
    table = pa.table({"phone": phones, "gmtZone": zones})
    checked = pa.table(predial.check_table(table, repair="suggested"))
    assert checked.column("phone").to_pylist() == [
        "79123456789",
        "Anna",
        "79123456780",
        "79123456781",
        "доб. 1",
    ]
    assert checked.column("gmtZone").to_pylist() == [
        "+03:00",
        "MSK",
        "Europe/Moscow",
        "Europe/Moscow",
        "MSK",
    ]
    verdicts = checked.column("predial").to_pylist()
    assert [verdict["rule"] is None for verdict in verdicts] == [True, False, True, True, False]
    assert [verdict["repaired"] for verdict in verdicts] == [True, False, True, True, False]
    batches = pa.Table.from_batches(table.to_batches(max_chunksize=2))
    again = pa.table(predial.check_table(batches, repair="suggested"))
    assert again.to_pylist() == checked.to_pylist()


def numbers_in(text: str, region: str) -> dict[tuple[int, int], str]:
    """Every stretch of whole groups of at least seven digits that is a valid number, and which one
    it is. Dates, times and ordinal numbers are left out."""
    text = re.sub(r"[0-9]+[.][0-9]+[.]20[0-9]+|[0-9]+:[0-9]+|[0-9](º|st\b)", "|", text)
    groups = [match.span() for match in re.finditer(r"[+]?[0-9]+", text)]
    found = {}
    for first, (start, _) in enumerate(groups):
        for _, end in groups[first : first + 8]:
            if re.search(r"[^-() \xa0.0-9]|  | - ", text[start:end].removeprefix("+")):
                break
            try:
                number = phonenumbers.parse(text[start:end], region)
            except phonenumbers.NumberParseException:
                continue
            digits = sum(map(str.isdigit, text[start:end]))
            if digits >= 7 and phonenumbers.is_valid_number(number):
                found[start, end] = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return found


@pytest.mark.slow
def test_no_suggested_repair_was_possible_to_two_numbers() -> None:
    """What is sent in place of a text is the only number in it: nothing beside it is a number, and
    nothing that it is a part of."""
    draw = random.Random(31)
    sent = 0
    for _ in range(6_000):
        notes = draw.choice(NOTES)
        region = draw.choice(notes.regions)
        text, _ = noted(notes, region, draw)
        if draw.random() < 0.6:
            between = draw.choice(
                ["", " ", "  ", ", ", "; ", " / ", "/", " - ", "\n", " | ", " и "]
            )
            other = noted(notes, region, draw)[0]
            text += between + draw.choice([other, other[draw.randrange(len(other)) :], "45", "7 8"])
        report = predial.check(jobs(text), region=region, repair="suggested")
        [found] = [one for one in report.diagnostics if one.severity != "warning"]
        if found.severity != "suggested":
            continue
        sent += 1
        taken = f"+{found.suggestion}"
        numbers = numbers_in(text, region)
        spans = [span for span, number in numbers.items() if number == taken]
        assert spans, (text, region, taken)
        for (start, end), number in numbers.items():
            is_inside = any(first <= start and end <= last for first, last in spans)
            assert number == taken or is_inside, (text, region, taken, number)
    assert sent > 3_000


# --- severities ---------------------------------------------------------------------------------


def test_a_warning_may_be_an_error_or_nothing() -> None:
    batch = jobs("79999999999", "79123456789")
    assert predial.check(batch).counts == {"phone-placeholder": 1}
    error = predial.check(batch, severity={"phone-placeholder": "error"})
    assert (error.rejected, error.warned, error.diagnostics[0].severity) == (1, 0, "error")
    ignored = predial.check(batch, severity={"phone-placeholder": "ignore"})
    assert (ignored.clean, ignored.warned, ignored.counts) == (2, 0, {})
    same = predial.check(batch, severity={"phone-placeholder": "warning"})
    assert same == predial.check(batch)


@pytest.mark.parametrize(
    ("severity", "error"),
    [
        ({"phone-empty": "ignore"}, ValueError),
        ({"phone-format": "error"}, ValueError),
        ({"phone-nonsense": "error"}, ValueError),
        ({"phone-costly": "fatal"}, ValueError),
        ({"phone-costly": 1}, TypeError),
        ("phone-costly", TypeError),
    ],
)
def test_other_rules_cannot_be_changed(severity: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="severity"):
        predial.check([], severity=severity)


def test_severities_on_the_command_line() -> None:
    line = '{"phone": "79999999999"}\n'
    run = CliRunner().invoke
    assert run(commands, ["check", "-"], input=line).exit_code == 0
    assert run(commands, ["check", "-", "--error", "phone-placeholder"], input=line).exit_code == 1
    ignored = run(commands, ["check", "-", "--ignore", "phone-placeholder"], input=line)
    assert "phone-placeholder" not in ignored.stdout
    assert run(commands, ["check", "-", "--error", "phone-empty"], input=line).exit_code == 2
    words = '{"phone": "Anna: +7 912 345-67-89"}\n'
    assert run(commands, ["check", "-"], input=words).exit_code == 1
    assert run(commands, ["check", "-", "--repair", "suggested"], input=words).exit_code == 0
    plus = '{"phone": "+79123456789"}\n'
    assert run(commands, ["check", "-", "--no-repair"], input=plus).exit_code == 1


# --- forms of columns ---------------------------------------------------------------------------

FORMS = {
    "digits": "79123456789",
    "e164": "+79123456789",
    "international": "+7 912 345-67-89",
    "national": "8 (912) 345-67-89",
    "rfc3966": "tel:+7-912-345-67-89",
}


@pytest.mark.parametrize(("form", "written"), FORMS.items())
def test_a_column_in_every_form(form: Any, written: str) -> None:
    values = ["8 912 345-67-89", None, "79123456789", "?"]
    expected = [written, None, written, None]
    column = predial.check_phones(values, "RU", format=form)
    assert column.normalized == expected
    assert column.repaired == [True, False, False, False]
    for kind in (pa.string(), pa.large_string(), pa.string_view()):
        arrow = predial.check_phones(pa.array(values, kind), "RU", format=form, details=True)
        assert pa.array(arrow.normalized).to_pylist() == expected
        assert pa.array(arrow.region).to_pylist() == ["RU", None, "RU", None]
    dictionary = pa.array(values).dictionary_encode()
    assert (
        pa.array(predial.check_phones(dictionary, "RU", format=form).normalized).to_pylist()
        == expected
    )


def test_an_unknown_form_of_a_column_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="format"):
        predial.check_phones([], format="NATIONAL")  # type: ignore[arg-type]


def test_the_engines_take_a_form() -> None:
    duckdb, pd, pl = (pytest.importorskip(name) for name in ("duckdb", "pandas", "polars"))
    import predial.duckdb
    import predial.pandas
    import predial.polars

    values = ["79123456789", None]
    series = pl.Series(values).predial.phone(format="international")
    assert series.to_list() == [FORMS["international"], None]
    frame = pl.DataFrame({"phone": values})
    lazy = frame.lazy().select(pl.col("phone").predial.phone(format="national")).collect()
    assert lazy.get_column("phone").to_list() == [FORMS["national"], None]
    answer = predial.pandas.phone(pd.Series(values, dtype="string"), format="rfc3966")
    assert answer.tolist()[0] == FORMS["rfc3966"]
    connection = predial.duckdb.register(duckdb.connect())
    forms = "(VALUES ('e164'), ('national')) forms(form)"
    query = f"SELECT predial_phone_format('79123456789', form) FROM {forms}"
    assert connection.sql(query).fetchall() == [(FORMS["e164"],), (FORMS["national"],)]
