"""Names for annotations: what predial's functions take and answer.

    from predial.types import Job, RuleName, Source

At run time predial does not need them, so that `import predial` does not import `typing`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from os import PathLike
from typing import Any, Literal, Protocol, TypeAlias

from predial._rule_names import RuleName

__all__ = [
    "Campaign",
    "Job",
    "Level",
    "PhoneType",
    "Progress",
    "Reader",
    "RuleName",
    "Severity",
    "Source",
    "Standing",
    "Table",
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

Campaign: TypeAlias = dict[str, Any] | str | PathLike[str]
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
"""A function that is called with the rows read, the byte they reach to, and the rejects."""
