"""Which record is the header and which column the phone, against generated lists and real ones."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import predial
from list_generator import GeneratedList, a_list

LISTS = Path(__file__).parent / "data" / "lists"
PHONE = "79123456789"


def phones_of(report: predial.Report) -> list[str]:
    return [column.header for column in report.mapping or [] if column.field == "phone"]


def outcome(made: GeneratedList) -> str:
    """What became of a list: read, refused, or dialled by a wrong column."""
    try:
        report = predial.check(made.text.encode(), max_diagnostics=0)
    except predial.ListError as error:
        if not made.phones:
            return "rightly refused"
        is_named = any(column.place in made.phones for column in error.candidates)
        return "refused, named" if is_named else "refused"
    [column] = [column for column in report.mapping or [] if column.field == "phone"]
    if column.place not in made.phones:
        return "wrong"
    # A record without a phone above the first one with one may be a title, and is named then.
    assert made.rows - len(report.input["skipped"]) <= report.total <= made.rows
    return "read"


@pytest.mark.slow
def test_no_generated_list_is_dialled_by_a_wrong_column() -> None:
    ends = {True: Counter[str](), False: Counter[str]()}
    for seed in range(2000):
        made = a_list(seed)
        ends[made.has_header][outcome(made)] += 1
    for has_header, least in ((True, 0.97), (False, 0.80)):
        end = ends[has_header]
        refused = end["refused"] + end["refused, named"]
        assert end["wrong"] == 0
        assert end["read"] >= least * (end["read"] + refused)
        assert end["refused, named"] >= 0.9 * refused


@pytest.mark.parametrize(
    ("file", "phone", "rows", "sent"),
    [
        ("order_id_first.csv", "Phone (mobile)", 2, 2),
        ("cpf_first.csv", "Celular", 2, 2),
        ("empty_first_column.csv", "CELULARES", 2, 2),
        ("headerless_first_short.txt", "column1", 3, 2),
        ("headerless_apos.txt", "column1", 2, 2),
        ("headerless_none.txt", "column1", 2, 1),
        ("no_header_name_first.csv", "column2", 2, 2),
        ("pgcopy_headerless.tsv", "column4", 2, 2),
        ("crcrlf.csv", "phone", 2, 2),
        ("title_row.csv", "Телефон", 2, 2),
        ("title_row_ragged.csv", "Телефон", 2, 2),
        ("two_headers.csv", "Телефон", 1, 1),
        ("comment_row.csv", "phone", 2, 2),
        ("blank_delims_first.csv", "Телефон", 1, 1),
        ("bitrix24.csv", "Мобильный телефон", 2, 1),
        ("vicidial.csv", "phone_number", 2, 2),
        ("tie_comma.csv", "Моб. тел.", 2, 2),
        ("space_after_comma.csv", "phone", 2, 2),
        ("lines_quoted_simple.csv", "Phone", 2, 2),
        ("whole_line_quoted.csv", "phone", 2, 2),
        ("google.csv", "Phone 1 - Value", 2, 1),
        ("es.csv", "Teléfono", 1, 1),
        ("pt.csv", "Número de celular", 1, 1),
        ("zone_geo.csv", "phone", 2, 2),
        ("totals.csv", "Телефон", 3, 2),
        ("sep_quoted.csv", "phone", 1, 1),
    ],
)
def test_real_lists(file: str, phone: str, rows: int, sent: int) -> None:
    report = predial.check(LISTS / file)
    assert phones_of(report) == [phone]
    assert (report.total, report.clean + report.repaired) == (rows, sent)


def test_columns_of_one_name_are_chosen_by_place() -> None:
    with pytest.raises(predial.ListError, match=r'map=\{"phone": \["#2", "#3"\]\}') as caught:
        predial.check(LISTS / "dup_headers.csv")
    assert [column.place for column in caught.value.candidates] == [2, 3]
    report = predial.check(LISTS / "dup_headers.csv", map={"phone": ["#2", "#3"]})
    assert report.clean == 2


def test_other_phones_of_a_person_are_a_hint() -> None:
    option = ["Мобильный телефон", "Рабочий телефон"]
    shown = ", ".join(f'"{header}"' for header in option)
    report = predial.check(LISTS / "bitrix24.csv")
    assert f'map={{"phone": [{shown}]}}' in [hint.option for hint in report.hints]
    report = predial.check(LISTS / "bitrix24.csv", map={"phone": option})
    assert report.clean + report.repaired == 2


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (
            "Documento;Contato\n12345678909;(11) 96123-4567\n11144477735;(11) 96123-4568\n",
            "Contato",
        ),
        ("Account Phone;Sum\n79123456789;1\n79123456780;2\n", "Account Phone"),
        ("Телефон менеджера;Имя\n79123456789;А\n", "Телефон менеджера"),
        ("longitude;name\n-99.12345;a\n-98.54321;b\n", None),
        ("Order;Name\n79123456789;A\n79123456780;B\n", "Order"),
    ],
)
def test_what_is_not_surely_the_phone_is_not_dialled(text: str, named: str | None) -> None:
    with pytest.raises(predial.ListError) as caught:
        predial.check(text.encode())
    candidates = caught.value.candidates
    assert (candidates[0].header if candidates else None) == named
    for column in candidates:
        assert f'map={{"phone": "{column.header}"}}' == column.option
        assert column.option in str(caught.value)


def test_what_is_above_the_header_is_named() -> None:
    report = predial.check(LISTS / "title_row.csv")
    assert report.input["header_line"] == 3
    assert report.input["skipped"] == [{"line": 1, "why": "title"}, {"line": 2, "why": "blank"}]


@pytest.mark.parametrize(
    ("options", "rows"),
    [({}, 2), ({"header": False}, 4), ({"header_row": 2}, 2), ({"header_row": 1}, 3)],
)
def test_options_about_the_header(options: Any, rows: int) -> None:
    source = f"a;b\nname;phone\nAnna;{PHONE}\nBoris;4915123456789\n".encode()
    assert predial.check(source, map={"phone": "#2"}, **options).total == rows
    with pytest.raises(ValueError, match="header_row is about line 9"):
        predial.check(source, header_row=9)


def test_the_region_of_a_row() -> None:
    source = "tel;country\n8 912 345-67-89;Россия\n030 123456;DEU\n(201) 555-0123;United States\n"
    report = predial.check(source.encode(), map={"region": "country"})
    assert report.repaired == 3
    assert [column.field for column in report.mapping or []] == ["phone", "region"]


def test_several_columns_of_a_frame() -> None:
    import pyarrow as pa

    table = pa.table(
        {"Mobile": [None, "нет", PHONE], "Phone": ["12015550123", "4915123456789", "1"]}
    )
    report = predial.check(table, map={"phone": ["Mobile", "Phone"]})
    assert report.clean == 3


def test_a_place_is_not_a_header() -> None:
    source = f"#1,b\n{PHONE},4915123456789\n".encode()
    assert phones_of(predial.check(source, map={"phone": "##1"})) == ["#1"]
    assert phones_of(predial.check(source, map={"phone": "#2"})) == ["b"]
    with pytest.raises(ValueError, match="is not the place of a column"):
        predial.check(source, map={"phone": "#x"})
    with pytest.raises(ValueError, match="the table has no column #3"):
        predial.check(source, map={"phone": "#3"})
