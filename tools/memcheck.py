"""Use the extension module in every way once, under valgrind: `make sanitize`.

Nothing is compared here: the tests do that. The purpose is to run all code that is `unsafe` or at
the border to Python and to Arrow: texts, numbers, records, bytes, files, workbooks, the C data
interface in both directions, and threads.
"""

from __future__ import annotations

import gzip
import io
import json
import tempfile
from pathlib import Path

import openpyxl
import pyarrow as pa

import predial

PHONES = ["79110000000", "+7 (911) 000-00-01", "8 911 000-00-02", "7.911E+10", "", None, "\ud800"]
ZONES = ["+03:00", "UTC+3", "Europe/Moscow", "utc +3", "MSK", "", None]
JOBS = [{"phone": phone, "gmtZone": zone} for phone, zone in zip(PHONES, ZONES, strict=True)]
LINES = "".join(json.dumps(job) + "\n" for job in JOBS).encode() * 20


def columns() -> None:
    """Columns of Python and of Arrow, whole, cut, and in other layouts."""
    predial.check_phones(PHONES, region="RU")
    predial.check_zones(ZONES)
    texts = [*PHONES[:-1], "x" * 40] * 50
    dictionary = pa.dictionary(pa.int8(), pa.string())
    for layout in (pa.string(), pa.large_string(), pa.string_view(), dictionary):
        column = pa.array(texts, layout)
        for values in (column, column.slice(3, 17), pa.chunked_array([column, column])):
            pa.chunked_array(predial.check_phones(values).normalized)
    predial.check_phones(pa.array([79110000000, None, -1]))


def batches(home: Path) -> None:
    """Lists from every kind of source."""
    book = openpyxl.Workbook()
    for row in (["phone", "name"], [79110000000, "Anna"], ["x", None]):
        book.active.append(row)
    book.save(home / "list.xlsx")
    (home / "list.ndjson").write_bytes(LINES)
    table = pa.table({"phone": PHONES[:-1], "n": range(6)})
    for source in (
        LINES,
        gzip.compress(LINES),
        JOBS,
        io.BytesIO(LINES),
        home / "list.ndjson",
        home / "list.xlsx",
        "phone;имя\n79110000000;Анна\n".encode("cp1251"),
        table,
    ):
        report = predial.check(source, threads=2)
        list(report.diagnostics)
    predial.check_table(table)
    predial.prepare(LINES, home / "out", max_jobs=3, duplicates="job", threads=2)
    predial.prepare(b"phone,name\n1,2\n79110000000,x\n", home / "table")


def values() -> None:
    """One value at a time."""
    assert predial.parse_phone("+7 (911) 000-00-01").time_zones is not None
    assert predial.parse_zone("Europe/Moscow").tzinfo is not None
    predial.next_call({"phone": "79110000000", "allowedDays": ["mon"]})
    url = predial.job_to_url({"phone": "79110000000"}, host="https://example.com", token="token")
    predial.job_from_url(url)
    for wrong in ("", "\ud800", "\0", "7" * 1000):
        assert not predial.is_phone(wrong)
        assert not predial.is_zone(wrong)


def policies() -> None:
    """Call policies of jobs and of campaigns, with and without a night."""
    hours: dict[str, object] = {"localTimeFrom": "05:00", "localTimeTo": "23:30"}
    own: tuple[dict[str, object], ...] = (
        {},
        hours,
        {"allowedDays": ["mon"], "finishDateTime": "2096-01-01T00:00:00Z"},
        {"allowedTime": {"default": [hours], "sun": []}, "maxAttempts": "3"},
        {"externalCheck": {"externalCheckUrl": "https://10.0.0.1/"}},
    )
    for policy in own:
        for campaign in (None, hours, {"allowedDays": ["tue"]}):
            for night in ("22:00-08:00", "00:00-00:00"):
                job = {"phone": "79110000000", "gmtZone": "+03:00", **policy}
                predial.check([job], campaign=campaign, night=night)


def main() -> None:
    """Run every part once."""
    values()
    policies()
    columns()
    with tempfile.TemporaryDirectory() as home:
        batches(Path(home))
    print("memcheck: done")


if __name__ == "__main__":
    main()
