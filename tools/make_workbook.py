"""Make `examples/customers.xlsx`: a list as somebody has it on the desk, for the tutorial.

    python tools/make_workbook.py

Its phones are those that Germany's regulator reserves for films (030 23125 xxx, 0171 39200 xx), and
nobody in it exists.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from openpyxl import Workbook

FILE: Final = Path(__file__).resolve().parent.parent / "examples" / "customers.xlsx"

TITLE: Final = "Kunden Frühjahr 2026"
HEADER: Final = ("Kundennr.", "Name", "Telefon", "Zeitzone", "Vertrag")
ROWS: Final = (
    (10041, "Anna Beispiel", "030 23125 001", "Europe/Berlin", "A-17"),
    (10042, "Bernd Muster", "0171 39200 01", None, "A-18"),
    (10043, "Clara Probe", 493023125003, "Europe/Berlin", "A-19"),
    (10044, "Dirk Demo", "+49 171 39200-04", "CET", "A-20"),
    (10045, "Emil Test", "030 23125 005 oder 0171 39200 05", "Europe/Berlin", "A-21"),
    (10046, "Frieda Fall", "030 23125 06", None, "A-22"),
    (10047, "Gerd Gleich", "+49 (0)30 23125-001", "Europe/Berlin", "A-23"),
    (10048, "Hanna Halt", "keine", None, "A-24"),
)


def workbook() -> Workbook:
    """The list, and a second sheet with notes."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Kunden"
    sheet.append([TITLE])
    sheet.append([])
    sheet.append(HEADER)
    for row in ROWS:
        sheet.append(row)
    notes = book.create_sheet("Notizen")
    notes.append(["Wer ruft an?", "Vertrieb"])
    book.properties.created = book.properties.modified = datetime(2026, 3, 1)
    return book


if __name__ == "__main__":
    workbook().save(FILE)
