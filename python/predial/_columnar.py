"""Parquet and Arrow IPC files as tables, read by pyarrow, which is imported with the first one."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

__all__ = ["table"]

#: How many rows are read at a time, so that memory does not grow with the file.
_ROWS = 65_536


def table(source: Any, beginning: bytes) -> Any:
    """The rows of a file with this beginning, as a stream that exports Arrow's PyCapsule interface.

    ``source`` is a path, bytes or a binary file. Any file can begin like an Arrow stream by chance;
    if it is not one, the source itself is returned. Raises ImportError if pyarrow is missing, and
    ValueError if the file is broken.
    """
    is_parquet = beginning.startswith(b"PAR1")
    try:
        import pyarrow as pa
    except ImportError:
        form = "Parquet" if is_parquet else "Arrow"
        message = f"reading {form} needs pyarrow: pip install 'predial[parquet]'"
        raise ImportError(message, name="pyarrow") from None
    opened = source
    if isinstance(source, (bytes, bytearray, memoryview)):
        opened = pa.BufferReader(source)
    if is_parquet:
        return _parquet(opened)
    if isinstance(source, str):
        opened = pa.memory_map(source)
    return _file(opened) if beginning.startswith(b"ARROW1") else _stream(opened, source)


def _stream(opened: Any, source: Any) -> Any:
    import pyarrow as pa

    place = opened.tell()
    try:
        return pa.ipc.open_stream(opened)
    except (pa.ArrowInvalid, OSError):
        opened.seek(place)
        return source


def _parquet(source: Any) -> Any:
    import pyarrow as pa
    from pyarrow import parquet

    file = parquet.ParquetFile(source)
    return pa.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches(_ROWS))


def _file(source: Any) -> Any:
    import pyarrow as pa

    file = pa.ipc.open_file(source)

    def batches() -> Iterator[Any]:
        for index in range(file.num_record_batches):
            yield file.get_batch(index)

    return pa.RecordBatchReader.from_batches(file.schema, batches())
