"""Unusual frames: each is read, or refused with a remedy."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute
import pytest

import predial
import predial.pandas
import predial.polars

PHONE = "79123456789"


def rules(answer: pd.DataFrame) -> list[Any]:
    return [None if pd.isna(rule) else rule for rule in answer["predial_rule"]]


def test_a_column_of_texts_and_numbers_as_spreadsheets_have_it() -> None:
    cells = [
        PHONE,
        79123456780,
        "+7 (912) 345-67-81",
        79123456782.0,
        None,
        float("nan"),
        True,
        "\ud800",
    ]
    frame = pd.DataFrame({"phone": pd.Series(cells, dtype=object)})
    answer = predial.pandas.check(frame)
    known = predial.check([{"phone": None if cell != cell else cell} for cell in cells])
    assert [rule is None for rule in rules(answer)] == [True] * 4 + [False] * 4
    assert (known.clean + known.repaired, known.rejected) == (4, 4)
    sent = answer["phone"].tolist()[:4]
    assert sent == [PHONE, "79123456780", "79123456781", "79123456782"]


def test_zones_of_several_types() -> None:
    zones = pd.Series(["utc +3", 3, None], dtype=object)
    frame = pd.DataFrame({"tel": [f"7912345678{n}" for n in range(3)], "tz": zones})
    answer = predial.pandas.check(frame, phone="tel", gmt_zone="tz")
    assert answer["tz"].tolist()[:2] == ["+03:00", "+03:00"]


@pytest.mark.parametrize("cells", [[1, "a"], ["\ud800", "a"], [2**70, 1], [1j, 2]])
def test_a_payload_that_arrow_has_no_type_for_is_named(cells: list[Any]) -> None:
    frame = pd.DataFrame({"phone": [PHONE] * 2, "x y": pd.Series(cells, dtype=object)})
    with pytest.raises(TypeError, match=r"'x y' .* frame\['x y'\]\.astype"):
        predial.pandas.check(frame)
    # It is not part of the jobs then, and needs no type.
    assert rules(predial.pandas.check(frame, payload=[])) == [None, "phone-duplicate"]


def test_columns_whose_labels_are_no_texts() -> None:
    numbered = pd.DataFrame([["Anna", "+7 912 345-67-89"]])
    assert predial.pandas.check(numbered, phone=1)[1].tolist() == [PHONE]
    levels = pd.MultiIndex.from_tuples([("who", "name"), ("how", "tel")])
    nested = pd.DataFrame([["Anna", "+7 912 345-67-89"]], columns=levels)
    answer = predial.pandas.check(nested, phone=("how", "tel"))
    assert answer[("how", "tel")].tolist() == [PHONE]


def test_an_index_with_doubles_is_kept() -> None:
    frame = pd.DataFrame({"phone": ["+" + PHONE, "?"]}, index=[7, 7])
    answer = predial.pandas.check(frame)
    assert answer.index.tolist() == [7, 7]
    assert answer["phone"].tolist() == [PHONE, "?"]
    assert predial.pandas.phone(frame["phone"]).index.tolist() == [7, 7]


def test_columns_of_one_name() -> None:
    frame = pd.DataFrame([[PHONE, 1, 2]], columns=["phone", "a", "a"])
    with pytest.raises(ValueError, match="several columns have the name a; rename"):
        predial.pandas.check(frame)


def test_categories_and_sparse_series() -> None:
    phones = pd.Series([PHONE, "+" + PHONE, None], dtype="category")
    assert predial.pandas.phone(phones).tolist()[:2] == [PHONE, PHONE]
    sparse = pd.Series(pd.arrays.SparseArray([0, 3]))
    assert predial.pandas.zone(sparse).tolist() == ["Z", "+03:00"]
    frame = pd.DataFrame({"phone": phones, "gmtZone": pd.Series(["+3"] * 3, dtype="category")})
    assert rules(predial.pandas.check(frame)) == [None, "phone-duplicate", "phone-missing"]


def test_numbers_of_numpy_among_objects() -> None:
    phones = pd.Series(
        [np.int64(79123456789), np.float64(79123456789), np.bool_(True)], dtype=object
    )
    checked = predial.pandas.check_phone(phones)
    assert checked["normalized"].tolist() == [PHONE, PHONE, None]
    assert checked["rule"].tolist() == [None, None, "phone-type"]


@pytest.mark.parametrize("given", [[PHONE], PHONE, pd.DataFrame({"phone": [PHONE]})])
def test_what_is_no_series(given: Any) -> None:
    with pytest.raises(TypeError, match="series must be a pandas Series, not"):
        predial.pandas.phone(given)


@pytest.mark.parametrize("given", [[{"phone": PHONE}], pd.Series([PHONE])])
def test_what_is_no_frame(given: Any) -> None:
    with pytest.raises(TypeError, match="frame must be a pandas DataFrame, not"):
        predial.pandas.check(given)


def table(**columns: Any) -> list[Any]:
    """The rules of a table's rows."""
    checked = pl.DataFrame(predial.check_table(pl.DataFrame(columns)))
    return checked.get_column("predial").struct.field("rule").to_list()


def test_columns_of_nothing_but_nulls() -> None:
    nothing = pl.Series([None, None])
    assert nothing.dtype == pl.Null
    assert nothing.predial.phone().to_list() == [None, None]  # type: ignore[attr-defined]
    assert pl.Series(predial.check_phones(nothing).rules).to_list() == [None, None]
    phones = [PHONE, "?"]
    assert table(phone=phones, gmtZone=nothing, name=nothing) == [None, "phone-empty"]
    assert table(phone=phones, payload=[{"a": None, "b": [None]}] * 2) == [None, "phone-empty"]
    assert table(phone=nothing) == ["phone-missing"] * 2
    assert table(phone=[]) == []
    jobs = pl.LazyFrame({"phone": phones, "gmtZone": nothing})
    verdicts = jobs.select(pl.struct("phone", "gmtZone").predial.check().struct.field("rule"))  # type: ignore[attr-defined]
    assert verdicts.collect(engine="streaming").to_series().to_list() == [None, "phone-empty"]


@pytest.mark.parametrize(
    "values",
    [
        pl.Series([b"12345"]),  # in hexadecimal it would be a phone of the Netherlands
        pl.Series([[b"1"]]),
        pl.Series([{"a": b"1"}]),
        pl.Series([object()], dtype=pl.Object),
    ],
)
@pytest.mark.parametrize("name", ["phone", "gmtZone", "name"])
def test_bytes_are_no_values_of_jobs(values: pl.Series, name: str) -> None:
    columns: dict[str, Any] = {"phone": [PHONE], name: values}
    with pytest.raises(
        ValueError, match=f'the column "{name}" holds .*, which JSON .*cast it to text'
    ):
        table(**columns)
    with pytest.raises(ValueError, match="JSON has no form for"):
        predial.check(pl.DataFrame(columns))


@pytest.mark.parametrize(
    "values",
    [
        pa.array([dt.date(2026, 7, 1)]),  # in digits, it would be a phone of Egypt
        pa.array([dt.timedelta(hours=3)]),
        pa.array([dt.date(2026, 7, 1)]).dictionary_encode(),
        pa.compute.run_end_encode(pa.array([PHONE])),
        pa.DictionaryArray.from_arrays(pa.array([0]), pa.array([PHONE]).dictionary_encode()),
    ],
)
def test_columns_that_are_no_phones_or_zones_as_a_whole(values: Any) -> None:
    for name in ("phone", "gmtZone"):
        jobs = pa.table({"phone": [PHONE]} | {name: values})
        with pytest.raises(ValueError, match=f'the column "{name}" .* no {name} is; cast it'):
            predial.check_table(jobs)
    assert predial.check(pa.table({"phone": [PHONE], "since": values})).clean == 1


def test_nulls_among_the_values_of_a_dictionary_are_absent(tmp_path: Path) -> None:
    phones = pa.array([PHONE, "79123456780"])
    names = pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array(["Anna", None]))
    zones = pa.DictionaryArray.from_arrays(pa.array([1, 0]), pa.array(["+03:00", None]))
    jobs = pa.table({"phone": phones, "gmtZone": zones, "name": names})
    report = predial.prepare(jobs, tmp_path / "out")
    assert json.loads(Path(report.bodies[0]).read_bytes()) == [
        {"phone": PHONE, "payload": {"name": "Anna"}},
        {"phone": "79123456780", "gmtZone": "+03:00", "payload": {}},
    ]


def test_a_union_is_no_value() -> None:
    union = pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([PHONE])])
    for columns in ({"phone": union}, {"phone": [PHONE], "name": union}):
        with pytest.raises(ValueError, match="JSON has no form for"):
            predial.check_table(pa.table(columns))


def test_floats_that_have_lost_digits_are_no_phones() -> None:
    narrow = pl.Series([79123456789.0, 6834002.0], dtype=pl.Float32)  # of Niue, and exact
    assert table(phone=narrow) == ["phone-scientific", None]
    assert table(phone=pl.Series([79123456789.0, 2.0**53])) == [None, "phone-scientific"]


def test_integers_wider_than_arrow_has_them() -> None:
    wide = pl.Series([79123456789], dtype=pl.Int128)
    assert wide.predial.phone().to_list() == [PHONE]  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="cast the column to another type"):
        table(phone=wide)


def test_an_expression_finds_no_duplicates_and_says_so() -> None:
    jobs: Any = pl.struct("phone")
    with pytest.raises(ValueError, match=r"predial\.check_table finds them"):
        jobs.predial.check(duplicates="phone")
    assert jobs.predial.check(duplicates="allow") is not None


def test_a_job_is_a_struct() -> None:
    phones: Any = pl.Series([PHONE])
    with pytest.raises(TypeError, match=r"pl\.struct\('phone', 'gmtZone'\)"):
        phones.predial.check()


def test_a_lazy_frame_is_collected(tmp_path: Path) -> None:
    lazy: Any = pl.LazyFrame({"phone": [PHONE, "?"]}).with_columns(gmtZone=pl.lit("+3"))
    assert predial.check(lazy).counts == {"phone-empty": 1}
    assert predial.prepare(lazy, tmp_path).total == 2
    checked = pl.DataFrame(predial.check_table(lazy, gmt_zone="gmtZone"))
    assert checked["gmtZone"].to_list() == ["+03:00", "+3"]
    column = predial.check_phones(lazy.select("phone"))
    assert pl.Series(column.normalized).to_list() == [PHONE, None]
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        predial.check(lazy.select("missing"))


def test_columns_are_named_by_texts() -> None:
    jobs = pa.table({"phone": [PHONE]})
    with pytest.raises(
        TypeError, match="phone must be the name of a column, or None, which is a str, not int"
    ):
        predial.check_table(jobs, phone=0)  # type: ignore[arg-type]


def test_no_type_of_polars_brings_an_exception() -> None:
    values = [
        pl.Series([dt.date(2026, 7, 1)]), pl.Series([dt.time(3)]), pl.Series([dt.timedelta(1)]),
        pl.Series([True]), pl.Series([[PHONE]]), pl.Series([{"a": 1, "b": 2}]), pl.Series([b"1"]),
        pl.Series([[PHONE]], dtype=pl.Array(pl.String, 1)), pl.Series([object()], dtype=pl.Object),
    ]  # fmt: skip
    for series in values:
        checks: Any = series
        assert checks.predial.check_phone().struct.field("rule").to_list() == ["phone-type"]
        assert checks.predial.check_zone().struct.field("rule").to_list() == ["zone-type"]
