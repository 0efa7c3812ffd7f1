"""The JSON Schemas in `predial/schemas`: all that predial writes is as they say."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Iterator
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings

import predial
from predial.cli import commands
from predial.preview import figures
from predial.testing import batches

NOW = datetime.fromisoformat("2026-03-02T09:00Z")
NAMES = ("manifest", "preview", "reject", "report", "report-line")
DAY = '{"default": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}'
MESSY = b"""{"phone": "79123456789", "gmtZone": "+03:00"}
{"phone": "+7 (912) 345-67-80", "gmtZone": "utc +3", "more": 1}
{"phone": "7.912E+10", "gmtZone": "MSK"}
{"phone": "79123456789"}
not JSON
{"phone": "79123456781", "payload": {"name": "caf\xe9"}}
{"phone": "79123456782", "allowedDays": ["mon", "mon"], "finishDateTime": "2020-01-01T00:00:00Z"}
"""
TABLE = "Список;;\nИмя;Телефон;Зона\nAnna;8 (912) 345-67-89;MSK\nИмя;Телефон;Зона\nB;79123456780;\n"


def schema(name: str) -> dict[str, Any]:
    file = resources.files("predial").joinpath("schemas", f"{name}.schema.json")
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def is_valid(name: str, document: object) -> bool:
    checker = jsonschema.Draft202012Validator(
        schema(name), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    found: bool = checker.is_valid(document)
    return found


def assert_valid(name: str, document: object) -> None:
    jsonschema.Draft202012Validator(schema(name)).validate(document)


def run(*arguments: str) -> str:
    answer = CliRunner().invoke(commands, arguments)
    assert answer.exit_code in (0, 1, 2), answer.output
    return answer.stdout


def documents(source: Path, out: Path, *options: str) -> Iterator[tuple[str, Any]]:
    """All that the command line writes about a list, with the names of the schemas."""
    given = [str(source), *options]
    yield "report", json.loads(run("check", *given, "--output-format", "json"))
    for line in run("check", *given, "--statistics", "--output-format", "ndjson").splitlines():
        yield "report-line", json.loads(line)
    report = out.with_suffix(".json")
    prepared = run("prepare", *given, str(out), "--output-format", "json", "--report", str(report))
    yield "report", json.loads(prepared)
    if (out / "manifest.json").exists():
        yield "preview", json.loads(report.read_text("utf-8"))
        yield "manifest", json.loads((out / "manifest.json").read_text("utf-8"))
        for line in (out / "rejects.ndjson").read_text("utf-8").splitlines():
            yield "reject", json.loads(line)


@pytest.mark.parametrize("name", NAMES)
def test_they_are_schemas(name: str) -> None:
    found = schema(name)
    jsonschema.Draft202012Validator.check_schema(found)
    assert found["$id"] == f"urn:predial:schema:{name}"


def test_all_of_them_are_named_here() -> None:
    folder = resources.files("predial").joinpath("schemas")
    assert {file.name for file in folder.iterdir()} == {f"{name}.schema.json" for name in NAMES}


LONG = b'{"phone": "' + b"1" * 9000 + b'"}\n'
#: Options that show in the manifest.
OPTIONS = (
    *("--region", "RU", "--duplicates", "job", "--multiple", "first", "--repair", "suggested"),
    *("--set", 'externalCheck={"externalCheckUrl": "https://a.example/b?c"}'),
    *("--error", "zone-far-from-phone", "--ignore", "job-unknown-field"),
    *("--now", "2026-03-02T09:00:00Z"),
)
CASES: dict[str, tuple[str, bytes, tuple[str, ...]]] = {
    "lines": ("a.ndjson", MESSY, ()),
    "options": ("a.ndjson", MESSY, OPTIONS),
    "long row": ("a.ndjson", MESSY + LONG, ("--max-row-bytes", "5000")),
    "several jobs in a row": (
        "a.ndjson",
        MESSY + b'{"phone": "79123456711, 79123456712, 7912345671300000"}\n',
        ("--multiple", "each"),
    ),
    "table": ("a.csv", TABLE.encode(), ()),
    "encoding": ("a.csv", TABLE.encode("cp1251"), ("--map", "phone=Телефон")),
    "gzip": ("a.csv.gz", gzip.compress(TABLE.encode()), ()),
    "array that breaks": ("a.json", b'[{"phone": "79123456789"}, {"phone": ', ()),
    "nothing": ("a.ndjson", b"", ()),
}


@pytest.mark.parametrize("case", CASES)
def test_outputs_are_as_the_schemas_say(case: str, tmp_path: Path) -> None:
    name, content, options = CASES[case]
    source = tmp_path / name
    source.write_bytes(content)
    found = list(documents(source, tmp_path / "out", *options))
    assert found
    for of, document in found:
        assert_valid(of, document)


def test_a_campaign_and_excluded_lists_are_in_the_schema(tmp_path: Path) -> None:
    for name, content in [("a.ndjson", MESSY), ("no.csv", b"phone\n79123456789\n")]:
        (tmp_path / name).write_bytes(content)
    (tmp_path / "campaign.json").write_text(f'{{"allowedTime": {DAY}}}')
    options = ["--campaign", str(tmp_path / "campaign.json"), "--exclude", str(tmp_path / "no.csv")]
    for of, document in documents(tmp_path / "a.ndjson", tmp_path / "out", *options):
        assert_valid(of, document)


def test_workbooks_are_in_the_schema(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["phone", "name"])
    book.active.append(["79123456789", "Anna"])
    book.active.append(["7.9E+10", "B"])
    book.active.row_dimensions[2].hidden = True
    book.create_sheet("other").append(["x"])
    book.save(tmp_path / "a.xlsx")
    for of, document in documents(tmp_path / "a.xlsx", tmp_path / "out"):
        assert_valid(of, document)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(jobs=batches())
def test_any_list_is_in_the_schema(jobs: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    out = tmp_path_factory.mktemp("any") / "out"
    report = predial.prepare(jobs, out, now=NOW, statistics=True)
    assert_valid("manifest", json.loads((out / "manifest.json").read_text("utf-8")))
    for line in (out / "rejects.ndjson").read_text("utf-8").splitlines():
        assert_valid("reject", json.loads(line))
    forecast = predial.forecast(jobs, now=NOW)
    found = figures(report, name="x", forecast=forecast)
    assert_valid("preview", json.loads(json.dumps(found)))


#: Objects with any names: what the list and the options have, and counts by name.
OPEN = {
    *("job", "payload", "set", "campaign", "map", "zones", "severity", "rules", "alone"),
    *("counts", "severities", "left_out", "countries", "types"),
}
#: Keys that a document may lack.
OPTIONAL = {"statistics", "bodies", "lines", "part", "parts"}


def broken(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[str, Any]]:
    """The document with one thing wrong, in all ways in which a program may get it wrong."""

    def changed(change: Any) -> Any:
        whole = copy.deepcopy(document)
        node = whole
        for step in path:
            node = node[step]
        change(node)
        return whole

    node = document
    for step in path:
        node = node[step]
    if isinstance(node, dict):
        if path and path[-1] in OPEN and not {"total", "of"} & node.keys():
            return
        yield f"{path} has more", changed(lambda it: it.update(surely_unknown=1))
        for key, value in node.items():
            if key not in OPTIONAL:
                yield f"{path} lacks {key}", changed(lambda it, key=key: it.pop(key))
            if isinstance(value, int):
                yield f"{key} is a list", changed(lambda it, key=key: it.update({key: [1]}))
            if isinstance(value, int) and not isinstance(value, bool):
                yield f"{key} is negative", changed(lambda it, key=key: it.update({key: -1}))
            if key != "job":
                yield from broken(document, (*path, key))
    elif isinstance(node, list) and node and isinstance(node[0], dict):
        yield from broken(document, (*path, 0))


def test_broken_documents_fail(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes(TABLE.encode() + b"C;7.9E+10;\n")
    tried = dict.fromkeys(NAMES, 0)
    for of, document in documents(source, tmp_path / "out"):
        assert is_valid(of, document)
        for what, wrong in broken(document):
            assert not is_valid(of, wrong), (of, what)
            tried[of] += 1
    assert min(tried.values()) >= 20, tried


def test_the_page_has_every_schema() -> None:
    page = Path(__file__).parent.parent.joinpath("docs", "schemas.md").read_text("utf-8")
    named = [line.split("|")[1:3] for line in page.splitlines() if line.startswith("| `")]
    found = {name.strip().strip("`"): title.strip() for name, title in named}
    assert found == {f"{name}.schema.json": schema(name)["title"] for name in NAMES}
