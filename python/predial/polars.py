"""predial in Polars: this module adds the namespace `predial` to expressions and series.

>>> import polars as pl
>>> import predial.polars
>>> jobs = pl.LazyFrame({"phone": ["8 912 345-67-89", "?"], "zone": ["utc +3", "MSK"]})
>>> jobs.select(
...     pl.col("phone").predial.phone(region="RU"), pl.col("zone").predial.zone()
... ).collect().rows()
[('79123456789', '+03:00'), (None, None)]

The expressions are elementwise and have a known type, so they work in lazy and streaming queries
like those of Polars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

import predial

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal, Unpack

    from predial.types import TableOptions

    Level = Literal["e164", "possible", "valid"]
    Reading = Literal["national", "international"]
    Form = Literal["digits", "international", "national", "rfc3966", "e164"]

#: The fields of the verdict on each value of a column.
CHECKED = {"normalized": pl.String(), "rule": pl.Categorical(), "repaired": pl.Boolean()}

#: The fields of the verdict on each job.
VERDICT = {"rule": pl.Categorical(), "message": pl.String(), "repaired": pl.Boolean()}

#: The fields that `details` adds.
DETAILS = {
    "country_code": pl.UInt16(),
    "region": pl.Categorical(),
    "type": pl.Categorical(),
    "time_zones": pl.List(pl.Categorical()),
}


#: Integers for which Arrow has no type.
WIDE = tuple(getattr(pl, name) for name in ("Int128", "UInt128") if hasattr(pl, name))


def _values(series: pl.Series) -> Any:
    """The values for predial. Arrow has no type for Python's objects and for wide integers."""
    if series.dtype in WIDE:
        return series.cast(pl.String)
    return series.to_list() if series.dtype == pl.Object else series


def _text(values: Any, name: str) -> pl.Series:
    return pl.Series(name, values, strict=False).cast(pl.String).alias(name)


def _struct(column: predial.Column, name: str, details: bool) -> pl.Series:
    fields = {
        "normalized": column.normalized,
        "rule": column.rules,
        "repaired": column.repaired,
    }
    types = dict(CHECKED)
    if details:
        fields |= {field: getattr(column, field) for field in DETAILS}
        types |= DETAILS
    return pl.DataFrame(fields, schema=types, strict=False).to_struct(name)


def _one_by_one(options: TableOptions) -> TableOptions:
    """The options for jobs that are checked one by one."""
    if options.get("duplicates", "allow") != "allow":
        raise ValueError(
            "an expression sees parts of a list, and can't find duplicates in all of it; "
            "predial.check_table finds them"
        )
    return {"duplicates": "allow", "max_diagnostics": 0, **options}


class _Checks:
    """The checks of predial on a series."""

    def __init__(self, series: pl.Series) -> None:
        self._series = series

    def phone(
        self,
        region: str | None = None,
        level: Level = "possible",
        *,
        prefer: Reading | None = None,
        repair: bool = True,
        format: Form = "digits",
        threads: int | None = None,
    ) -> pl.Series:
        """The phones as the service takes them, which is as digits; null if one is rejected.

        See predial.check_phones for the options.
        """
        column = predial.check_phones(
            _values(self._series),
            region,
            level,
            prefer=prefer,
            repair=repair,
            format=format,
            threads=threads,
        )
        return _text(column.normalized, self._series.name)

    def zone(self, *, repair: bool = True, threads: int | None = None) -> pl.Series:
        """The normalized gmtZones; null if one is rejected. See predial.check_zones."""
        column = predial.check_zones(_values(self._series), repair=repair, threads=threads)
        return _text(column.normalized, self._series.name)

    def check_phone(
        self,
        region: str | None = None,
        level: Level = "possible",
        *,
        prefer: Reading | None = None,
        repair: bool = True,
        format: Form = "digits",
        details: bool = False,
        threads: int | None = None,
    ) -> pl.Series:
        """The verdicts of predial.check_phones as structs of normalized, rule and repaired; with
        `details` also of country_code, region, type and time_zones. See there for the options.
        """
        column = predial.check_phones(
            _values(self._series),
            region,
            level,
            prefer=prefer,
            repair=repair,
            format=format,
            details=details,
            threads=threads,
        )
        return _struct(column, self._series.name, details)

    def check_zone(self, *, repair: bool = True, threads: int | None = None) -> pl.Series:
        """The verdicts of predial.check_zones as structs of normalized, rule and repaired."""
        column = predial.check_zones(_values(self._series), repair=repair, threads=threads)
        return _struct(column, self._series.name, False)

    def check(
        self, phone: str | None = None, gmt_zone: str | None = None, **options: Unpack[TableOptions]
    ) -> pl.Series:
        """The verdict on each job as a struct of rule, message and repaired. A job is a struct of
        its fields, such as `pl.struct("phone", "gmtZone")`.

        Each job is checked by itself. To find duplicates use predial.check_table, which sees the
        whole list. See there for the options.
        """
        options = _one_by_one(options)
        if not isinstance(self._series.dtype, pl.Struct):
            raise TypeError(
                f"a job must be a struct, not {self._series.dtype}: pl.struct('phone', 'gmtZone') "
                "makes one of columns; check_phone and check_zone check a single column"
            )
        table = predial.check_table(self._series.struct.unnest(), phone, gmt_zone, **options)
        verdicts = pl.DataFrame(table).get_column("predial")
        return verdicts.cast(pl.Struct(VERDICT)).alias(self._series.name)


class _Expressions:
    """The checks of predial on an expression."""

    def __init__(self, expr: pl.Expr) -> None:
        self._expr = expr

    def _map(self, check: Callable[[_Checks], pl.Series], dtype: Any) -> pl.Expr:
        return self._expr.map_batches(
            lambda series: check(_Checks(series)), return_dtype=dtype, is_elementwise=True
        )

    def phone(
        self,
        region: str | None = None,
        level: Level = "possible",
        *,
        prefer: Reading | None = None,
        repair: bool = True,
        format: Form = "digits",
    ) -> pl.Expr:
        """The phones as the service takes them, which is as digits; null if one is rejected.

        See predial.check_phones for the options.

        >>> import polars as pl, predial.polars
        >>> pl.select(pl.lit("+7 (912) 345-67-89").predial.phone()).item()
        '79123456789'
        """
        return self._map(
            lambda checks: checks.phone(region, level, prefer=prefer, repair=repair, format=format),
            pl.String(),
        )

    def zone(self, *, repair: bool = True) -> pl.Expr:
        """The normalized gmtZones; null if one is rejected. See predial.check_zones.

        >>> import polars as pl, predial.polars
        >>> pl.select(pl.lit("Etc/GMT+3").predial.zone()).item()
        '-03:00'
        """
        return self._map(lambda checks: checks.zone(repair=repair), pl.String())

    def check_phone(
        self,
        region: str | None = None,
        level: Level = "possible",
        *,
        prefer: Reading | None = None,
        repair: bool = True,
        format: Form = "digits",
        details: bool = False,
    ) -> pl.Expr:
        """The verdicts of predial.check_phones as structs of normalized, rule and repaired; with
        `details` also of country_code, region, type and time_zones. See there for the options.

        >>> import polars as pl, predial.polars
        >>> pl.select(pl.lit("7.911E+10").predial.check_phone()).item()
        {'normalized': None, 'rule': 'phone-scientific', 'repaired': False}
        """
        return self._map(
            lambda checks: checks.check_phone(
                region, level, prefer=prefer, repair=repair, format=format, details=details
            ),
            pl.Struct(CHECKED | DETAILS if details else CHECKED),
        )

    def check_zone(self, *, repair: bool = True) -> pl.Expr:
        """The verdicts of predial.check_zones as structs of normalized, rule and repaired.

        >>> import polars as pl, predial.polars
        >>> pl.select(pl.lit("MSK").predial.check_zone()).item()["rule"]
        'zone-abbreviation'
        """
        return self._map(lambda checks: checks.check_zone(repair=repair), pl.Struct(CHECKED))

    def check(
        self, phone: str | None = None, gmt_zone: str | None = None, **options: Unpack[TableOptions]
    ) -> pl.Expr:
        """The verdict on each job as a struct of rule, message and repaired. A job is a struct of
        its fields, such as `pl.struct("phone", "gmtZone")`.

        Each job is checked by itself. To find duplicates use predial.check_table, which sees the
        whole list. See there for the options.

        >>> import polars as pl, predial.polars
        >>> jobs = pl.DataFrame({"phone": ["79110000000"], "gmtZone": ["MSK"]})
        >>> verdict = jobs.select(pl.struct("phone", "gmtZone").predial.check()).item()
        >>> verdict["rule"]
        'zone-abbreviation'
        """
        options = _one_by_one(options)
        return self._map(
            lambda checks: checks.check(phone, gmt_zone, **options), pl.Struct(VERDICT)
        )


pl.api.register_expr_namespace("predial")(_Expressions)
pl.api.register_series_namespace("predial")(_Checks)
