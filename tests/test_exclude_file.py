"""Excluded phones that are kept as a file."""

from __future__ import annotations

import hashlib
import io
import json
import struct
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import predial
from predial.cli import commands

JOBS = [{"phone": f"7911000000{number}"} for number in range(6)]


def rows_excluded(exclude: Any, jobs: Any = JOBS) -> list[int]:
    report = predial.check(jobs, exclude=exclude)
    assert set(report.counts) <= {"phone-excluded"}
    return [found.row for found in report.diagnostics]


def signed(content: bytes) -> bytes:
    """A file whose checksum is right."""
    return content + hashlib.sha256(content).digest()


def test_a_file_excludes_what_its_lists_do(tmp_path: Path) -> None:
    first = tmp_path / "first.csv"
    first.write_text("phone\n8 911 000-00-00\n+79110000001\nnone\n79110000001\n")
    out = tmp_path / "dnc.predial"
    lists: list[Any] = [first, [JOBS[4]]]
    built = predial.build_exclude(lists, out, region="RU")
    assert built == predial.BuiltExclude(
        3, 4, ("1 entry of the excluded list first.csv is not a phone",)
    )
    for exclude in (out, str(out), out.read_bytes(), io.BytesIO(out.read_bytes()), [out]):
        assert rows_excluded(exclude) == [0, 1, 4]
    lists = [[JOBS[1]], out, [JOBS[4], JOBS[5]]]
    report = predial.check(JOBS, exclude=lists)
    named = [found.message.split(";")[0].rpartition(" list ")[2] for found in report.diagnostics]
    assert named == ["dnc.predial", "number 1", "dnc.predial", "number 3"]
    assert report.notes == []


def test_a_file_is_merged_with_other_lists(tmp_path: Path) -> None:
    old, new = tmp_path / "old.predial", tmp_path / "new.predial"
    predial.build_exclude([JOBS[:2]], old)
    lists: list[Any] = [old, JOBS[1:3]]
    assert predial.build_exclude(lists, new).phones == 3
    assert rows_excluded(new) == [0, 1, 2]
    empty = tmp_path / "empty.predial"
    assert predial.build_exclude([], empty).phones == 0
    assert rows_excluded(empty) == []


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "dnc.predial"
    predial.build_exclude([JOBS[:1]], out)
    before = out.read_bytes()
    with pytest.raises(FileExistsError):
        predial.build_exclude([JOBS[:2]], out)
    with pytest.raises(ValueError, match="lists: the list number 1 can't be read"):
        predial.build_exclude(b'[{"phone": 1}', out, overwrite=True)
    assert out.read_bytes() == before
    predial.build_exclude([JOBS[:2]], out, overwrite=True)
    assert rows_excluded(out) == [0, 1]
    assert [path.name for path in tmp_path.iterdir()] == ["dnc.predial"]


def test_files_do_not_depend_on_threads_or_order(tmp_path: Path) -> None:
    phones = [{"phone": 79000000000 + 97 * number} for number in range(70_000)]
    texts = set()
    for name, jobs in (("a", phones), ("b", phones[::-1] + phones[:9])):
        for threads in (1, 3):
            out = tmp_path / f"{name}{threads}"
            predial.build_exclude([jobs], out, threads=threads)
            texts.add(out.read_bytes().partition(b'"region"')[2][:-32])
    assert len(texts) == 1


def test_the_manifest_names_a_file(tmp_path: Path) -> None:
    out = tmp_path / "dnc.predial"
    predial.build_exclude([JOBS[:2]], out)
    predial.prepare(JOBS, tmp_path / "run", exclude=out)
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert manifest["options"]["exclude"]["lists"] == [{"name": "dnc.predial", "phones": 2}]


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "dnc.predial"
    predial.build_exclude([JOBS], out)
    text = out.read_bytes()
    content = text[:-32]
    length = struct.unpack("<I", text[12:16])[0]
    after = text[16 + length : -32]

    def with_number(at: int, number: int) -> bytes:
        """A file with another number of phones: at 0 of a table, at 8 of a segment."""
        begin = 16 + length + at
        return signed(content[:begin] + struct.pack("<I", number) + content[begin + 4 :])

    def with_facts(**changed: Any) -> bytes:
        facts = json.dumps({**json.loads(text[16 : 16 + length]), **changed}).encode()
        return signed(text[:12] + struct.pack("<I", len(facts)) + facts + after)

    refused = {
        text[:-1]: "cut off",
        text[:40]: "cut off",
        text + b"\n": "something follows its end",
        content + bytes(32): "checksum is wrong",
        text[:-40] + b"\xff" + text[-39:]: "",
        signed(text[:8] + b"\x02" + content[9:]): r"has version 2, .* build it again",
        signed(text[:8] + b"\x04" + content[9:]): "has version 4",
        with_number(0, 5): "contradict",
        with_number(0, 4_000_000_000): "",
        with_number(4, 1): "too many phones",
        with_number(8, 5): "",
        with_number(8, 4_000_000_000): "cut off",
        signed(text[:12] + b"\xff\xff\xff\xff" + content[16:]): "facts are too long",
        with_facts(phones=5): "contradict",
        with_facts(phones=-1): "facts are not readable",
        with_facts(phones=10**18): "contradict",
        signed(content[:-8]): "",
        signed(content + bytes(8)): "",
        with_facts(region=7): "facts are not readable",
    }
    for damaged, why in refused.items():
        out.write_bytes(damaged)
        for exclude in (out, damaged):
            with pytest.raises(ValueError, match=r"^exclude: the list .* can't be read: .*" + why):
                predial.check(JOBS, exclude=exclude)


NEAR = st.integers(79110000000, 79110000300)
ANY = st.integers(1000, 10**15 - 1)


def e164(number: int) -> str | None:
    """The number as predial would call it; two spellings may be one number."""
    text = f"+{number}"
    known = predial.is_phone(text, level="e164")
    return predial.normalize_phone(text, level="e164") if known else None


@given(st.lists(ANY | NEAR), st.lists(NEAR))
def test_a_set_of_numbers_says_the_same(any_numbers: list[int], near: list[int]) -> None:
    # A list without any phone would be refused.
    listed = [79110000000, *any_numbers, *near]
    excluded = {e164(number) for number in listed} - {None}
    asked = sorted({*listed, *(number + 1 for number in listed if number + 1 < 10**15)})
    asked = [number for number in asked if predial.is_phone(f"+{number}")]
    jobs = [{"phone": f"+{number}"} for number in asked]
    report = predial.check(
        jobs, exclude=[[{"phone": f"+{number}"} for number in listed]], duplicates="allow"
    )
    found = [found.row for found in report.diagnostics if found.rule == "phone-excluded"]
    assert found == [row for row, number in enumerate(asked) if e164(number) in excluded]


def test_a_list_held_against_itself_is_rejected_whole(tmp_path: Path) -> None:
    text = b"phone\n" + b"".join(b"%d\n" % (79000000000 + 13 * row) for row in range(150_000))
    listed = tmp_path / "list.csv"
    listed.write_bytes(text)
    out = tmp_path / "dnc.predial"
    assert predial.build_exclude(listed, out).phones == 150_000
    for exclude in (listed, out):
        report = predial.check(listed, exclude=exclude)
        assert (report.clean, report.counts) == (0, {"phone-excluded": 150_000})
    # At most five bytes each if there are many; this is few.
    assert out.stat().st_size < 6 * 150_000 + 20_000


def test_the_command(tmp_path: Path) -> None:
    for name, jobs in {"list": JOBS, "a": JOBS[:2], "b": JOBS[1:3]}.items():
        (tmp_path / name).write_text(json.dumps(jobs))
    run = CliRunner().invoke
    out = str(tmp_path / "dnc.predial")
    command = ["exclude", "build", str(tmp_path / "a"), str(tmp_path / "b"), "-o", out]
    built = run(commands, command)
    assert built.exit_code == 0, built.output
    assert built.stdout == f"3 phones in {out} (of 4 entries)\n"
    assert run(commands, command).exit_code == 2
    assert run(commands, [*command, "--overwrite"]).exit_code == 0
    shown = run(commands, ["check", str(tmp_path / "list"), "--exclude", out])
    assert shown.exit_code == 1
    assert "excluded list dnc.predial" in shown.stdout
    Path(out).write_bytes(Path(out).read_bytes()[:-1])
    shown = run(commands, ["check", str(tmp_path / "list"), "--exclude", out])
    assert (shown.exit_code, "cut off" in shown.stderr) == (2, True)


class Ticks:
    """A progress that notes what it is called with."""

    def __init__(self) -> None:
        self.lists: list[tuple[str, int | None]] = []
        self.ticks: list[tuple[int, int, int]] = []
        self.of_source = 0

    def excluded(self, name: str, size: int | None) -> Any:
        self.lists.append((name, size))
        return lambda *read: self.ticks.append(read)

    def __call__(self, rows: int, offset: int, rejected: int) -> None:
        self.of_source += 1


def test_progress_of_excluded_lists(tmp_path: Path) -> None:
    listed = tmp_path / "dnc.txt"
    rows = 3_000_000
    listed.write_bytes(b"phone\n" + b"".join(b"79%09d\n" % row for row in range(rows)))
    ticks = Ticks()
    lists: list[Any] = [listed, [JOBS[0]]]
    predial.check(JOBS, exclude=lists, progress=ticks)
    assert ticks.lists == [("dnc.txt", listed.stat().st_size), ("number 2", None)]
    assert ticks.ticks == sorted(ticks.ticks)
    for read, offset, rejected in ticks.ticks:
        assert 0 < read <= rows
        assert offset <= listed.stat().st_size
        assert rejected == 0


def test_ctrl_c_while_a_list_is_read(tmp_path: Path) -> None:
    listed = tmp_path / "dnc.txt"
    listed.write_bytes(b"phone\n" + b"79110000001\n" * 4_000_000)

    class Stops(Ticks):
        def excluded(self, name: str, size: int | None) -> Any:
            def stop(*read: int) -> None:
                raise KeyboardInterrupt

            return stop

    # The list takes longer to read than the time to the first call.
    with pytest.raises(KeyboardInterrupt):
        predial.check(JOBS, exclude=listed, progress=Stops())


def test_an_entry_with_several_phones_is_one_entry(tmp_path: Path) -> None:
    (tmp_path / "stop.csv").write_text("phone\n8 911 000-00-01-04\n")
    out = str(tmp_path / "s.predial")
    args = ["exclude", "build", str(tmp_path / "stop.csv"), "-o", out, "--region", "RU"]
    built = CliRunner().invoke(commands, args)
    assert (built.exit_code, built.stdout) == (0, f"4 phones in {out} (of 1 entry)\n")
