"""Tables, read slowly: by the standard `csv` module and the rules for columns in docs/lists.md."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

#: Headers that name a field, in lower case and without spaces.
FIELDS = {
    "phone": "phone",
    "телефон": "phone",
    "номертелефона": "phone",
    "mobile": "phone",
    "gmtzone": "gmtZone",
    "timezone": "gmtZone",
    "часовойпояс": "gmtZone",
    "payload": "payload",
    "maxattempts": "maxAttempts",
    "alloweddays": "allowedDays",
}
#: The order of the API document.
ORDER = ("phone", "gmtZone", "payload", "allowedDays", "maxAttempts")


def squeezed(header: str) -> str:
    """A header without regard to case and separators."""
    return "".join(c for c in header.lower() if not c.isspace() and c not in "_-.")


def jobs_of(data: bytes, delimiter: str, drop_empty: bool = False) -> list[dict[str, Any]]:
    """The job of each data row of a table whose header names its phone."""
    text = data.decode("utf-8-sig")
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    header, *rows = rows
    return [_job(header, row + [""] * (len(header) - len(row)), drop_empty) for row in rows]


def _job(header: list[str], row: list[str], drop_empty: bool) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    payload: dict[str, str] = {}
    for name, cell in zip(header, row, strict=False):
        field = FIELDS.get(squeezed(name))
        if field is None:
            if not name.lower().startswith("predial_") and (cell or not drop_empty):
                payload[name.strip()] = cell
        elif cell.strip(" \t\r\n\f"):
            fields[field] = _value(field, cell)
    job = {name: fields[name] for name in ORDER if name in fields}
    if payload:
        job["payload"] = payload
    return job


def _value(field: str, cell: str) -> Any:
    if field == "allowedDays" and cell.strip().startswith(("[", "{")):
        try:
            return json.loads(cell)
        except ValueError:
            return cell
    return cell
