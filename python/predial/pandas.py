"""predial in pandas: a Series in, a Series with the same index and name out.

>>> import pandas as pd
>>> import predial.pandas
>>> phones = pd.Series(["8 912 345-67-89", None, "?"], index=[10, 11, 12])
>>> predial.pandas.phone(phones, region="RU").to_dict()
{10: '79123456789', 11: nan, 12: nan}
>>> phones.predial.check_phone(region="RU")["rule"].to_dict()
{10: nan, 11: nan, 12: 'phone-syntax'}

A Series that Arrow holds is answered by such; one of Python's objects by one of those, where a
value of another type breaks the rule `phone-type` or `zone-type`, and NaN is as good as None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

import predial

if TYPE_CHECKING:
    from typing import Literal, Unpack

    from predial._batch import TableOptions

    Level = Literal["e164", "possible", "valid"]
    Reading = Literal["national", "international"]


def _values(series: pd.Series) -> Any:
    """The values for predial: objects as they are, since Arrow has no one type for them."""
    return series.tolist() if series.dtype == object else series


def _series(values: Any, like: pd.Series, name: Any) -> pd.Series:
    """An answer of predial's as a Series like the one that was asked about."""
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
    threads: int | None = None,
) -> pd.Series:
    """The phones as the service takes them: digits; missing where one is rejected.

    See predial.check_phones for the options.

    >>> import pandas as pd, predial.pandas
    >>> predial.pandas.phone(pd.Series(["+7 912 345-67-89", 79123456789.0, True])).tolist()
    ['79123456789', '79123456789', None]
    """
    column = predial.check_phones(
        _values(series), region, level, prefer=prefer, repair=repair, threads=threads
    )
    return _series(column.normalized, series, series.name)


def zone(series: pd.Series, *, repair: bool = True, threads: int | None = None) -> pd.Series:
    """The normalized gmtZones; missing where one is rejected. See predial.check_zones.

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
    details: bool = False,
    threads: int | None = None,
) -> pd.DataFrame:
    """What predial.check_phones answers, as a frame: normalized, rule, repaired; with details
    country_code, region, type and time_zones, too.

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
        details=details,
        threads=threads,
    )
    return _frame(column, series, details)


def check_zone(
    series: pd.Series, *, repair: bool = True, threads: int | None = None
) -> pd.DataFrame:
    """What predial.check_zones answers, as a frame: normalized, rule, repaired.

    >>> import pandas as pd, predial.pandas
    >>> predial.pandas.check_zone(pd.Series(["MSK"]))["rule"].tolist()
    ['zone-abbreviation']
    """
    column = predial.check_zones(_values(series), repair=repair, threads=threads)
    return _frame(column, series, False)


def check(
    frame: pd.DataFrame,
    phone: str | None = None,
    gmt_zone: str | None = None,
    **options: Unpack[TableOptions],
) -> pd.DataFrame:
    """The frame with the verdict over each of its jobs: predial.check_table for pandas.

    In the rows that are sent, phones are digits and zones normalized. `predial_rule` is the rule
    that a row is rejected for, `predial_message` what is wrong, `predial_repaired` whether it is
    sent rewritten. The index is kept. See predial.check_table for the options.

    >>> import pandas as pd, predial.pandas
    >>> jobs = pd.DataFrame({"phone": ["+7 911 000-00-00", "7.911E+10"]}, index=["a", "b"])
    >>> predial.pandas.check(jobs)["predial_rule"].to_dict()
    {'a': nan, 'b': 'phone-scientific'}
    """
    table = pa.Table.from_pandas(frame, preserve_index=False)
    checked = pa.table(predial.check_table(table, phone, gmt_zone, **options))
    verdicts = checked.column("predial").combine_chunks().flatten()
    answer = frame.copy(deep=False)
    for name in checked.column_names[:-1]:
        if checked.column(name) is not table.column(name):
            values = checked.column(name)
            if values.type != table.column(name).type or not values.equals(table.column(name)):
                answer[name] = _series(values, frame[name], name)
    for name, values in zip(("rule", "message", "repaired"), verdicts, strict=True):
        answer[f"predial_{name}"] = pd.Series(values.to_pandas().array, index=frame.index)
    return answer


@pd.api.extensions.register_series_accessor("predial")
class _Accessor:
    """The functions of predial.pandas as methods of a Series."""

    def __init__(self, series: pd.Series) -> None:
        self._series = series

    def phone(self, *args: Any, **options: Any) -> pd.Series:
        return phone(self._series, *args, **options)

    def zone(self, **options: Any) -> pd.Series:
        return zone(self._series, **options)

    def check_phone(self, *args: Any, **options: Any) -> pd.DataFrame:
        return check_phone(self._series, *args, **options)

    def check_zone(self, **options: Any) -> pd.DataFrame:
        return check_zone(self._series, **options)
