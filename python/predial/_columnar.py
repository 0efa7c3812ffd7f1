"""What predial needs pyarrow for: the tables of Parquet and Arrow files, and the check that arrays
are sound. pyarrow is imported only when one of them is needed.

An array refers to its values by offsets. Only pyarrow knows the sizes of the buffers of its own
offsets, so its arrays, and those of files, are checked here before they are exported.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

__all__ = ["Damaged", "Table", "is_lazy_frame", "table", "vetted"]

#: Rows of a Parquet file that are read at a time.
_ROWS = 8_192

#: Bytes of a Parquet file that are read at a time from each column.
_READ = 1 << 20


class Damaged:
    """A file that can't be opened as the table that its first bytes announce."""

    def __init__(self, why: str) -> None:
        self.predial_damage = why


class Table:
    """The batches of a table, each checked by pyarrow.

    If a file can't provide a batch, its place is taken by a text that says why.
    """

    def __init__(self, schema: Any, batches: Iterable[Any], form: str | None = None) -> None:
        self.predial_batch_schema = schema
        self.predial_form = form
        self._batches = batches

    def __iter__(self) -> Iterator[Any]:
        batches = iter(self._batches)
        while True:
            try:
                batch = next(batches, None)
                if batch is not None:
                    _validate(batch)
            except BaseException as error:
                why = None if self.predial_form is None else _damage(self.predial_form, error)
                if why is None:
                    raise
                yield why
                return
            if batch is None:
                return
            yield batch


def table(source: Any, beginning: bytes) -> Any:
    """The table of a file with this beginning: a `Table`, or `Damaged`.

    ``source`` is a path, bytes or a binary file. The first bytes of an Arrow stream could also be
    text; a source that is text is returned unchanged. Raises ImportError if
    pyarrow is missing, and OSError if the file can't be read.
    """
    is_parquet = beginning.startswith(b"PAR1")
    form = "Parquet" if is_parquet else "Arrow"
    try:
        import pyarrow as pa
    except ImportError:
        message = f"reading {form} needs pyarrow: pip install 'predial[parquet]'"
        raise ImportError(message, name="pyarrow") from None
    opened = source
    if isinstance(source, (bytes, bytearray, memoryview)):
        opened = pa.BufferReader(source)
    elif isinstance(source, str):
        # Read and not mapped: a file that is cut short while it is mapped ends the process.
        opened = pa.OSFile(source)
    read: Callable[[Any], Table] = _stream
    if is_parquet:
        read = _parquet
    elif beginning.startswith(b"ARROW1"):
        read = _file
    elif 0 not in beginning[4:]:
        # Letters of windows-1251: the length of a message would follow, whose last bytes are 0.
        return source
    try:
        return read(opened)
    except BaseException as error:
        why = _damage(form, error)
        if why is None:
            raise
        return Damaged(why)


def _damage(form: str, error: BaseException) -> str | None:
    """The damage of a file that this error shows; None if the file is not at fault."""
    import pyarrow as pa

    if isinstance(error, MemoryError):
        return f"the {form} file is damaged, or takes more memory than there is to read"
    if isinstance(error, UnicodeDecodeError):
        return f"the {form} file is damaged: the name of a column is not UTF-8"
    # pyarrow raises OSError itself, without a number, for a file that breaks its format.
    is_damage = isinstance(error, pa.ArrowException) or (type(error) is OSError and not error.errno)
    if not is_damage:
        return None
    why = str(error).strip().partition("\n")[0]
    return f"the {form} file is damaged: {why}"


def _stream(opened: Any) -> Table:
    import pyarrow as pa

    reader = pa.ipc.open_stream(opened)
    return Table(reader.schema, reader, "Arrow")


def _parquet(opened: Any) -> Table:
    from pyarrow import parquet

    # Without `pre_buffer` a row group is read piece by piece and not as a whole.
    file = parquet.ParquetFile(opened, pre_buffer=False, buffer_size=_READ)
    return Table(file.schema_arrow, _all_rows(file), "Parquet")


def _all_rows(file: Any) -> Iterator[Any]:
    """The batches of a Parquet file; an error if they have fewer or more rows than it says.

    If a file was cut short, pyarrow takes its end for the end of the rows.
    """
    import pyarrow as pa

    rows = 0
    for batch in file.iter_batches(_ROWS):
        rows += len(batch)
        yield batch
    if rows != file.metadata.num_rows:
        raise pa.ArrowInvalid(f"it says that it has {file.metadata.num_rows} rows, and has {rows}")


def _file(opened: Any) -> Table:
    import pyarrow as pa

    file = pa.ipc.open_file(opened)
    batches = (file.get_batch(index) for index in range(file.num_record_batches))
    return Table(file.schema, batches, "Arrow")


def vetted(source: Any) -> Any:
    """An object of pyarrow, checked: ValueError if it refers to memory that it does not have.

    pyarrow exports the data of pandas, and they are checked too; a column without a common type in
    Arrow becomes a list. A lazy frame of Polars is collected. Any other object is returned
    unchanged.
    """
    packages = {each.__module__.partition(".")[0] for each in type(source).__mro__}
    if "polars" in packages:
        return source.collect() if is_lazy_frame(source) else source
    if "pandas" in packages:
        source = _of_pandas(source)
    if "pyarrow" in packages or "pandas" in packages:
        _validate(source)
    return _batches(source) if "pyarrow" in packages else source


def is_lazy_frame(source: object) -> bool:
    """Whether a source is a lazy frame of Polars."""
    is_polars = type(source).__module__.partition(".")[0] == "polars"
    return is_polars and hasattr(source, "collect") and not hasattr(source, "__arrow_c_stream__")


def _batches(source: Any) -> Any:
    """The batches of a reader, each checked when it is read; any other object unchanged."""
    import pyarrow as pa

    is_reader = isinstance(source, pa.RecordBatchReader)
    return Table(source.schema, source) if is_reader else source


def _of_pandas(source: Any) -> Any:
    """The export of a frame or a series of pandas; any other object unchanged."""
    import warnings

    import pandas

    is_series = isinstance(source, pandas.Series)
    if not is_series and not isinstance(source, pandas.DataFrame):
        return source
    try:
        import pyarrow as pa
    except ImportError:
        return source.tolist() if is_series else source
    with warnings.catch_warnings():
        # pandas warns about how pyarrow itself reads times with a zone.
        warnings.filterwarnings("ignore", r".*\.values returning an ndarray that drops timezone")
        if not is_series:
            return pa.Table.from_pandas(source)
        try:
            array = pa.array(source)
        except pa.ArrowException:
            return source.tolist()
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])


def _validate(source: Any) -> None:
    """Check that the buffers of pyarrow's arrays are as large as the arrays require.

    Raises ValueError. The core makes all other checks.
    """
    try:
        import pyarrow as pa
    except ImportError:
        return
    if isinstance(source, (pa.Table, pa.RecordBatch)):
        for name, column in zip(source.schema.names, source.columns, strict=True):
            try:
                column.validate()
            except pa.ArrowException as error:
                raise pa.ArrowInvalid(f"the column {name!r} is broken: {error}") from None
    elif isinstance(source, (pa.Array, pa.ChunkedArray)):
        source.validate()
