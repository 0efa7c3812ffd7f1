"""predial in Spark: for lists of jobs that are too large for one machine.

`check` returns a DataFrame with a verdict on each row, `prepare` writes request bodies and rejects
to a directory, and `check_phones` checks one column. The core checks jobs on the executors; Spark's
own shuffle finds duplicates. No row ever comes to the driver.

    checked = predial.spark.check(df, phone="tel", order_by="id")
    sendable = checked.where("predial.rule is null")

Rows in Spark have no order. `order_by` names the columns that decide which of two rows comes first;
if these are equal or there are none, the bytes of the rows' jobs decide. So the answer depends only
on the list: it is the same if a task runs twice or an executor is lost.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, LongType, StringType, StructField, StructType
from pyspark.storagelevel import StorageLevel

import predial
from predial import _batch, _core

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from os import PathLike
    from typing import Literal, Unpack

    from pyspark.sql import Column

    from predial._core import Report
    from predial.types import JobOptions

    Batches = Iterable[pa.RecordBatch]
    Level = Literal["e164", "possible", "valid"]
    Reading = Literal["national", "international"]
    Form = Literal["digits", "international", "national", "rfc3966", "e164"]

__all__ = ["check", "check_phones", "prepare"]

#: The column of the verdicts, as in `predial.check_table`.
VERDICT = "predial"
VERDICT_TYPE = StructType(
    [
        StructField("rule", StringType()),
        StructField("message", StringType()),
        StructField("repaired", BooleanType()),
    ]
)

#: The verdict on a phone, as in `predial.check_phones`.
PHONE_TYPE = StructType(
    [
        StructField("normalized", StringType()),
        StructField("rule", StringType()),
        StructField("repaired", BooleanType()),
    ]
)

# Columns that exist only while the work goes on.
_ORDER = "__predial_order_{}"
_PHONE, _JOB = "__predial_phone", "__predial_job"
_ROW, _FIRST, _SLICE = "__predial_row", "__predial_first", "__predial_slice"
_CAME = "__predial_came_{}"

#: How many rows one task of `prepare` takes at a time and holds in memory. It takes more if that is
#: less than twenty bodies, because the last body of each slice may be short.
SLICE_ROWS = 200_000
SLICE_BODIES = 20


def check(
    df: DataFrame,
    phone: str | None = None,
    gmt_zone: str | None = None,
    *,
    order_by: str | Sequence[str] = (),
    **options: Unpack[JobOptions],
) -> DataFrame:
    """Check every row of a DataFrame as `predial.check_table` does with those of a table.

    ``phone`` and ``gmt_zone`` are the names of these columns, if their headers differ; every
    column is a field of the job or goes into its payload. The other options are those of
    `predial.check_table`. ``order_by`` names the columns that say which row is the first with its
    phone, ascending, null first. The check is lazy; only the names and types of the columns are
    read at once.

    The answer has the columns of ``df`` in their types, and ``predial``: a struct of ``rule`` (the
    rule for which the row is rejected, or null), ``message`` and ``repaired``. In rows that are not
    rejected, phones are digits and zones are normalized; both columns are strings.

    Raises ``TypeError`` for an object that is not a DataFrame of Spark, and ``ValueError`` if the
    options don't fit the columns.
    """
    asked = _options(phone, gmt_zone, options)
    # The same instant on all executors.
    asked["now"] = int(time.time()) if asked["now"] is None else asked["now"]
    jobs = _Jobs.of(df, asked)
    duplicates = asked["duplicates"]
    asked["duplicates"] = "allow"
    ordered, order = _with_order(df, order_by)
    if duplicates == "allow":
        return ordered.mapInArrow(_checking(jobs, asked, None), StructType(jobs.checked))
    kept = [*order, *(_CAME.format(name) for name in jobs.texts), _PHONE, _JOB]
    types = {_PHONE: LongType()}
    passed = [ordered.schema[name] for name in order]
    added = [StructField(name, types.get(name, StringType())) for name in kept[len(order) :]]
    staged = ordered.mapInArrow(
        _checking(jobs, asked, order), StructType([*jobs.checked, *passed, *added])
    )
    return staged.select(*_without_doubles(jobs, order, order_by, duplicates))


def check_phones(
    df: DataFrame,
    column: str,
    region: str | None = None,
    level: Level = "possible",
    *,
    prefer: Reading | None = None,
    repair: bool = True,
    format: Form = "digits",
) -> DataFrame:
    """Check the phones of a column as `predial.check_phones` does; see there for the options.

    The check is lazy. The answer has the columns of ``df`` and ``predial``: a struct of
    ``normalized`` (the phone in this ``format``; null if it is rejected), ``rule`` (the rule that
    it breaks, or null) and ``repaired``.

        phones = predial.spark.check_phones(df, "tel", "RU", format="international")
        phones.select("predial.normalized").first()[0]    # '+7 912 345-67-89'

    Raises ``ValueError`` for an unknown option, and if ``df`` does not have the column.
    """
    options: dict[str, Any] = {"prefer": prefer, "repair": repair, "format": format, "threads": 1}
    predial.check_phones([], region, level, **options)
    if column not in df.columns:
        raise ValueError(f"the DataFrame has no column {column!r}")

    if column == VERDICT:
        raise ValueError(f"the column {VERDICT!r} is the one of the verdicts")
    kept = [field for field in df.schema.fields if field.name != VERDICT]
    place = [field.name for field in kept].index(column)

    def work(batches: Batches) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            checked = predial.check_phones(batch.column(place), region, level, **options)
            answers = (checked.normalized, checked.rules, checked.repaired)
            texts = [pa.array(answer).cast(pa.string()) for answer in answers[:2]]
            columns = [*texts, pa.array(answers[2])]
            verdicts = pa.StructArray.from_arrays(columns, PHONE_TYPE.names)
            yield batch.append_column(VERDICT, verdicts).rename_columns(names)

    types = StructType([*kept, StructField(VERDICT, PHONE_TYPE)])
    names = types.names
    # Spark's functions take no name with a dot.
    places = enumerate(field.name for field in kept)
    renamed = df.select(*(_column(name).alias(f"__predial_{at}") for at, name in places))
    return renamed.mapInArrow(work, types)


def _without_doubles(
    jobs: _Jobs, order: Sequence[str], order_by: str | Sequence[str], duplicates: str
) -> list[Column]:
    """The checked columns; a duplicate keeps its original values and gets the verdict of one."""
    is_sent = F.col(_PHONE).isNotNull()
    key = F.col(_PHONE) if duplicates == "phone" else F.when(is_sent, F.col(_JOB))
    # Rows that are not sent are not duplicates. They are distributed, so that no task gets all.
    strewn = F.when(~is_sent, F.xxhash64(*order, _JOB))
    same = Window.partitionBy(key, strewn).orderBy(*order, _JOB)
    is_double = is_sent & (F.row_number().over(same) > 1)
    columns = []
    for field in jobs.checked:
        column = _column(field.name)
        if field.name == VERDICT:
            column = F.when(is_double, _doubled(same, order, order_by, duplicates)).otherwise(
                column
            )
        elif field.name in (jobs.phone, jobs.zone):
            column = F.when(is_double, _column(_CAME.format(field.name))).otherwise(column)
        columns.append(column.alias(field.name, metadata=field.metadata))
    return columns


def _doubled(
    same: Any, order: Sequence[str], order_by: str | Sequence[str], duplicates: str
) -> Column:
    """The verdict on a duplicate."""
    first: list[Column] = [F.lit("another row")]
    if order:
        first = []
        for label, column in zip(_names(order_by), order, strict=True):
            value = F.coalesce(F.first(column).over(same).cast("string"), F.lit("null"))
            first += [F.lit(f"{', ' if first else ''}{label} "), value]
    # The name of the other row is in columns. The core composes the text around it.
    rule, message = _core.duplicate_fault(duplicates, "\0")
    before, _, after = message.partition("\0")
    whole = F.concat(F.lit(before), *first, F.lit(after))
    return F.struct(
        F.lit(rule).alias("rule"), whole.alias("message"), F.lit(False).alias("repaired")
    )


def prepare(
    df: DataFrame,
    out: str | PathLike[str],
    phone: str | None = None,
    gmt_zone: str | None = None,
    *,
    order_by: str | Sequence[str] = (),
    max_jobs: int = 10_000,
    max_bytes: int | str | None = None,
    run: str | None = None,
    resume: bool = False,
    overwrite: bool = False,
    forget_sent: bool = False,
    slice_rows: int | None = None,
    **options: Unpack[JobOptions],
) -> Report:
    """Check a DataFrame, and write what can be sent to ``out`` as `predial.prepare` does.

    ``out`` is a directory that the driver and all executors see under this path. Rows are numbered
    in the order of ``order_by`` and then of the bytes of their jobs, and cut into slices of
    ``slice_rows`` rows (default: 20 bodies, and at least 200 000 rows). A task holds one slice in
    memory. The last body of a slice may be short; apart from that ``out`` has what
    `predial.prepare` writes for the rows in that order: bodies, ``rejects.ndjson`` and at the end
    ``manifest.json``.

    A slice is written under another name and then renamed, so that a task that runs twice writes it
    once. A run that fails, or whose driver is lost, leaves the slices that are whole and no
    manifest. The next run into ``out`` starts over; with ``resume`` it keeps the slices whose rows
    are the same, and the files are the same as if nothing had happened. It needs the same options;
    ``run`` and ``now`` are those of the unfinished run by default. If there is no unfinished run,
    ``resume`` starts a new one.

    Returns what `predial.prepare` returns, but without diagnostics: they are in ``rejects.ndjson``.

    Raises ``FileExistsError`` if ``out`` has a manifest, unless ``overwrite``, or a journal of
    ``predial.send``, unless ``forget_sent``;
    ``BlockingIOError`` if another run works in ``out``; ``ValueError`` if the options don't fit the
    columns, or if ``resume`` gets other options; and ``TypeError`` for an object that is not a
    DataFrame of Spark.
    """
    asked = _options(phone, gmt_zone, options)
    asked["max_bytes"] = max_bytes
    jobs = _Jobs.of(df, asked)
    rows = max(SLICE_ROWS, SLICE_BODIES * max_jobs) if slice_rows is None else slice_rows
    output = {
        "out": Path(out).absolute(),
        "max_jobs": max_jobs,
        "max_bytes": max_bytes,
        "run": run,
        "resume": resume,
        "overwrite": overwrite,
        "forget_sent": forget_sent,
    }
    columns = df.limit(0).toArrow()
    with _core.Slices(columns, asked, output, _names(order_by), rows) as run_of_slices:
        asked["now"] = run_of_slices.instant
        slices = _Slices(run_of_slices.folder, rows, {**asked, "map": [], "payload": None}, output)
        names, total = _write_slices(df, order_by, jobs, asked, slices)
        return run_of_slices.join(names, total)


def _write_slices(
    df: DataFrame,
    order_by: str | Sequence[str],
    jobs: _Jobs,
    options: dict[str, Any],
    slices: _Slices,
) -> tuple[list[str], int]:
    """Let the executors write every slice. Returns their names in order, and the number of rows."""
    ordered, order = _with_order(df, order_by)
    types = [*(ordered.schema[name] for name in order), StructField(_PHONE, LongType())]
    staged = ordered.mapInArrow(
        _reducing(jobs, {**options, "duplicates": "allow"}, order),
        StructType([*types, StructField(_JOB, StringType())]),
    )
    # Kept, because it is read more than once, and each row must have the same place each time.
    listed = staged.orderBy(*order, _JOB).select(_PHONE, _JOB).persist(StorageLevel.DISK_ONLY)
    try:
        numbered, total = _numbered(listed)
        if total == 0:
            no_rows = pa.table({_ROW: [], _FIRST: [], _JOB: []})
            return [slices.write(0, no_rows)], 0
        with_first = _with_first_rows(numbered, options["duplicates"])
        count = -(-total // slices.rows)
        cut = with_first.withColumn(_SLICE, F.floor(F.col(_ROW) / slices.rows).cast("long"))
        placed = cut.repartition(count, _SLICE).sortWithinPartitions(_SLICE, _ROW)
        written = placed.mapInArrow(slices.write_all, "slice long, name string").collect()
        names = {row["slice"]: row["name"] for row in written}
        missing = {*range(count)} - names.keys()
        if missing:
            raise RuntimeError(f"slices were not written: {sorted(missing)[:10]}")
        return [names[number] for number in range(count)], total
    finally:
        listed.unpersist()


def _numbered(listed: DataFrame) -> tuple[DataFrame, int]:
    """The rows with their numbers, and how many they are. The driver only learns how many rows each
    partition has.
    """
    place = "__predial_place"
    placed = listed.withColumn(place, F.monotonically_increasing_id())
    part = F.shiftright(place, 33).alias("part")
    counts = sorted((row[0], row[1]) for row in placed.groupBy(part).count().collect())
    starts, total = [], 0
    for number, count in counts:
        starts.append((number, total))
        total += count
    begins = listed.sparkSession.createDataFrame(starts, "part long, start long")
    within = F.col(place).bitwiseAND((1 << 33) - 1)
    numbered = placed.withColumn("part", F.shiftright(place, 33)).join(F.broadcast(begins), "part")
    return numbered.select((F.col("start") + within).alias(_ROW), _PHONE, _JOB), total


def _with_first_rows(numbered: DataFrame, duplicates: str) -> DataFrame:
    """The rows, each with the number of the first row with its phone or job, if that is another.

    First rows are found by an aggregation. In it each task has one row for a phone, even if the
    phone occurs a million times.
    """
    if duplicates == "allow":
        return numbered.withColumn(_FIRST, F.lit(None).cast("long"))
    is_sent = F.col(_PHONE).isNotNull()
    # A row that is not sent has a key of its own: with one key for all, one task would get them.
    if duplicates == "phone":
        key = F.when(is_sent, F.col(_PHONE)).otherwise(-1 - F.col(_ROW))
    else:
        key = F.when(is_sent, F.col(_JOB)).otherwise(F.col(_ROW).cast("string"))
    keyed = numbered.withColumn("key", key)
    doubles = (
        keyed.where(is_sent)
        .groupBy("key")
        .agg(F.min(_ROW).alias("first"), F.count(F.lit(1)).alias("rows"))
        .where("rows > 1")
    )
    first = F.when(F.col("first") < F.col(_ROW), F.col("first"))
    return keyed.join(doubles, "key", "left").select(_ROW, first.alias(_FIRST), _JOB)


@dataclass(frozen=True)
class _Slices:
    """Writes slices of a list into the folder of its run."""

    folder: Path
    rows: int
    options: dict[str, Any]
    output: dict[str, Any]

    def write_all(self, batches: Batches) -> Iterator[pa.RecordBatch]:
        """Write the slices that a task gets, one after the other; yields their names."""
        for number, rows in _cut(batches):
            name = self.write(number, rows)
            written = {"slice": pa.array([number], pa.int64()), "name": [name]}
            yield pa.RecordBatch.from_pydict(written)

    def write(self, number: int, rows: pa.Table) -> str:
        """Write a slice, unless it is there; returns its name."""
        rows = rows.select([_ROW, _FIRST, _JOB])
        first_row = number * self.rows
        return _core.prepare_slice(self.folder, number, first_row, rows, self.options, self.output)


def _cut(batches: Batches) -> Iterator[tuple[int, pa.Table]]:
    """Rows in the order of their slices, slice by slice."""
    held: list[pa.RecordBatch] = []
    current = -1
    for batch in batches:
        numbers = batch.column(_SLICE)
        start = 0
        while start < len(batch):
            number = numbers[start].as_py()
            count = pc.sum(pc.equal(numbers, number)).as_py()
            if number != current and held:
                yield current, pa.Table.from_batches(held)
                held = []
            current = number
            held.append(batch.slice(start, count))
            start += count
    if held:
        yield current, pa.Table.from_batches(held)


@dataclass(frozen=True)
class _Jobs:
    """The columns of a DataFrame, and the fields of a job that they become."""

    #: Their names.
    columns: list[str]
    #: These columns and the verdict, after the check.
    checked: list[StructField]
    phone: str | None
    zone: str | None

    @property
    def texts(self) -> list[str]:
        """The columns that are rewritten."""
        return [name for name in (self.phone, self.zone) if name is not None]

    def rows(self, batch: pa.RecordBatch) -> pa.Table:
        """The rows of a batch under the names of their columns, without the columns after these."""
        return pa.table(batch.columns[: len(self.columns)], self.columns)

    @classmethod
    def of(cls, df: DataFrame, options: dict[str, Any]) -> _Jobs:
        """Set `map` in the options to the columns that are found by the names.

        Raises ValueError if the options don't fit the columns.
        """
        if not isinstance(df, DataFrame):
            kind = type(df).__name__
            raise TypeError(f"df must be a DataFrame of Spark, not {kind}")
        doubled = {name for name in df.columns if df.columns.count(name) > 1}
        if doubled:
            names = ", ".join(sorted(doubled))
            raise ValueError(f"several columns have the name {names}; rename all but one")
        checked, _ = _core.check_table(df.limit(0).toArrow(), options, None)
        names = pa.table(checked).column_names
        of_field = {column.field: column.header for column in checked.report.mapping or []}
        phone, zone = of_field.get("phone"), of_field.get("gmtZone")
        came = {field.name: field for field in df.schema}

        def field(name: str) -> StructField:
            if name == VERDICT:
                return StructField(name, VERDICT_TYPE)
            if name in (phone, zone):
                return StructField(name, StringType(), metadata=came[name].metadata)
            return came[name]

        # Every batch is read by the same columns, whatever its cells are.
        options["map"] = [
            (column.field, [f"#{column.place}"])
            for column in checked.report.mapping or []
            if column.field is not None
        ]
        return cls(
            columns=df.columns,
            checked=[field(name) for name in names],
            phone=phone,
            zone=zone,
        )


def _checking(
    jobs: _Jobs, options: dict[str, Any], order: Sequence[str] | None
) -> Callable[[Batches], Iterator[pa.RecordBatch]]:
    """Check batches of rows; with an order, add it and the keys that identify duplicates."""

    def work(batches: Batches) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            rows = jobs.rows(batch)
            checked = _checked(rows, options, jobs.texts)
            if order is not None:
                for name in order:
                    checked = checked.append_column(name, batch.column(name))
                for name in jobs.texts:
                    checked = checked.append_column(_CAME.format(name), _text(rows.column(name)))
                checked = checked.append_column(_PHONE, _sent_phones(checked, jobs.phone))
                checked = checked.append_column(_JOB, _texts(rows, options))
            yield from checked.to_batches()

    return work


def _reducing(
    jobs: _Jobs, options: dict[str, Any], order: Sequence[str]
) -> Callable[[Batches], Iterator[pa.RecordBatch]]:
    """For each row, keep its place in the order, its job, and its phone if it is sent."""

    def work(batches: Batches) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            rows = jobs.rows(batch)
            columns = {name: batch.column(name) for name in order}
            columns[_PHONE] = _sent_phones(_checked(rows, options, jobs.texts), jobs.phone)
            columns[_JOB] = _texts(rows, options)
            yield from pa.table(columns).to_batches()

    return work


def _checked(rows: pa.Table, options: dict[str, Any], texts: Sequence[str]) -> pa.Table:
    """The rows with their verdicts, in types that Spark has."""
    table, _ = _core.check_table(rows, options, None)
    checked = pa.table(table)
    for place, name in enumerate(checked.column_names):
        column = checked.column(place)
        if name == VERDICT:
            verdicts = column.combine_chunks()
            rule, message, repaired = (verdicts.field(field) for field in range(3))
            column = pa.StructArray.from_arrays(
                [rule.cast(pa.string()), message.cast(pa.string()), repaired],
                ["rule", "message", "repaired"],
            )
        elif name in texts:
            column = column.cast(pa.string())
        checked = checked.set_column(place, name, column)
    return checked


def _sent_phones(checked: pa.Table, phone: str | None) -> pa.ChunkedArray:
    """The phone of each row that is sent, as a number; null for any other row."""
    verdicts = checked.column(VERDICT).combine_chunks()
    if phone is None:
        return pa.chunked_array([pa.nulls(len(checked), pa.int64())])
    is_sent = pc.is_null(pc.struct_field(verdicts, "rule"))
    sent = pc.if_else(is_sent, checked.column(phone), pa.scalar(None, pa.string()))
    if len(sent) - sent.null_count != pc.sum(is_sent, min_count=0).as_py():
        # Without its digits a phone could be sent twice.
        raise TypeError(f"phones can't be distinguished in the type of the column {phone!r}")
    return sent.cast(pa.int64())


def _texts(rows: pa.Table, options: dict[str, Any]) -> pa.Array:
    """The JSON of each row's job."""
    return pa.array(_core.jobs_of_table(rows, options)).cast(pa.string())


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as text; null for a value without a text, which is never sent."""
    if pa.types.is_floating(column.type):
        # Arrow in C++ would write a phone in scientific notation.
        texts = (None if number is None else repr(number) for number in column.to_pylist())
        return pa.chunked_array([pa.array(texts, pa.string())])
    try:
        return column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.chunked_array([pa.nulls(len(column), pa.string())])


def _options(phone: str | None, gmt_zone: str | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of `predial.check_table` for the core, with one thread for each task."""
    task = {"threads": 1, "max_diagnostics": 0, "progress": None, "exclude": None}
    for name in options.keys() & task.keys():
        raise TypeError(
            f"{name} is not an option here: a task has one thread, reports no row and sees one list"
        )
    given = inspect.signature(predial.check_table).bind(None, phone, gmt_zone, **options, **task)
    given.apply_defaults()
    return _batch._options(given.arguments)


def _names(order_by: str | Sequence[str]) -> list[str]:
    names = [order_by] if isinstance(order_by, str) else order_by
    if not isinstance(names, Sequence) or not all(isinstance(name, str) for name in names):
        raise TypeError("order_by must be the name of a column, or a list of names")
    return list(names)


def _with_order(df: DataFrame, order_by: str | Sequence[str]) -> tuple[DataFrame, list[str]]:
    """The columns under names without a dot, because Spark's functions refuse a dot, followed by
    copies of the columns that order the rows. Also returns the names of the copies.
    """
    columns = [_column(name).alias(f"__predial_{place}") for place, name in enumerate(df.columns)]
    names = {_ORDER.format(index): name for index, name in enumerate(_names(order_by))}
    copies = [_column(name).alias(copy) for copy, name in names.items()]
    return df.select(*columns, *copies), list(names)


def _column(name: str) -> Column:
    return F.col("`" + name.replace("`", "``") + "`")
