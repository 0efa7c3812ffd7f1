"""Phones of a whole list: hints, suggested repairs, severities, and forms of columns."""

from __future__ import annotations

import json
import pickle
import random
from typing import Any

import phonenumbers
import pyarrow as pa
import pytest
from click.testing import CliRunner
from phonenumbers import PhoneNumberFormat, PhoneNumberType

import predial
from predial.cli import commands


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
    assert "1 more row could be sent: written as dialled in RU" in shown


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
    assert json.loads(body.path.read_bytes()) == [
        {"phone": "79123456789", "gmtZone": "Europe/Moscow"}
    ]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert manifest["options"]["repair"] == "suggested"


def test_a_table_takes_no_suggestions() -> None:
    table = pa.table({"phone": ["тел. +7 912 345-67-89"]})
    with pytest.raises(ValueError, match="repair"):
        predial.check_table(table, repair="suggested")


def test_no_suggested_repair_was_possible_to_two_numbers() -> None:
    """A text with two numbers in it is not sent."""
    draw = random.Random(31)
    regions = ["RU", "DE", "US", "FR", "GB", "IT", "BR"]
    for _ in range(600):
        region = draw.choice(regions)
        written = []
        for kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE):
            example = phonenumbers.example_number_for_type(region, kind)
            assert example is not None
            number = phonenumbers.PhoneNumber()
            number.merge_from(example)
            last = (example.national_number or 0) % 10
            number.national_number = (example.national_number or 0) - last + draw.randrange(10)
            if phonenumbers.is_valid_number(number):
                form = draw.choice([PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL])
                written.append((number, phonenumbers.format_number(number, form)))
        between = draw.choice([" / ", ", ", " и ", " or ", "; ", "\n", " - ", "  ", "/", "|"])
        text = between.join(text for _, text in written)
        e164 = {phonenumbers.format_number(number, PhoneNumberFormat.E164) for number, _ in written}
        report = predial.check(jobs(text), region=region, repair="suggested")
        if len(e164) > 1:
            assert report.rejected == 1, (text, region)


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
