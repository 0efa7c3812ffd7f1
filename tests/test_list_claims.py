"""What is never dialled although it looks like a phone, and which columns are named in hints."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import predial
from predial.cli import commands

LISTS = Path(__file__).parent / "data" / "lists"


def phones_of(text: str) -> list[str]:
    report = predial.check(text.encode())
    return [column.header for column in report.mapping or [] if column.field == "phone"]


@pytest.mark.parametrize(
    "text",
    [
        # A title that speaks of phones, above columns that have none.
        "Телефоны клиентов\n||\nTax|City|Price\n7757441230||50018,21\n7719002682|Berlin|6886,75\n",
        "Телефоны клиентов\n;\nBirthday;Name\n10/2/1956;Boris\n",
        "Телефоны клиентов\nAuftragsnummer;Postleitzahl\nORD-79123000000;185952\n",
        "Phones of customers\nAmount\tID\tEmail\n85.99\t79123000000\t\n20.05\t79123000007\ta@b.c\n"
        "73.57\t79123000014\t\n",
        # Numbers that were counted.
        "79123000000\t5034539477886\ta\n79123000007\t4072984624591\tb\n79123000014\t46269\tc\n",
        "79123000014;a\n79123000007;b\n79123000000;c\n",
    ],
)
def test_what_is_not_a_phone_is_not_dialled(text: str) -> None:
    with pytest.raises(predial.ListError):
        predial.check(text.encode())


@pytest.mark.parametrize(
    ("header", "other"),
    [
        ("Телефон рекомендателя", "Телефон"),
        ("Телефон поручителя", "Моб. тел."),
        ("Guarantor phone", "Phone"),
        ("Friend's mobile", "Mobile"),
        ("Telefon der Eltern", "Handy"),
        ("Téléphone du conjoint", "Téléphone"),
    ],
)
def test_the_phone_of_somebody_else_is_not_taken(header: str, other: str) -> None:
    assert phones_of(f"{header};{other}\n79123456700;79123456789\n;79123456780\n") == [other]
    with pytest.raises(predial.ListError):
        predial.check(f"{header};Name\n79123456789;a\n79123456780;b\n".encode())


@pytest.mark.parametrize("header", ["ტელეფონი", "Հեռախոս", "Số điện thoại", "Điện thoại"])
def test_more_names_of_phones(header: str) -> None:
    report = predial.check(f"ID;{header}\n79123456700;+995 555 12 34 56\n".encode())
    assert [(it.header, it.why) for it in report.mapping or [] if it.field] == [(header, "name")]


def test_phones_in_one_column_may_follow_each_other() -> None:
    assert predial.check(b"79123456701\n79123456702\n79123456703\n").clean == 3
    assert phones_of("79123456701;a\n79123456702;b\n") == ["column1"]
    assert phones_of("phone;a\n79123456701;a\n79123456702;b\n79123456703;b\n") == ["phone"]


def test_other_columns_of_phones_are_named() -> None:
    hints = predial.check(LISTS / "google.csv").hints
    assert [(hint.option, hint.rows) for hint in hints] == [
        ('map={"phone": ["Phone 1 - Value", "Phone 2 - Value"]}', 0)
    ]
    assert '"Phone 2 - Value"' in hints[0].text
    # A column without a value has no phone to call.
    assert predial.check(b"Phone;Mobile 2\n79123456789;\n").hints == []


def test_an_option_fits_a_line(tmp_path: Path) -> None:
    long = "Контактный телефон клиента для связи с ним по всем вопросам"
    text = f"Мобильный телефон;{long}\n;79123456789\n79123456780;\n"
    (hint,) = predial.check(text.encode()).hints
    assert hint.option == 'map={"phone": ["Мобильный телефон", "#2"]}'
    assert predial.check(text.encode(), map={"phone": ["Мобильный телефон", "#2"]}).clean == 2
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    shown = CliRunner().invoke(commands, ["check", str(tmp_path / "list.csv")]).stdout
    assert '--map phone="Мобильный телефон",#2' in shown


@pytest.mark.parametrize("record", ['"79123456780,b', "79123456780,b,c", ",", "-,-"])
def test_a_reject_file_whose_only_record_has_no_phone(record: str, tmp_path: Path) -> None:
    predial.prepare(f"phone,name\n79123456789,a\n{record}\n".encode(), tmp_path / "out")
    again = predial.check(tmp_path / "out" / "rejects.csv")
    assert (again.total, again.rejected) == (1, 1)


def test_an_amount_in_a_sheet_is_not_called_scientific() -> None:
    for text in ("7.90576543215E10", "7,90576543215E+10", "79057654321.5e0"):
        found = predial.check_job({"phone": text}).diagnostics
        assert [it.rule for it in found] == ["phone-syntax"], text
        assert "a number with a fraction, not a phone" in found[0].message
    for text in ("7.91E+10", "7.9057654321E10", "7.90576543210E10"):
        assert predial.check_job({"phone": text}).diagnostics[0].rule == "phone-scientific"


@pytest.mark.parametrize("rest", ["+999 1234567", "+999 1234567, +7 912 345-67-80", "0"])
def test_an_extension_before_what_is_no_number(rest: str) -> None:
    found = predial.check_job({"phone": f"+79123456789, 123, {rest}"}, multiple="first")
    assert found.phone != "79123456789"


def test_a_header_in_another_delimiter_is_no_title() -> None:
    rows = "".join(
        f"24.09.1987\t878{n},41\t+1 201-551-61{n}\tu{n}@example.com\n" for n in range(10, 60)
    )
    text = f"Date de naissance\tTotal\tTelephone\tE-mail\n01.01.1990\t1,5\t\t\n{rows}"
    assert phones_of(text) == ["Telephone"]
