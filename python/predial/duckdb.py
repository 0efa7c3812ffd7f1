"""predial in DuckDB: SQL functions that take whole vectors, as Arrow.

>>> import duckdb
>>> import predial.duckdb
>>> connection = predial.duckdb.register(duckdb.connect())
>>> connection.sql("SELECT predial_phone('8 912 345-67-89', 'RU') AS phone").fetchall()
[('79123456789',)]
>>> connection.sql("SELECT predial_phone('call me'), predial_phone_rule('call me')").fetchall()
[(None, 'phone-letters')]
>>> connection.sql("SELECT predial_phone_format('79123456789', 'national')").fetchall()
[('8 (912) 345-67-89',)]
>>> connection.sql("SELECT predial_zone('utc +3'), predial_zone_rule('MSK')").fetchall()
[('+03:00', 'zone-abbreviation')]
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from duckdb.func import FunctionNullHandling, PythonUDFType

import predial


def register(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Adds the functions of predial to a connection, and returns the connection.

    - `predial_phone(phone[, region])`: the phone as the service takes it; NULL if it is rejected;
    - `predial_phone_format(phone, format[, region])`: the same in a form of predial.check_phones,
      such as `international`;
    - `predial_phone_rule(phone[, region])`: the rule for which it is rejected, else NULL;
    - `predial_zone(zone)` and `predial_zone_rule(zone)`: the same for gmtZones;
    - `predial_rule(phone, zone[, region])`: the rule for which a job with these fields is rejected,
      else NULL.

    A phone is text or a whole number. Each row may have another region; NULL means no region.
    """
    functions = {
        "predial_phone": _phone,
        "predial_phone_format": _phone_format,
        "predial_phone_rule": _phone_rule,
        "predial_zone": _zone,
        "predial_zone_rule": _zone_rule,
        "predial_rule": _rule,
    }
    for name, function in functions.items():
        with suppress(duckdb.Error):
            connection.remove_function(name)  # of an earlier call
        # Parameters that have no names may be of any number and type.
        connection.create_function(
            name,
            function,
            None,
            "VARCHAR",
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
        )
    return connection


def _phone(*columns: Any) -> Any:
    return _by_region(*columns, answer=lambda column: column.normalized)


def _phone_format(*columns: Any) -> Any:
    phones, forms, *regions = columns

    def of(form: Any) -> Any:
        return _by_region(phones, *regions, answer=lambda column: column.normalized, format=form)

    return _each_by(of, forms)


def _phone_rule(*columns: Any) -> Any:
    return _by_region(*columns, answer=lambda column: column.rules)


def _zone(zones: Any) -> Any:
    return pa.chunked_array(predial.check_zones(zones, threads=1).normalized)


def _zone_rule(zones: Any) -> Any:
    return pa.chunked_array(predial.check_zones(zones, threads=1).rules).cast(pa.string())


def _rule(*columns: Any) -> Any:
    phones, zones, *regions = columns
    jobs = pa.table({"phone": phones, "gmtZone": zones})

    def of(region: str | None) -> Any:
        checked = predial.check_table(
            jobs,
            "phone",
            "gmtZone",
            region=region,
            duplicates="allow",
            max_diagnostics=0,
            threads=1,
        )
        return pc.struct_field(pa.table(checked).column("predial"), "rule").cast(pa.string())

    return _each_by(of, *regions)


def _by_region(phones: Any, *regions: Any, answer: Any, format: Any = "digits") -> Any:
    def of(region: str | None) -> Any:
        # DuckDB has threads of its own.
        column = predial.check_phones(phones, region, format=format, threads=1)
        return pa.chunked_array(answer(column)).cast(pa.string())

    return _each_by(of, *regions)


def _each_by(of: Any, keys: Any = None) -> Any:
    """The answers to all rows, each by its own region or form."""
    distinct = [None] if keys is None else pc.unique(keys).to_pylist()
    answers = of(distinct[0] if distinct else None)
    for key in distinct[1:]:
        chosen = pc.is_null(keys) if key is None else pc.equal(keys, key)
        answers = pc.if_else(pc.fill_null(chosen, False), of(key), answers)
    return answers
