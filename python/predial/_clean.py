"""Cleaned tables as Parquet: what `clean` needs pyarrow for."""

from __future__ import annotations

import os

from predial import _core
from predial._errors import SourceError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from predial.types import Progress

__all__ = ["clean_table"]

#: How the names of files end that are not Parquet.
_OTHER_ENDINGS = (
    *(".csv", ".tsv", ".tab", ".json", ".ndjson", ".jsonl"),
    *(".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".html", ".htm"),
    *(".gz", ".gzip", ".zst", ".zip", ".bz2", ".xz", ".lz4", ".7z", ".rar"),
)


def clean_table(
    table: Any,
    path: str,
    output: tuple[bool, bool],
    options: tuple[Mapping[str, object], Progress | None],
) -> _core.Report:
    """Check a table, and write its rows that can be sent as Parquet."""
    keep, overwrite = output
    ending = os.path.splitext(path)[1].lower()
    if ending in _OTHER_ENDINGS:
        raise ValueError(
            f"{path} has the wrong ending: this list is written as Parquet; choose a name that "
            "ends in .parquet"
        )
    if not overwrite and os.path.lexists(path):
        raise FileExistsError(17, "the file exists; overwrite=True replaces it", path)
    try:
        import pyarrow as pa
        from pyarrow import compute, parquet
    except ImportError:
        message = "writing Parquet needs pyarrow: pip install 'predial[parquet]'"
        raise ImportError(message, name="pyarrow") from None
    checked, failure = _core.check_table(table, *options, True, keep)
    if failure is not None:
        raise SourceError(*failure, checked.report)
    whole = pa.table(checked)
    rule = compute.struct_field(whole["predial"], "rule")
    cleaned = whole.drop_columns(["predial"])
    if keep:
        reasons = pa.array(checked._reasons())
        own = [field.name for field in reasons.type]
        cleaned = cleaned.drop_columns([name for name in cleaned.column_names if name in own])
        for place, name in enumerate(own):
            cleaned = cleaned.add_column(place, name, reasons.field(place).cast(pa.string()))
    else:
        cleaned = cleaned.filter(compute.is_null(rule))
    import uuid

    part = os.path.join(os.path.dirname(path), f".predial-{uuid.uuid4().hex}.part")
    # Only its owner may read the file, because it holds personal data.
    try:
        opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:  # which names the file that the caller knows
        raise OSError(error.errno, error.strerror, path) from None
    try:
        with open(opened, "wb") as file:
            parquet.write_table(cleaned, file)
        os.replace(part, path)
    except BaseException:
        if os.path.lexists(part):
            os.unlink(part)
        raise
    return checked.report
