"""JSON that is neither an array of jobs nor a job on each line: it is refused by what it is."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import predial

LISTS = Path(__file__).parent / "data" / "lists"

JOBS = [{"phone": "79123456789", "name": "Anna"}, {"phone": "4915123456789"}]


def refusal(source: Any) -> predial.SourceError:
    with pytest.raises(predial.SourceError) as caught:
        predial.check(source)
    return caught.value


def test_an_array_inside_an_object_is_named() -> None:
    error = refusal(LISTS / "wrap.json")
    assert str(error).endswith(
        'an array is inside "contacts"; hand over that array alone, or write each of its objects '
        "on a line"
    )
    assert (error.line, error.column, error.offset) == (1, 13, 12)
    assert error.report.total == 0


def test_objects_over_several_lines_are_named() -> None:
    error = refusal(LISTS / "pretty.json")
    assert str(error).endswith(
        "the JSON objects go on over several lines; write each on one line, or all of them in one "
        "array"
    )
    assert (error.line, error.column, error.offset) == (1, 1, 0)


def test_the_command_shows_the_refusal_and_ends_with_status_2() -> None:
    for file, said in (("wrap.json", 'inside "contacts"'), ("pretty.json", "over several lines")):
        command = [sys.executable, "-m", "predial", "check", str(LISTS / file)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (run.returncode, said in " ".join(run.stderr.split())) == (2, True)


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("many", [1, 5_000])
def test_an_array_is_found_at_any_depth_and_length(many: int, indent: int | None) -> None:
    wrapped = {"ok": True, "text": '"[{', "data": {"list": [1, 2], "items": JOBS * many}}
    text = json.dumps(wrapped, indent=indent).encode()
    for source in (text, io.BytesIO(text), io.BytesIO(b"\xef\xbb\xbf\n" + text)):
        assert 'an array is inside "data.items"' in str(refusal(source))


@given(st.lists(st.sampled_from(JOBS), min_size=1, max_size=4), st.sampled_from([1, 2, "\t"]))
def test_pretty_objects_are_refused_and_the_same_array_is_read(
    jobs: list[dict[str, str]], indent: int | str
) -> None:
    pretty = "\n".join(json.dumps(job, indent=indent) for job in jobs)
    assert "over several lines" in str(refusal(pretty.encode()))
    assert predial.check(json.dumps(jobs, indent=indent).encode()).total == len(jobs)
    assert predial.check("\n".join(map(json.dumps, jobs)).encode()).total == len(jobs)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('{"phone":"79123456789","lines":[{"a":1}]}', 1),
        ('{"lines":[{"a":1}],"phone":"79123456789"}', 1),
        ('{"contacts":[{"phone":"1"}]}\n{"contacts":[{"phone":"2"}]}', 2),
        ('{"phone":\n{"phone":"79123456789"}', 2),
        ('{"phone":"79123456789\n"}', 2),
        ('{"phone":"79123456789"}\n{\n"phone":"79123456789"\n}', 4),
        ("{", 1),
        ("{}", 1),
    ],
)
def test_lines_stay_lines(text: str, rows: int) -> None:
    assert predial.check(text.encode()).total == rows


def test_a_line_of_rejects_is_not_an_array_inside_an_object(tmp_path: Path) -> None:
    predial.prepare([{"phone": "8 912"}], tmp_path)
    assert predial.check(tmp_path / "rejects.ndjson").total == 1


def test_a_format_that_is_named_is_read_as_such() -> None:
    source = (LISTS / "wrap.json").read_bytes()
    assert predial.check(source, input_format="ndjson").total == 1
