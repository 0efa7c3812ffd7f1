"""predial in Polars: `import predial.polars` gives expressions and series a namespace `predial`.

>>> import polars as pl
>>> import predial.polars
>>> jobs = pl.LazyFrame({"phone": ["8 912 345-67-89", "?"], "zone": ["utc +3", "MSK"]})
>>> jobs.select(
...     pl.col("phone").predial.phone(region="RU"), pl.col("zone").predial.zone()
... ).collect().rows()
[('79123456789', '+03:00'), (None, None)]

The expressions are elementwise and say their type, so that lazy and streaming queries take them
as they take Polars' own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

import predial

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal, Unpack

    from predial._batch import TableOptions

    Level = Literal["e164", "possible", "valid"]
    Reading = Literal["national", "international"]
    Form = Literal["digits", "international", "national", "rfc3966", "e164"]

#: What a check of one column answers for each value.
CHECKED = {"normalized": pl.String(), "rule": pl.Categorical(), "repaired": pl.Boolean()}

#: What a check of whole jobs answers for each.
VERDICT = {"rule": pl.Categorical(), "message": pl.String(), "repaired": pl.Boolean()}

#: What it answers beside, where details are asked for.
DETAILS = {
    "country_code": pl.UInt16(),
    "region": pl.Categorical(),
    "type": pl.Categorical(),
    "time_zones": pl.List(pl.Categorical()),
}


#: Integers that Arrow has no type for.
WIDE = tuple(getattr(pl, name) for name in ("Int128", "UInt128") if hasattr(pl, name))


def _values(series: pl.Series) -> Any:
    """The values for predial; Arrow knows nothing of Python's own objects or wide integers."""
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
    """The options for jobs of which each is checked by itself."""
    if options.get("duplicates", "allow") != "allow":
        raise ValueError(
            "duplicates are found in a whole list, of which an expression sees parts; "
            "predial.check_table finds them"
        )
    return {"duplicates": "allow", "max_diagnostics": 0, **options}


class _Checks:
    """The checks of a column, on a series."""

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
        """The phones as the service takes them: digits; null where one is rejected.

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
        """The normalized gmtZones; null where one is rejected. See predial.check_zones."""
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
        """Structs of what predial.check_phones answers: normalized, rule, repaired; with details
        country_code, region, type and time_zones, too.
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
        """Structs of what predial.check_zones answers: normalized, rule, repaired."""
        column = predial.check_zones(_values(self._series), repair=repair, threads=threads)
        return _struct(column, self._series.name, False)

    def check(
        self, phone: str | None = None, gmt_zone: str | None = None, **options: Unpack[TableOptions]
    ) -> pl.Series:
        """Structs of the verdict over each job, which is a struct of its fields: rule, message,
        repaired.

        Each job by itself: to find duplicates takes the whole list, which is the business of
        predial.check_table. See there for the options.
        """
        options = _one_by_one(options)
        if not isinstance(self._series.dtype, pl.Struct):
            raise TypeError(
                f"a job is a struct, and no {self._series.dtype}: pl.struct('phone', 'gmtZone') "
                "makes one of columns; check_phone and check_zone check a single one"
            )
        table = predial.check_table(self._series.struct.unnest(), phone, gmt_zone, **options)
        verdicts = pl.DataFrame(table).get_column("predial")
        return verdicts.cast(pl.Struct(VERDICT)).alias(self._series.name)


class _Expressions:
    """The same checks, on an expression."""

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
        """The phones as the service takes them: digits; null where one is rejected.

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
        """The normalized gmtZones; null where one is rejected. See predial.check_zones.

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
        """Structs of what predial.check_phones answers: normalized, rule, repaired; with details
        country_code, region, type and time_zones, too.

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
        """Structs of what predial.check_zones answers: normalized, rule, repaired.

        >>> import polars as pl, predial.polars
        >>> pl.select(pl.lit("MSK").predial.check_zone()).item()["rule"]
        'zone-abbreviation'
        """
        return self._map(lambda checks: checks.check_zone(repair=repair), pl.Struct(CHECKED))

    def check(
        self, phone: str | None = None, gmt_zone: str | None = None, **options: Unpack[TableOptions]
    ) -> pl.Expr:
        """Structs of the verdict over each job, which is a struct of its fields: rule, message,
        repaired.

        Each job by itself: to find duplicates takes the whole list, which is the business of
        predial.check_table. See there for the options.

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
