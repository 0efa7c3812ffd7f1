"""predial in pandas: a Series in, a Series with the same index and name out.

>>> import pandas as pd
>>> import predial.pandas
>>> phones = pd.Series(["8 912 345-67-89", None, "call me"], index=[10, 11, 12])
>>> predial.pandas.phone(phones, region="RU").to_dict()
{10: '79123456789', 11: nan, 12: nan}
>>> phones.predial.check_phone(region="RU")["rule"].to_dict()
{10: nan, 11: nan, 12: 'phone-letters'}

For a Series with an Arrow type the answer has one too. In a Series of Python objects a value of
another type breaks the rule `phone-type` or `zone-type`, and NaN means the same as None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

import predial

if TYPE_CHECKING:
    from collections.abc import Hashable
    from typing import Literal, Unpack

    from predial.types import TableOptions

    Level = Literal["e164", "possible", "valid"]
    Reading = Literal["national", "international"]
    Form = Literal["digits", "international", "national", "rfc3966", "e164"]


def _values(series: pd.Series) -> Any:
    """The values for predial. Objects are passed one by one: Arrow has no type for a mixture."""
    if not isinstance(series, pd.Series):
        kind = type(series).__name__
        raise TypeError(f"series must be a pandas Series, not {kind}; predial.check_phones and "
                        "predial.check_zones take lists")  # fmt: skip
    if series.dtype != object and not isinstance(series.dtype, pd.SparseDtype):
        return series
    # NumPy's numbers become Python's.
    return [value.item() if isinstance(value, np.generic) else value for value in series]


def _series(values: Any, like: pd.Series, name: Any) -> pd.Series:
    """An answer of predial as a Series like the one that was checked."""
    if isinstance(values, list):
        return pd.Series(values, index=like.index, name=name, dtype=object)
    array = pa.chunked_array(values)
    if isinstance(like.dtype, pd.ArrowDtype):
        return pd.Series(pd.arrays.ArrowExtensionArray(array), index=like.index, name=name)
    if pa.types.is_string_view(array.type):
        array = array.cast(pa.large_string())
    return pd.Series(array.to_pandas().array, index=like.index, name=name)


def _frame(column: predial.Column, like: pd.Series, details: bool) -> pd.DataFrame:
    answers = {"normalized": column.normalized, "rule": column.rules, "repaired": column.repaired}
    if details:
        fields = ("country_code", "region", "type", "time_zones")
        answers |= {field: getattr(column, field) for field in fields}
    series = {name: _series(values, like, name) for name, values in answers.items()}
    return pd.DataFrame(series, index=like.index)


def phone(
    series: pd.Series,
    region: str | None = None,
    level: Level = "possible",
    *,
    prefer: Reading | None = None,
    repair: bool = True,
    format: Form = "digits",
    threads: int | None = None,
) -> pd.Series:
    """The phones as the service takes them, which is as digits; missing if one is rejected.

    See predial.check_phones for the options.

    >>> import pandas as pd, predial.pandas
    >>> predial.pandas.phone(pd.Series(["+7 912 345-67-89", 79123456789.0, True])).tolist()
    ['79123456789', '79123456789', None]
    """
    column = predial.check_phones(
        _values(series), region, level, prefer=prefer, repair=repair, format=format, threads=threads
    )
    return _series(column.normalized, series, series.name)


def zone(series: pd.Series, *, repair: bool = True, threads: int | None = None) -> pd.Series:
    """The normalized gmtZones; missing if one is rejected. See predial.check_zones.

    >>> import pandas as pd, predial.pandas
    >>> predial.pandas.zone(pd.Series(["utc +3", "Europe/Moscow"])).tolist()
    ['+03:00', 'Europe/Moscow']
    """
    column = predial.check_zones(_values(series), repair=repair, threads=threads)
    return _series(column.normalized, series, series.name)


def check_phone(
    series: pd.Series,
    region: str | None = None,
    level: Level = "possible",
    *,
    prefer: Reading | None = None,
    repair: bool = True,
    format: Form = "digits",
    details: bool = False,
    threads: int | None = None,
) -> pd.DataFrame:
    """The verdicts of predial.check_phones as a frame with the columns normalized, rule and
    repaired; with `details` also country_code, region, type and time_zones.

    >>> import pandas as pd, predial.pandas
    >>> predial.pandas.check_phone(pd.Series(["7.911E+10"]))["rule"].tolist()
    ['phone-scientific']
    """
    column = predial.check_phones(
        _values(series),
        region,
        level,
        prefer=prefer,
        repair=repair,
        format=format,
        details=details,
        threads=threads,
    )
    return _frame(column, series, details)


def check_zone(
    series: pd.Series, *, repair: bool = True, threads: int | None = None
) -> pd.DataFrame:
    """The verdicts of predial.check_zones as a frame: normalized, rule and repaired.

    >>> import pandas as pd, predial.pandas
    >>> predial.pandas.check_zone(pd.Series(["MSK"]))["rule"].tolist()
    ['zone-abbreviation']
    """
    column = predial.check_zones(_values(series), repair=repair, threads=threads)
    return _frame(column, series, False)


def _table(
    frame: pd.DataFrame, phone: str | None, gmt_zone: str | None, options: TableOptions
) -> pa.Table:
    """The frame as Arrow. A column of phones or zones without a type in Arrow, such as a mixture of
    texts and numbers, becomes a column of texts.
    """
    if not isinstance(frame, pd.DataFrame):
        kind = type(frame).__name__
        raise TypeError(f"frame must be a pandas DataFrame, not {kind}; predial.check takes lists")
    names = [str(label) for label in frame.columns]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ValueError(f"several columns have the name {', '.join(doubled)}; rename all but one")
    arrays: list[Any] = []
    mixed: dict[str, Exception] = {}
    for place, name in enumerate(names):
        series = frame.iloc[:, place]
        try:
            arrays.append(pa.Array.from_pandas(series))
        except (pa.ArrowException, OverflowError, UnicodeEncodeError) as error:
            arrays.append(pa.array(_texts(series), pa.string()))
            mixed[name] = error
    table = pa.table(arrays, names)
    if mixed:
        map, payload = options.get("map"), options.get("payload")
        checked = predial.check_table(
            table.slice(0, 1000), phone, gmt_zone, map=map, payload=payload
        )
        mapping = checked.report.mapping or []
        fields = {column.header: (column.field, column.key) for column in mapping}
        for name, refusal in mixed.items():
            field, key = fields.get(name, (None, None))
            if key is not None or field not in (None, "phone", "gmtZone"):
                remedy = f"convert them: frame[{name!r}].astype('string')"
                why = f"the values of column {name!r} have no common type in Arrow; {remedy}"
                raise TypeError(why) from refusal
    return table


def _texts(series: pd.Series) -> list[str | None]:
    """The values as texts. Half of a surrogate pair, which can't be sent, becomes `?`."""
    missing = series.isna()
    return [
        None if absent else str(value).encode(errors="replace").decode()
        for value, absent in zip(series, missing, strict=True)
    ]


def check(
    frame: pd.DataFrame,
    phone: Hashable | None = None,
    gmt_zone: Hashable | None = None,
    **options: Unpack[TableOptions],
) -> pd.DataFrame:
    """The frame with the verdict on each of its jobs: predial.check_table for pandas.

    In rows that are not rejected, phones are digits and zones are normalized. `predial_rule` is the
    rule for which a row is rejected, `predial_message` says what is wrong, and `predial_repaired`
    whether the row is sent rewritten. The index is kept. See predial.check_table for the options.

    >>> import pandas as pd, predial.pandas
    >>> jobs = pd.DataFrame({"phone": ["+7 911 000-00-00", "7.911E+10"]}, index=["a", "b"])
    >>> predial.pandas.check(jobs)["predial_rule"].to_dict()
    {'a': nan, 'b': 'phone-scientific'}
    """
    phone, gmt_zone = (None if label is None else str(label) for label in (phone, gmt_zone))
    table = _table(frame, phone, gmt_zone, options)
    checked = pa.table(predial.check_table(table, phone, gmt_zone, **options))
    verdicts = checked.column("predial").combine_chunks().flatten()
    answer = frame.copy(deep=False)
    for place, name in enumerate(checked.column_names[:-1]):
        values = checked.column(name)
        if name not in table.column_names or not values.equals(table.column(name)):
            answer.isetitem(place, _series(values, frame.iloc[:, place], frame.columns[place]))
    for name, values in zip(("rule", "message", "repaired"), verdicts, strict=True):
        label = (f"predial_{name}", *[""] * (frame.columns.nlevels - 1))
        column = pd.Series(values.to_pandas().array, index=frame.index)
        answer[label if len(label) > 1 else label[0]] = column
    return answer


@pd.api.extensions.register_series_accessor("predial")
class _Accessor:
    """The functions of predial.pandas as methods of a Series."""

    def __init__(self, series: pd.Series) -> None:
        self._series = series

    def phone(self, *args: Any, **options: Any) -> pd.Series:
        """The phones as the service takes them: `predial.pandas.phone`."""
        return phone(self._series, *args, **options)

    def zone(self, **options: Any) -> pd.Series:
        """The normalized gmtZones: `predial.pandas.zone`."""
        return zone(self._series, **options)

    def check_phone(self, *args: Any, **options: Any) -> pd.DataFrame:
        """The verdicts on phones as a frame: `predial.pandas.check_phone`."""
        return check_phone(self._series, *args, **options)

    def check_zone(self, **options: Any) -> pd.DataFrame:
        """The verdicts on gmtZones as a frame: `predial.pandas.check_zone`."""
        return check_zone(self._series, **options)
