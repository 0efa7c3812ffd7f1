"""Names for annotations: what predial's functions take and answer.

    from predial.types import Job, RuleName, Source

At run time predial does not need them, so that `import predial` does not import `typing`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from os import PathLike
from typing import Any, Literal, Protocol, TypeAlias, TypedDict

from predial._rule_names import RuleName

__all__ = [
    "Campaign",
    "Job",
    "JobOptions",
    "Level",
    "Options",
    "PhoneType",
    "Progress",
    "Reader",
    "RuleName",
    "Severity",
    "Source",
    "Standing",
    "Table",
    "TableOptions",
]


class Table(Protocol):
    """A data frame: any object that exports Arrow's PyCapsule interface."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class Reader(Protocol):
    """A binary file; only this method of it is needed."""

    def read(self, size: int, /) -> bytes | None: ...


Job: TypeAlias = dict[str, Any]
"""A call job as addPhones takes it: `{"phone": "79123456789", "gmtZone": "+03:00"}`."""

Source: TypeAlias = (
    str | PathLike[str] | bytes | bytearray | memoryview | Reader | Iterable[Job] | Table
)
"""A list of jobs: a path, its bytes, a binary file, a data frame, or dicts."""

Campaign: TypeAlias = Mapping[str, Any] | str | PathLike[str]
"""A call policy for jobs without their own: a dict, JSON text, or the path of a JSON file."""

Level: TypeAlias = Literal["e164", "possible", "valid"]
"""What a phone must be: see `predial.normalize_phone`."""

PhoneType: TypeAlias = Literal[
    "fixed_line",
    "mobile",
    "fixed_line_or_mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
]
"""The type of a valid number: libphonenumber's, in snake_case."""

Severity: TypeAlias = Literal["error", "suggested", "warning", "repair"]
"""How a diagnostic counts: see `predial.Diagnostic.severity`."""

Standing: TypeAlias = Literal["clean", "repaired", "rejected"]
"""The verdict on a job: it is sent unchanged, sent corrected, or not sent."""

Progress: TypeAlias = Callable[[int, int, int], object]
"""A function that is called with the rows read, the byte they reach to, and the rejects.

If it has a method `excluded(name, size)`, that is called when an excluded list begins, with its
name and its bytes (or None). What it returns is called in the same way while that list is read.
"""


class JobOptions(TypedDict, total=False):
    """How the rows of a table are read as jobs, and what the jobs must be."""

    region: str | None
    """The country (ISO 3166-1 alpha-2) in which phones may be written as they are dialled."""
    prefer: Literal["national", "international"] | None
    """Which reading to take if a phone has two; None rejects such phones."""
    level: Literal["e164", "possible", "valid"]
    """What a phone must be: see `predial.normalize_phone`."""
    repair: bool | Literal["sure", "suggested"]
    """Whether to rewrite a value that can only mean one thing; else it is rejected."""
    severity: Mapping[str, Literal["error", "warning", "ignore"]] | None
    """How the warnings of these rules count."""
    canonical: bool
    """Whether to rewrite every phone as digits and every zone in its normalized form."""
    campaign: Campaign | None
    """The call policy for jobs without their own: a dict, JSON text or a JSON file's path."""
    night: str
    """The hours of local time in which calls are warned about, such as `"22:00-08:00"`."""
    zones: Mapping[str, str] | None
    """What texts of the list mean as zones: `{"МСК": "Europe/Moscow"}`."""
    multiple: Literal["first", "each"] | None
    """Which number of a phone field with several is sent: the first valid one, or each in a job of
    its own; None rejects the job. `check_job` and `check_table` do not take `"each"`."""
    duplicates: Literal["phone", "job", "allow"]
    """What counts as a duplicate: the same phone, the same job, or nothing."""
    now: datetime | None
    """The instant at which zones are compared and jobs have ended; None is the present."""
    map: Mapping[str, str | Sequence[str]] | None
    """The columns of a field: `{"phone": "Mobile"}`, `{"phone": ["Mobile", "#3"]}`."""
    payload: Sequence[str] | None
    """The columns that go into payload; None takes all that are not a field."""
    set: Mapping[str, Any] | None
    """Fields for every job that does not have them: `{"maxAttempts": 3}`."""
    max_row_bytes: int | str
    """The longest row that is read, in bytes or as a size such as `"64 MiB"`."""


class TableOptions(JobOptions, total=False):
    """The options of `check_table`."""

    threads: int | None
    """How many threads check jobs; None is one for each core."""
    max_diagnostics: int
    """How many diagnostics the report keeps at most."""
    statistics: bool
    """Whether `report.statistics` says where the jobs are that can be sent."""
    progress: Progress | None
    """A function that is called with the rows read, the byte they reach to, and the rejects."""
    exclude: Source | Sequence[Source] | None
    """Lists of phones that are not to be called, and directories of earlier runs."""


class Options(TableOptions, total=False):
    """The options of `check`."""

    input_format: (
        Literal[
            "json", "ndjson", "csv", "tsv", "xlsx", "xls", "xlsb", "ods", "html", "spreadsheetml"
        ]
        | None
    )
    """What the source is; None detects it."""
    encoding: str | None
    """The encoding of a text, such as `"windows-1251"`; None detects it."""
    sheet: str | None
    """The sheet of a workbook; None is the first with a column of phones."""
    delimiter: str | None
    """The character between the cells of a table; None detects it."""
    header: bool | None
    """Whether a table has a header; None detects it."""
    header_row: int | None
    """The line of the header, from 1; None detects it."""
    drop_empty: bool
    """Whether empty cells are left out of payload."""
