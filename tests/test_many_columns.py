"""Tables of very many columns: their verdicts, in time that grows with their number."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import predial

pytestmark = pytest.mark.slow

#: A process may take so many seconds of processor time. Work that grows with the square of what
#: these tests give it takes minutes or hours.
MOST_SECONDS = 30

CAPPED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]), int(sys.argv[1])))
import predial
"""


def run_capped(script: str, *args: str) -> str:
    """The output of a script that may take at most `MOST_SECONDS` of processor time."""
    command = [sys.executable, "-c", CAPPED + script, str(MOST_SECONDS), *args]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def keys_one_by_one(headers: list[str]) -> list[str]:
    """The keys of payload, each found by a look at all keys before it and at all headers."""
    keys: list[str] = []
    for header in headers:
        key, number = header, 2
        while key in keys or (number > 2 and key in headers):
            key, number = f"{header}_{number}", number + 1
        keys.append(key)
    return keys


@given(
    st.lists(st.sampled_from(["a", "b", "a_2", "a_3", "a_2_2", "b_2", "a_10", "A"]), max_size=30)
)
def test_the_keys_of_equal_headers(headers: list[str]) -> None:
    source = ",".join(["phone", *headers]) + "\n79123456789\n"
    mapping = predial.check(source.encode()).mapping
    assert mapping is not None
    assert [column.key for column in mapping[1:]] == keys_one_by_one(headers)


HEADERS: dict[str, Callable[[int], str]] = {
    "equal": lambda number: "a",
    "different": lambda number: f"name {number}",
    "numbered": lambda number: f"a_{number // 2}",
    "empty": lambda number: "",
}


@pytest.mark.parametrize("headers", HEADERS)
@pytest.mark.parametrize("columns", [4_000, 20_000, 200_000])
def test_the_time_for_a_table_grows_with_its_columns(
    headers: str, columns: int, tmp_path: Path
) -> None:
    if columns < 200_000 and headers != "equal":
        return
    names = [HEADERS[headers](number) for number in range(columns - 1)]
    table = ",".join(["phone", *names]) + "\n79123456789,x\n" + "79123456789\n"
    (tmp_path / "list.csv").write_text(table)
    script = """
report = predial.prepare(sys.argv[2], sys.argv[3])
print(report.clean, report.rejected, len(report.mapping))
"""
    printed = run_capped(script, str(tmp_path / "list.csv"), str(tmp_path / "out"))
    assert printed.split() == ["1", "1", str(columns)]
    body = json.loads((tmp_path / "out/bodies/000001.json").read_bytes())
    assert len(body[0]["payload"]) == columns - 1
    rejects = (tmp_path / "out/rejects.csv").read_bytes().splitlines()
    assert rejects[0].endswith(table.partition("\n")[0].encode())


def test_the_time_for_columns_that_are_named_grows_with_their_number(tmp_path: Path) -> None:
    script = """
names = [f"Name {number}" for number in range(100_000)]
table = ",".join(["phone", *names]) + "\\n79123456789,x\\n"
for payload in (names, [name.lower() for name in names], names[:1] * 100_000):
    print(predial.check(table.encode(), payload=payload).clean)
try:
    predial.check(table.encode(), payload=["not there"])
except ValueError as error:
    print(len(str(error)))
"""
    *clean, length = run_capped(script).split()
    assert clean == ["1"] * 3
    assert int(length) < 2_000


def test_the_time_for_a_payload_in_a_cell_grows_with_its_keys() -> None:
    script = """
names = [f"name {number}" for number in range(100_000)]
payload = "{" + ",".join(f'"key {number}":1' for number in range(100_000)) + "}"
table = ";".join(["phone", "payload", *names]) + "\\n79123456789;" + payload + "\\n"
table += '79123456780;{"name 99999": 1}\\n'
report = predial.check(table.encode())
print(report.clean, report.counts)
"""
    assert run_capped(script) == "1 {'job-duplicate-key': 1}\n"


@pytest.mark.parametrize("value", ["null", "3"])
def test_the_time_to_set_a_field_grows_with_the_job(value: str) -> None:
    script = f"""
job = b'{{"phone": "79123456789"' + b', "maxAttempts": {value}' * 65_000 + b'}}'
report = predial.check(job, set={{"maxAttempts": 5, "gmtZone": "+03:00"}})
print(report.rejected, report.counts["job-duplicate-key"])
"""
    assert run_capped(script).split() == ["1", "64999"]
