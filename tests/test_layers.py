"""The check of the layers finds faults, and finds none in the sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from check_layers import faults

ROOT = Path(__file__).parents[1]


def crate(root: Path, files: dict[str, str]) -> list[str]:
    """The faults of a crate of these files, without the path of the crate."""
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return [fault.replace(f"{root}/", "").replace(f"{root}: ", "") for fault in faults(root)]


JOB = {"lib.rs": "pub mod job; pub mod json; pub mod batch;", "job/mod.rs": "mod check;"}


def test_the_sources_keep_their_layers() -> None:
    assert faults(ROOT / "src") == []


@pytest.mark.parametrize(
    "line",
    [
        "use crate::batch::Report;",
        "pub use crate::batch::Report;",
        "pub(crate) use crate::{json, batch::{self, Report as Other}};",
        "fn report() -> crate::batch::Report { todo() }",
        "fn report() -> super::super::batch::Report { todo() }",
        "#[cfg(test)] mod tests { } use crate::batch::*;",
        "const BRACE: char = '{'; use crate::batch::Report;",
        "const QUOTE: char = '\"'; use crate::batch::Report; const OTHER: char = '\"';",
        "fn f<'a>(text: &'a str) -> &'a crate::batch::Report { todo() }",
    ],
)
def test_an_arrow_up_is_found(tmp_path: Path, line: str) -> None:
    files = JOB | {"job/check.rs": line, "json.rs": "", "batch/mod.rs": "pub struct Report;"}
    fault, *_ = crate(tmp_path, files)
    assert fault.startswith("job/check.rs: job may not import batch (batch")


def test_an_arrow_down_is_none(tmp_path: Path) -> None:
    files = {
        "lib.rs": "",
        "batch/mod.rs": "use crate::job::Job;",
        "job.rs": "use crate::json::Edit;",
    }
    assert crate(tmp_path, files | {"json.rs": "pub struct Edit;"}) == []


@pytest.mark.parametrize(
    "text",
    [
        "// use crate::batch::Report;",
        "/* use crate::batch::Report; */",
        'const TEXT: &str = "use crate::batch::Report;";',
        'const TEXT: &str = r#"use "crate::batch::Report";"#;',
        "pub(in crate::batch) struct Job;",
        "#[cfg(test)]\nmod tests {\n    fn f() { if true { } }\n    use crate::batch::Report;\n}\n",
        "use serde::batch::Report;",
    ],
)
def test_what_is_not_an_import_is_left_out(tmp_path: Path, text: str) -> None:
    files = JOB | {"job/check.rs": text, "json.rs": "", "batch/mod.rs": "pub struct Report;"}
    assert crate(tmp_path, files) == []


def test_rooms_of_one_layer_do_not_know_each_other(tmp_path: Path) -> None:
    files = {"lib.rs": "", "zone.rs": "use crate::json::Value;", "json.rs": "pub struct Value;"}
    assert crate(tmp_path, files) == ["zone.rs: zone may not import json (json::Value)"]


def test_a_room_that_is_not_in_the_table_is_found(tmp_path: Path) -> None:
    assert crate(tmp_path, {"lib.rs": "", "drawer.rs": ""}) == [
        "drawer.rs: the room is not in the table of layers"
    ]


@pytest.mark.parametrize("way", ["use super::b::B;", "use super::B;", "fn f(b: super::B) {}"])
@pytest.mark.parametrize(
    "back", ["use super::a::A;", "use crate::job::A;", "use crate::job::{A as C};"]
)
def test_a_circle_of_files_is_found(tmp_path: Path, way: str, back: str) -> None:
    hub = "mod a; mod b; pub use a::A; pub use self::b::B;"
    files = {"lib.rs": "", "job/mod.rs": hub, "job/a.rs": f"pub struct A; {way}"}
    [fault] = crate(tmp_path, files | {"job/b.rs": f"pub struct B; {back}"})
    assert fault == "a circle of files: job/a → job/b"


def test_a_file_and_the_mod_rs_above_it_can_be_a_circle(tmp_path: Path) -> None:
    hub = "mod a; pub struct Job; fn f() { a::check(); }"
    files = {"lib.rs": "", "job/mod.rs": hub, "job/a.rs": "use super::Job; pub fn check() {}"}
    assert crate(tmp_path, files) == ["a circle of files: job → job/a"]


def test_a_re_export_is_not_a_circle(tmp_path: Path) -> None:
    hub = "mod a; mod b; pub use a::A; pub struct Job;"
    files = {"lib.rs": "", "job/mod.rs": hub, "job/a.rs": "use super::Job; pub struct A;"}
    assert crate(tmp_path, files | {"job/b.rs": "use super::A;"}) == []


def test_a_glob_leads_to_who_defines_the_item(tmp_path: Path) -> None:
    files = {
        "lib.rs": "",
        "job/mod.rs": "mod a; mod b; pub use a::*;",
        "job/a.rs": "use super::b::B;",
    }
    assert crate(tmp_path, files | {"job/b.rs": "pub struct B; use crate::job::a::A;"}) == [
        "a circle of files: job/a → job/b"
    ]
