"""Which columns of a list are not its own people's phones, and which sheets are not the list."""

from __future__ import annotations

import io
from typing import Any

import pytest

import predial

PHONES = [f"+7 912 345-67-{number}" for number in range(10, 18)]


def table(*headers: str, rows: int = 4, delimiter: str = ";") -> bytes:
    """A list of names with a phone in each further column."""
    lines = [delimiter.join(("Name", *headers))]
    for row in range(rows):
        phones = [PHONES[(row + column) % len(PHONES)] for column in range(len(headers))]
        lines.append(delimiter.join((f"Person {row}", *phones)))
    return ("\n".join(lines) + "\n").encode()


def phones_of(report: predial.Report) -> list[str]:
    return [column.header for column in report.mapping or [] if column.field == "phone"]


@pytest.mark.parametrize(
    ("headers", "phone"),
    [
        (
            [
                "Assistant's Phone",
                "Business Fax",
                "Business Phone",
                "Callback",
                "Car Phone",
                "Company Main Phone",
                "Home Fax",
                "Home Phone",
                "ISDN",
                "Other Phone",
                "Pager",
                "Radio Phone",
                "TTY/TDD Phone",
                "Telex",
            ],
            "Home Phone",
        ),
        (
            [
                "Telefon Assistent",
                "Fax geschäftlich",
                "Telefon geschäftlich",
                "Rückmeldung",
                "Autotelefon",
                "Telefon Firma",
                "Telefon privat",
                "Weiteres Telefon",
            ],
            "Telefon privat",
        ),
        (["AssistantPhone", "HomePhone", "OtherPhone"], "HomePhone"),
        (["Ответственный: Мобильный телефон", "Контакт: Рабочий телефон"], None),
        (["Reports To Mobile", "Phone"], "Phone"),
        (["Мобильный (старый)", "Мобильный"], "Мобильный"),
        (["Телефон организации", "Телефон секретаря", "Телефон домашний"], "Телефон домашний"),
        (["Handy Partner", "Mobil Außendienst", "Telefon"], "Telefon"),
    ],
)
def test_the_phone_of_somebody_else_is_not_preferred(headers: list[str], phone: str | None) -> None:
    report = predial.check(table(*headers))
    assert phones_of(report) == [phone or headers[1]]
    for hint in report.hints:
        assert not any(word in hint.option for word in ("Assist", "Ответств", "секретар", "старый"))


NOT_TAKEN = (
    "Rep Phone|Referrer phone|Landlord phone|Shipper phone|Old phone|Previous Phone|Bad Phone"
    "|Телефон поручителя|Телефон помощника|Телефон директора|Телефон бухгалтера"
    "|Телефон доверенного лица|Телефон родственника|Telefon Eltern|Telefon Ehepartner"
    "|Telefon Lieferant|Telefon Vermittler|Telefon Berater|Telefon Sekretariat|Notruf Telefon"
    "|Phone hash|Teléfono del tutor|Téléphone du garant|Telefono del padre|Telefone do diretor"
    "|Telefon opiekuna|Telefon ručitele|Kefil telefonu|Telefoon ouder|监护人电话"
)


@pytest.mark.parametrize("header", NOT_TAKEN.split("|"))
def test_the_phone_of_somebody_else_is_not_taken_alone(header: str) -> None:
    with pytest.raises(predial.ListError) as caught:
        predial.check(table(header))
    assert caught.value.candidates[0].header == header
    assert "(its header " in str(caught.value)


def test_a_refusal_names_the_own_phones_of_the_list_first() -> None:
    headers = ["Телефон поручителя", "Телефон клиента", "Телефон покупателя"]
    with pytest.raises(predial.ListError) as caught:
        predial.check(table(*headers))
    assert [column.header for column in caught.value.candidates][:2] == headers[1:]


def test_values_of_rows_are_not_words_of_headers() -> None:
    """A position or a status in the first row does not make it a header."""
    for value in ("Директор", "Assistant", "отказ", "bad"):
        text = f"Анна;;{value}\nБорис;{PHONES[0]};{value}\nВера;{PHONES[1]};{value}\n"
        report = predial.check(text.encode())
        assert (report.total, report.input["header_line"]) == (3, None), value


def workbook(**sheets: list[list[Any]]) -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


TIED = [["ФИО", "Телефон клиента", "Телефон покупателя"], ["А", *PHONES[:2]], ["Б", *PHONES[2:4]]]
NOTES = [["ФИО", "Сведения"], *(["А", f"{phone} Анна"] for phone in PHONES)]
LIST = [["ФИО", "Телефон"], ["А", PHONES[0]], ["Б", PHONES[1]]]
STOP = ("Стоп-лист", "Не звонить", "DNC", "Do not call", "Unsubscribed", "Blacklist", "Sperrliste")


@pytest.mark.parametrize("front", [TIED, NOTES])
@pytest.mark.parametrize("second", ["Архив", "Стоп-лист"])
def test_a_sheet_that_leaves_a_choice_is_not_passed_over(front: Any, second: str) -> None:
    with pytest.raises(predial.ListError) as caught:
        predial.check(workbook(Клиенты=front, **{second: LIST}))
    assert caught.value.candidates[0].header == front[0][1]


@pytest.mark.parametrize("name", STOP)
def test_a_sheet_of_phones_that_are_not_to_be_called_is_not_taken_unasked(name: str) -> None:
    other: list[list[Any]] = [["Дата", "Сумма"], ["01.02.2026", 5]]
    book = workbook(**{name: LIST, "Отчёт": other})
    with pytest.raises(predial.ListError):
        predial.check(book)
    assert predial.check(book, sheet=name).total == 2
    with pytest.raises(predial.SourceError, match="phones that are not to be called"):
        predial.check(workbook(**{name: LIST}))
    report = predial.check(workbook(**{name: LIST, "Лист1": LIST}))
    assert report.input["sheet"] == "Лист1"
    assert any(name in note for note in report.notes)
    assert not any(name in hint.option for hint in report.hints)


def test_phones_to_exclude_are_looked_for_in_the_sheet_that_is_named_so() -> None:
    people = [["ФИО", "Телефон"], ["А", PHONES[0]], ["Б", PHONES[1]]]
    book = workbook(Клиенты=people, DNC=[["Телефон"], [PHONES[1]]])
    report = predial.check(book, exclude=io.BytesIO(book))
    assert report.total == 2
    assert report.counts["phone-excluded"] == 1
