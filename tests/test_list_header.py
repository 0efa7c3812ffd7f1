"""Which record of a list is its header: titles above it, and rows that look like one."""

from __future__ import annotations

import io
from typing import Any

import pytest

import predial

ROWS = [["Анна", "Москва", "+79123456789"], ["Борис", "Пермь", "+79123456790"]]
HEADER = ["ФИО", "Город", "Телефон"]


def text(*records: list[str], delimiter: str = ";") -> bytes:
    return "".join(delimiter.join(record) + "\n" for record in records).encode()


def workbook(*records: list[str]) -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for record in records:
        book.active.append(record)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


PAIRS = {
    "text": [["Company", "Acme"]],
    "date": [["Период", "01.01.2026"]],
    "number": [["ИНН:", "7712345678"]],
    "padded": [["A", "B", "", ""]],
    "many": [[f"Label {number}", f"value {number}"] for number in range(14)],
    "title too": [["Отчёт"], ["Отдел", "Продажи"]],
}


@pytest.mark.parametrize("pairs", PAIRS.values(), ids=PAIRS)
@pytest.mark.parametrize("phone", ["Телефон", "Контактный телефон клиента"])
@pytest.mark.parametrize("make", [text, workbook])
def test_a_label_and_its_value_above_the_header_are_a_title(
    make: Any, phone: str, pairs: list[list[str]]
) -> None:
    header = [*HEADER[:2], phone, "Дата"]
    rows = [[*row, "01.02.2026"] for row in ROWS]
    report = predial.check(make(*pairs, header, *rows))
    [column] = [column for column in report.mapping or [] if column.field == "phone"]
    assert (column.header, report.total, report.rejected) == (phone, 2, 0)
    assert report.input["header_line"] == len(pairs) + 1
    assert len(report.input["skipped"]) == len(pairs)


def test_a_row_with_a_phone_is_not_passed_over_as_a_pair() -> None:
    above = ["Глеб", "+79123456791"]
    report = predial.check(text(above, *([*row[:1], row[2]] for row in ROWS)))
    assert (report.total, report.input["skipped"]) == (3, [])
    # Over the column of phones it is a row with a fault.
    with pytest.raises(predial.ListError, match="header_row=2"):
        predial.check(text(["Глеб", "Тверь", "912345678"], HEADER, *ROWS))


NOTHING = (
    "no phone|нет телефона|номер не указан|телефон не указан|уточнить|к уточнению|tbd"
    "|Nicht angegeben|keine Telefonnummer|sin teléfono|não informado|brak telefonu"
)


@pytest.mark.parametrize("nothing", NOTHING.split("|"))
def test_a_text_that_means_no_phone_is_not_the_name_of_one(nothing: str) -> None:
    first = ["Ann", "Berlin", nothing]
    report = predial.check(text(first, *ROWS))
    assert (report.total, report.rejected, report.input["header_line"]) == (3, 1, None)
    assert report.counts["phone-empty"] == 1


@pytest.mark.parametrize("name", ["Мобильные Телефоны ООО", "Phone House", "Telefon AG"])
def test_a_name_of_somebody_is_not_a_header(name: str) -> None:
    report = predial.check(text([name, "Москва", ""], *ROWS))
    assert (report.total, report.rejected, report.input["header_line"]) == (3, 1, None)


def test_a_header_too_far_down_is_named_in_the_refusal() -> None:
    titles = [[f"Line {number}"] for number in range(24)]
    source = text(*titles, HEADER, *ROWS, delimiter=",")
    with pytest.raises(predial.ListError) as caught:
        predial.check(source)
    said = str(caught.value)
    assert "header_row=25" in said
    assert "#2" not in said
    assert predial.check(source, header_row=25).rejected == 0


def test_a_hotline_in_the_title_does_not_hide_the_header() -> None:
    hotline = ["Горячая линия", "+7 495 123-45-67", "", ""]
    rows = [[row[0], row[1], "8" + row[2][2:], ""] for row in ROWS]
    source = text(hotline, [*HEADER, "Примечание"], *rows)
    with pytest.raises(predial.ListError, match="header_row=2"):
        predial.check(source)
    assert predial.check(source, header_row=2, region="RU").repaired == 2


@pytest.mark.parametrize(("first", "second"), [(";", ","), (",", ";"), ("\t", ";")])
@pytest.mark.parametrize("more", [0, 3])
def test_joined_lists_with_two_delimiters_lose_no_row(first: str, second: str, more: int) -> None:
    def part(delimiter: str, rows: list[list[str]]) -> bytes:
        return text(["ФИО", "Телефон"], *([row[0], row[2]] for row in rows), delimiter=delimiter)

    source = part(first, ROWS[:1]) + part(second, ROWS[1:] * (1 + more))
    try:
        report = predial.check(source)
    except predial.ListError as error:
        assert "header_row" not in str(error)  # noqa: PT017
    else:
        assert report.total == 3 + more


@pytest.mark.parametrize("header", ["Name,,City", "Имя,,Город", "Vorname;;Ort", "nombre,,ciudad"])
def test_phones_under_a_blank_header(header: str) -> None:
    """Words of headers are not a row, even if the phones have no header of their own."""
    cut = ";" if ";" in header else ","
    rows = [["Anna", "+79110000001", "Tver"], ["Boris", "+79110000002", "Pskov"]]
    text = "\n".join([header, *(cut.join(row) for row in rows)]) + "\n"
    noted = predial.check(text.replace("\n", f"{cut}Memo\n").encode())
    assert (noted.total, noted.clean + noted.repaired) == (2, 2)
    report = predial.check(text.encode())
    assert (report.total, report.clean + report.repaired) == (2, 2)
    row = text.replace(header, cut.join(["Rose", "", "Paris"]))
    assert predial.check(row.encode()).total == 3


@pytest.mark.parametrize(
    "header", ["Мобильный дизайнера", "Billing mobile", "Мобильный садовника", "Gardener mobile"]
)
def test_a_mobile_of_somebody_does_not_beat_the_phone(header: str) -> None:
    text = f"{header},Телефон\n+79110000001,+79110000002\n+79110000003,+79110000004\n"
    report = predial.check(text.encode())
    columns = report.mapping or []
    assert [column.header for column in columns if column.field == "phone"] == ["Телефон"]


NOTED = [
    ("RU", "8 911 111-11-0{} (моб)"),
    ("RU", "моб. 8 911 111-11-0{}"),
    ("RU", "mobile +7 911 111-11-0{}"),
    ("RU", "+7911111110{} тел +79111111109"),
    ("RU", "8(911)111110{}моб"),
    ("RU", "тел. +7911111XXX{}"),
    ("US", "(212) 555-012{} cell"),
    ("US", "phone 212-555-012{}"),
]


@pytest.mark.parametrize(("region", "noted"), NOTED)
@pytest.mark.parametrize("has_header", [True, False])
def test_a_phone_with_a_word_for_phones_is_no_header(
    region: str, noted: str, has_header: bool
) -> None:
    plain = {"RU": "8 911 222-33-{}", "US": "(212) 555-01{}"}[region]
    rows = [[f"Анна{number}", noted.format(number), "Омск"] for number in range(4)]
    rows += [[f"Борис{number}", plain.format(number), "Омск"] for number in range(10, 40)]
    header = [["Имя", "Телефон", "Город"]] if has_header else []
    report = predial.check(text(*header, *rows), region=region)
    assert report.total == len(rows)


@pytest.mark.parametrize("name", ["Телефон 1", "Phone 2", "тел. (моб.)", "Phone (10 digits)"])
def test_a_name_of_a_phone_may_have_digits(name: str) -> None:
    report = predial.check(text(["Имя", name, "Город"], *[[a, c, b] for a, b, c in ROWS]))
    assert report.total == 2
    assert [column.header for column in report.mapping or [] if column.field == "phone"] == [name]


def test_a_masked_phone_in_the_first_row_is_no_header() -> None:
    rows = [["Anna", "Boston", f"+7912345678{number}"] for number in range(6)]
    report = predial.check(text(["Smith", "Boston", "+7911111XXXX"], *rows))
    assert (report.total, report.rejected) == (7, 1)
