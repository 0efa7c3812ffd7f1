"""Runs that do not finish: the files that they leave, and later runs that complete them."""

from __future__ import annotations

import errno
import gzip
import io
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import predial
from test_batch_prepare import without_root
from test_batch_sources import files_of as files_of_output

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals and limits are POSIX's"),
    pytest.mark.slow,
]

#: British numbers that are one hour off in winter, and not in the summer in which their jobs end.
WINTER, SUMMER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2037, 7, 1, tzinfo=UTC)
LAST = datetime(2037, 9, 1, tzinfo=UTC)


def job(number: int) -> dict[str, object]:
    """Jobs of every standing, some of which share a phone."""
    if number % 7 == 3:
        return {"phone": "7.911E+10", "payload": {"n": number}}
    if number % 11 == 5:
        return {"phone": f"+7 912 {number % 5000:07}", "payload": {"n": number}}
    if number % 13 == 1:
        summer = {"finishDateTime": LAST.isoformat()}
        return {"phone": f"4420{79460000 + number % 300:08}", "gmtZone": "+01:00", **summer}
    return {"phone": f"7911{number % 9000:07}", "payload": {"n": number}}


def whole_bodies(out: Path) -> list[Path]:
    return sorted((out / "bodies").glob("??????.json"))


def files_of(out: Path) -> dict[str, bytes]:
    """The files of a run. A message of the command names lines where one of Python names rows."""
    files = files_of_output(out)
    if "rejects.ndjson" in files:
        text = files["rejects.ndjson"]
        files["rejects.ndjson"] = re.sub(rb"of line (\d+);", _of_row, text)
    return files


def _of_row(match: re.Match[bytes]) -> bytes:
    return b"of row %d;" % (int(match[1]) - 1)


def manifest_of(out: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((out / "manifest.json").read_bytes())
    return manifest


# --- a list of a hundred thousand jobs, in a process of its own ----------------------------------

ROWS = 100_000
MAX_JOBS = 500
OPTIONS: dict[str, Any] = {
    "run": "spring",
    "now": WINTER,
    "max_jobs": MAX_JOBS,
    "duplicates": "job",
}
ARGUMENTS = ["--run", "spring", "--now", "2026-01-01T00:00Z", "--duplicates", "job"]


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("crash") / "jobs.ndjson"
    with file.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(job(number)) + "\n" for number in range(ROWS))
    return file


@pytest.fixture(scope="module")
def whole(jobs: Path) -> dict[str, bytes]:
    """The files of a run that nothing interrupted."""
    out = jobs.parent / "whole"
    report = predial.prepare(jobs, out, **OPTIONS)
    assert report.rejected > 10_000
    assert report.repaired > 1_000
    assert report.warned > 1_000
    assert len(report.bodies) > 100
    return files_of(out)


def started(source: Path | str, out: Path, *more: str, **process: Any) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "predial", "prepare", str(source), str(out)]
    command += ["--max-jobs", str(MAX_JOBS), *ARGUMENTS, *more]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **process)


def wait_for_bodies(out: Path, count: int, child: subprocess.Popen[bytes]) -> None:
    while len(whole_bodies(out)) < count and child.poll() is None:
        time.sleep(0.0005)


def stderr_of(child: subprocess.Popen[bytes]) -> str:
    _, err = child.communicate(timeout=60)
    return err.decode()


#: The same list in other forms.
FORMS: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "gzip": lambda text: gzip.compress(text.encode(), 1),
    "utf-16": lambda text: text.encode("utf-16"),
}


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("form", FORMS)
def test_a_run_that_is_killed_again_and_again_comes_to_the_same_end(
    form: str, seed: int, jobs: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    chance = random.Random(seed)
    if form != "as it is":
        source = tmp_path / "jobs"
        source.write_bytes(FORMS[form](jobs.read_text("utf-8")))
        predial.prepare(source, tmp_path / "whole", **OPTIONS)
        plain, whole = whole, files_of(tmp_path / "whole")
        assert all(whole[name] == plain[name] for name in plain if name != "manifest.json")
        jobs = source
    out = tmp_path / "out"
    last = len([name for name in whole if name.startswith("bodies/")])
    killed = 0
    while not (out / "manifest.json").exists():
        before = {path: path.stat() for path in whole_bodies(out)}
        child = started(jobs, out, "--resume")
        if killed < 10:
            # Bodies get their names some thirty at a time.
            further = chance.choice([0, 1, 5, 20]) if killed else 0
            wait_for_bodies(out, min(len(before) + further, last), child)
            time.sleep(chance.random() * 0.01)
            child.kill()
        stderr_of(child)
        killed += child.returncode == -signal.SIGKILL
        for path in whole_bodies(out):
            assert path.read_bytes() == whole[f"bodies/{path.name}"], "whole, or not there"
        for path, status in before.items():
            now = path.stat()
            assert (now.st_ino, now.st_mtime_ns) == (status.st_ino, status.st_mtime_ns)
    assert killed >= 2
    # A run that is killed right after its manifest has its name leaves the journal.
    left = files_of(out)
    left.pop("journal.ndjson", None)
    assert left == whole


@pytest.mark.parametrize("seed", range(2))
def test_a_run_of_a_job_a_body_that_is_killed_comes_to_the_same_end(
    seed: int, jobs: Path, tmp_path: Path
) -> None:
    """Small bodies get their names together: a kill loses some, and leaves none in part."""
    chance = random.Random(seed)
    source, out = tmp_path / "jobs.ndjson", tmp_path / "out"
    source.write_bytes(b"".join(jobs.read_bytes().splitlines(keepends=True)[:1500]))
    predial.prepare(source, tmp_path / "whole", **OPTIONS | {"max_jobs": 1})
    whole = files_of(tmp_path / "whole")
    last = len([name for name in whole if name.startswith("bodies/")])
    assert last > 1000
    killed = 0
    while not (out / "manifest.json").exists():
        before = len(whole_bodies(out))
        child = started(source, out, "--max-jobs", "1", "--resume")
        if killed < 8:
            further = chance.choice([0, 1, 1, 64, 100]) if killed else 0
            wait_for_bodies(out, min(before + further, last), child)
            time.sleep(chance.random() * 0.005)
            child.kill()
        stderr_of(child)
        killed += child.returncode == -signal.SIGKILL
        for path in whole_bodies(out):
            assert path.read_bytes() == whole[f"bodies/{path.name}"], "whole, or not there"
        journal = out / "journal.ndjson"
        if journal.exists() and not (out / "manifest.json").exists():
            listed = journal.read_bytes().count(b"\n") - 1
            assert len(whole_bodies(out)) <= max(listed, 0), "none has its name before its line"
    assert killed >= 2
    left = files_of(out)
    left.pop("journal.ndjson", None)
    assert left == whole


def test_without_resume_a_killed_run_is_replaced(
    jobs: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    child = started(jobs, tmp_path)
    wait_for_bodies(tmp_path, 20, child)
    child.kill()
    stderr_of(child)
    assert not (tmp_path / "manifest.json").exists()
    left = len(files_of(tmp_path))
    report = predial.prepare(jobs, tmp_path, **OPTIONS)
    assert report.notes == [
        f"{left} files of an unfinished run were removed; resume=True would have continued it"
    ]
    assert files_of(tmp_path) == whole


def test_an_interrupted_run_leaves_whole_bodies_and_says_how_to_go_on(
    jobs: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    # A pipe that pauses holds back rows that wait for others; one thread writes at once.
    child = started("-", tmp_path / "out", "--threads", "1", stdin=subprocess.PIPE)
    assert child.stdin is not None
    child.stdin.write(jobs.read_bytes()[: ROWS * 20])
    child.stdin.flush()
    wait_for_bodies(tmp_path / "out", 10, child)
    child.send_signal(signal.SIGINT)
    err = stderr_of(child)
    left = files_of(tmp_path / "out")
    bodies = len(left) - 1
    assert child.returncode == 130
    assert err == (
        f"predial: the run is unfinished: {bodies} bodies were whole, and --resume continues after "
        "that\n"
    )
    assert left.pop("journal.ndjson")
    assert left == {name: whole[name] for name in left}
    report = predial.prepare(jobs, tmp_path / "out", resume=True, **OPTIONS)
    assert report.notes == [f"an unfinished run was resumed: {bodies} bodies were whole"]
    assert files_of(tmp_path / "out") == whole


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of two mebibytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], check=True)
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


root_alone = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may mount a file system"
)


@root_alone
def test_a_full_disk_loses_nothing_that_was_whole(
    jobs: Path, whole: dict[str, bytes], small_disk: Path
) -> None:
    out = small_disk / "out"
    for _ in range(2):  # the second time there is no more room than before
        child = started(jobs, out, "--resume")
        err = stderr_of(child)
        assert child.returncode == 2
        assert "No space left on device" in err
        assert "bodies were whole, and --resume continues after that" in err
        left = files_of(out)
        assert left.pop("journal.ndjson")
        assert len(left) > 5
        assert left == {name: whole[name] for name in left}
    subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
    predial.prepare(jobs, out, resume=True, **OPTIONS)
    assert files_of(out) == whole


@root_alone
def test_a_read_only_file_system_is_told(jobs: Path, small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    for out in (small_disk, small_disk / "out"):
        with pytest.raises(OSError, match="Read-only") as caught:
            predial.prepare(jobs, out, **OPTIONS)
        assert caught.value.errno == errno.EROFS
    assert list(small_disk.iterdir()) == []


def test_a_file_that_may_not_grow_loses_nothing_that_was_whole(
    jobs: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    """The limit takes the place of a full disk."""
    limit = 600_000
    assert len(whole["rejects.ndjson"]) > 2 * limit
    assert max(len(text) for name, text in whole.items() if "bodies" in name) < limit
    child = started(
        jobs, tmp_path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    )
    err = stderr_of(child)
    assert child.returncode == 2
    assert f"predial: {tmp_path}" in err
    assert ": File too large\n" in err
    left = files_of(tmp_path)
    assert left.pop("journal.ndjson")
    assert len(left) > 5
    assert left == {name: whole[name] for name in left}
    predial.prepare(jobs, tmp_path, resume=True, **OPTIONS)
    assert files_of(tmp_path) == whole


def test_a_second_process_is_refused_and_disturbs_nothing(
    jobs: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    first = started("-", tmp_path, stdin=subprocess.PIPE)
    assert first.stdin is not None
    text = jobs.read_bytes()
    first.stdin.write(text[: len(text) // 2])
    first.stdin.flush()
    wait_for_bodies(tmp_path, 1, first)
    for more in ([], ["--resume"], ["--overwrite"]):
        second = started(jobs, tmp_path, *more)
        assert (
            stderr_of(second) == f"predial: {tmp_path}: another run is at work in the directory\n"
        )
        assert second.returncode == 2
    first.stdin.write(text[len(text) // 2 :])
    assert stderr_of(first) == ""
    assert first.returncode == 1
    assert files_of(tmp_path) == whole


# --- a few thousand jobs, in this process --------------------------------------------------------

FEW = [job(number) for number in range(6000)]


#: Jobs that are all sent.
SENDABLE: list[dict[str, object]] = [{"phone": f"7911{number:07}"} for number in range(2200)]


def wait_for_names(out: Path, count: int) -> None:
    """Small bodies get their names together, and after a second at most."""
    end = time.monotonic() + 30
    while len(whole_bodies(out)) < count and time.monotonic() < end:
        time.sleep(0.01)


class Cut(Exception):
    """Ends a source of the caller's own early."""


def cut(
    rows: Iterable[dict[str, object]], then: Callable[[], object]
) -> Iterator[dict[str, object]]:
    """Rows, and an event in the place of the last one."""
    yield from rows
    then()


def stop() -> None:
    raise Cut


def few(**options: Any) -> dict[str, Any]:
    return {"max_jobs": 150, "run": "spring", "now": WINTER} | options


def interrupted(out: Path, **options: Any) -> None:
    with pytest.raises(Cut):
        predial.prepare(cut(FEW[:3100], stop), out, **few(**options))
    assert len(whole_bodies(out)) > 5
    assert sorted(path.name for path in out.iterdir()) == ["bodies", "journal.ndjson"]


@pytest.fixture(scope="module", params=["phone", "job", "allow"])
def left(request: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Path]:
    """The kind of duplicates, an interrupted run, and a run without interruption."""
    duplicates: str = request.param
    home = tmp_path_factory.mktemp(duplicates)
    interrupted(home / "left", duplicates=duplicates)
    predial.prepare(FEW, home / "whole", **few(duplicates=duplicates))
    return duplicates, home / "left", home / "whole"


@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_whatever_a_crash_has_left_is_made_whole(
    data: st.DataObject, left: tuple[str, Path, Path]
) -> None:
    """A journal may end anywhere, and a power cut may remove files that it lists."""
    duplicates, unfinished, finished = left
    with tempfile.TemporaryDirectory() as home:
        out = Path(shutil.copytree(unfinished, Path(home) / "out"))
        journal = (out / "journal.ndjson").read_bytes()
        kept = data.draw(st.integers(0, len(journal)) | st.just(len(journal)))
        (out / "journal.ndjson").write_bytes(journal[:kept])
        bodies = whole_bodies(out)
        for body in data.draw(st.lists(st.sampled_from(bodies), max_size=3, unique=True)):
            match data.draw(st.sampled_from(["gone", "empty", "torn", "changed"])):
                case "gone":
                    body.unlink()
                case "empty":
                    body.write_bytes(b"")
                case "torn":
                    body.write_bytes(body.read_bytes()[:-1])
                case "changed":
                    body.write_bytes(body.read_bytes().replace(b"7911", b"7912", 1))
        parts = [f"bodies/{len(bodies) + 1:06}.json", "rejects.ndjson", "manifest.json"]
        for name in data.draw(st.lists(st.sampled_from(parts), unique=True)):
            (out / f"{name}.part").write_bytes(b"half")
        report = predial.prepare(FEW, out, resume=True, **few(duplicates=duplicates))
        assert files_of(out) == files_of(finished)
        assert report.total == len(FEW)
        assert len(report.notes) == 1 + (duplicates == "allow")


def test_bodies_have_their_names_soon_though_the_source_pauses(tmp_path: Path) -> None:
    """A run that waits for its source and is killed then loses nothing."""
    left = []

    def pause() -> None:
        end = time.monotonic() + 30
        while True:
            parts = list((tmp_path / "bodies").glob("*.part"))
            if len(parts) <= 1 < len(whole_bodies(tmp_path)) or time.monotonic() > end:
                return left.append(parts)
            time.sleep(0.01)

    def rows() -> Iterator[dict[str, object]]:
        yield from cut(SENDABLE[:2100], pause)
        yield from SENDABLE[2100:]

    predial.prepare(rows(), tmp_path, max_jobs=1)
    # One may still be open.
    assert len(left[0]) <= 1
    assert len(whole_bodies(tmp_path)) == len(SENDABLE)


def test_run_and_now_are_those_of_the_unfinished_run(tmp_path: Path) -> None:
    interrupted(tmp_path / "out")
    options = few()
    del options["run"], options["now"]
    predial.prepare(FEW, tmp_path / "out", resume=True, **options)
    predial.prepare(FEW, tmp_path / "whole", **few())
    assert files_of(tmp_path / "out") == files_of(tmp_path / "whole")


@pytest.mark.parametrize("now", [WINTER, SUMMER])
def test_a_clock_is_read_once(now: datetime, tmp_path: Path) -> None:
    """With the clock of another day some verdicts would differ."""
    interrupted(tmp_path, run=None, now=None)
    journal = tmp_path / "journal.ndjson"
    first, *rest = journal.read_text().splitlines(keepends=True)
    head = json.loads(first)
    assert abs(head["instant"] - time.time()) < 60
    head["instant"] = int(now.timestamp())
    journal.write_text("".join([json.dumps(head) + "\n", *rest]))
    report = predial.prepare(FEW, tmp_path, resume=True, **few(run=None, now=None))
    assert report.warned == predial.check(FEW, now=now).warned
    assert (report.warned > 0) == (now == WINTER)
    options = manifest_of(tmp_path)["options"]
    assert options["run"] == head["options"]["run"]
    assert options["now"] is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_jobs", 151),
        ("max_bytes", "1MB"),
        ("run", "summer"),
        ("now", SUMMER),
        ("region", "RU"),
        ("prefer", "national"),
        ("level", "valid"),
        ("repair", False),
        ("canonical", True),
        ("duplicates", "job"),
        ("input_format", "ndjson"),
        ("encoding", "utf-8"),
    ],
)
def test_other_options_are_refused_by_name(name: str, value: object, tmp_path: Path) -> None:
    interrupted(tmp_path)
    before = files_of(tmp_path)
    of_bytes = name in ("input_format", "encoding")
    source = b"\n".join(json.dumps(row).encode() for row in FEW) if of_bytes else FEW
    with pytest.raises(ValueError, match=rf"these differ: .*{name} \(.* then, .* now\)"):
        predial.prepare(source, tmp_path, resume=True, **few(**{name: value}))
    assert files_of(tmp_path) == before
    predial.prepare(FEW, tmp_path, resume=True, **few())


def test_what_only_the_report_shows_may_change(tmp_path: Path) -> None:
    interrupted(tmp_path)
    report = predial.prepare(FEW, tmp_path, resume=True, max_diagnostics=3, **few())
    assert len(report.diagnostics) == 3


def test_another_predial_is_refused(tmp_path: Path) -> None:
    interrupted(tmp_path)
    journal = tmp_path / "journal.ndjson"
    text = journal.read_text()
    for version in (predial.__version__, predial.PLAN_VERSION):
        journal.write_text(text.replace(f'"{version}"', '"0.0.0"', 1))
        with pytest.raises(ValueError, match=rf'version \("0.0.0" then, "{version}" now\)$'):
            predial.prepare(FEW, tmp_path, resume=True, **few())


class Breaking(io.BytesIO):
    """A binary file of that name that can't be read to its end."""

    def __init__(self, content: bytes, name: Path) -> None:
        super().__init__(content)
        self.name = os.fspath(name)

    def read(self, size: int | None = -1, /) -> bytes:
        some = super().read(min(size or 0, 1 << 15))
        if not some:
            raise Cut
        return some


class TestAnotherSource:
    """None is mistaken for the interrupted one, and the files of that one are not touched."""

    LINES = b"".join(json.dumps(row).encode() + b"\n" for row in FEW)

    @pytest.fixture
    def out(self, tmp_path: Path) -> Path:
        """The files of a run over a file."""
        file = tmp_path / "jobs.ndjson"
        file.write_bytes(self.LINES)
        with pytest.raises(Cut):
            # Several threads take whole blocks, and no row of an unfinished one.
            predial.prepare(Breaking(self.LINES, file), tmp_path / "out", threads=1, **few())
        assert len(whole_bodies(tmp_path / "out")) > 15
        return tmp_path / "out"

    @staticmethod
    def refused(source: Any, out: Path) -> None:
        before = files_of(out)
        with pytest.raises(ValueError, match="source") as caught:
            predial.prepare(source, out, resume=True, **few())
        assert not isinstance(caught.value, predial.SourceError)
        assert files_of(out) == before

    def test_the_same_by_another_way_is_none(self, out: Path, tmp_path: Path) -> None:
        predial.prepare(self.LINES, out, resume=True, **few())
        predial.prepare(self.LINES, tmp_path / "whole", **few())
        assert files_of(out) == files_of(tmp_path / "whole")

    def test_of_another_size(self, out: Path, tmp_path: Path) -> None:
        file = tmp_path / "jobs.ndjson"
        with file.open("ab") as lines:
            lines.write(b"\n")
        self.refused(file, out)

    def test_of_another_beginning(self, out: Path) -> None:
        self.refused(b" " + self.LINES, out)

    def test_of_another_kind(self, out: Path) -> None:
        self.refused(FEW, out)

    def test_that_differs_later(self, out: Path) -> None:
        other = self.LINES.replace(b'"n": 2002}', b'"n": 2003}')
        assert other != self.LINES
        assert other[: 1 << 16] == self.LINES[: 1 << 16]
        self.refused(other, out)

    def test_that_ends_sooner(self, out: Path) -> None:
        self.refused(self.LINES[: 1 << 17], out)

    def test_that_breaks_off_sooner(self, tmp_path: Path) -> None:
        array = b"[" + self.LINES.strip().replace(b"\n", b",") + b"]"
        out = tmp_path / "out"
        with pytest.raises(Cut):
            predial.prepare(Breaking(array, tmp_path / "none"), out, threads=1, **few())
        self.refused(array[: 1 << 17], out)
        predial.prepare(array, out, resume=True, **few())
        assert (out / "manifest.json").exists()

    def test_a_source_that_breaks_off_later_leaves_nothing(self, tmp_path: Path) -> None:
        array = b"[" + self.LINES.strip().replace(b"\n", b",")
        out = tmp_path / "out"
        with pytest.raises(Cut):
            predial.prepare(Breaking(array, tmp_path / "none"), out, threads=1, **few())
        (out / "mine.txt").write_bytes(b"mine")
        with pytest.raises(predial.SourceError):
            predial.prepare(array, out, resume=True, **few())
        assert files_of(out) == {"mine.txt": b"mine"}


class TestNothingToResume:
    @pytest.mark.parametrize("there", [True, False])
    def test_it_simply_starts(self, there: bool, tmp_path: Path) -> None:
        out = tmp_path / "deeper" / "out"
        if there:
            out.mkdir(parents=True)
        report = predial.prepare(FEW, out, resume=True, **few())
        predial.prepare(FEW, tmp_path / "whole", **few())
        assert report.notes == []
        assert files_of(out) == files_of(tmp_path / "whole")

    def test_a_finished_run_is_refused_as_ever(self, tmp_path: Path) -> None:
        predial.prepare(FEW, tmp_path, **few())
        before = files_of(tmp_path)
        with pytest.raises(FileExistsError):
            predial.prepare(FEW, tmp_path, resume=True, **few())
        assert files_of(tmp_path) == before

    def test_a_run_that_has_lost_its_journal_starts_over(self, tmp_path: Path) -> None:
        interrupted(tmp_path / "out")
        (tmp_path / "out" / "journal.ndjson").unlink()
        report = predial.prepare(FEW, tmp_path / "out", resume=True, **few(run="summer"))
        assert "its journal was lost" in report.notes[0]
        predial.prepare(FEW, tmp_path / "whole", **few(run="summer"))
        assert files_of(tmp_path / "out") == files_of(tmp_path / "whole")

    def test_a_run_without_a_whole_body_leaves_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(Cut) as caught:
            predial.prepare(cut(FEW[:3100], stop), tmp_path / "new" / "out", max_jobs=9000)
        assert not hasattr(caught.value, "__notes__")
        assert list(tmp_path.iterdir()) == []


class TestOverwriteAndResume:
    """Together they finish every state of a directory."""

    def test_a_finished_run_is_overwritten(self, tmp_path: Path) -> None:
        predial.prepare(FEW[:100], tmp_path, **few(run="winter"))
        report = predial.prepare(FEW, tmp_path, resume=True, overwrite=True, **few())
        assert (report.notes, report.total) == ([], len(FEW))
        assert manifest_of(tmp_path)["options"]["run"] == "spring"

    def test_an_unfinished_run_is_resumed(self, tmp_path: Path) -> None:
        interrupted(tmp_path)
        body = whole_bodies(tmp_path)[0].stat()
        report = predial.prepare(FEW, tmp_path, resume=True, overwrite=True, **few())
        assert "resumed" in report.notes[0]
        assert whole_bodies(tmp_path)[0].stat().st_ino == body.st_ino


def test_a_resumed_run_may_be_interrupted_again(tmp_path: Path) -> None:
    """Also before it reaches the place where the first one ended."""
    interrupted(tmp_path / "out")
    with (tmp_path / "out" / "journal.ndjson").open("ab") as journal:
        journal.write(b'{"file":"bod')  # the line that the run was killed at
    bodies = len(whole_bodies(tmp_path / "out"))
    for rows in (1500, 5200, 2500):
        source = cut(FEW[:rows], stop)
        with pytest.raises(Cut) as caught:
            predial.prepare(source, tmp_path / "out", resume=True, **few())
        bodies = max(bodies, len(whole_bodies(tmp_path / "out")))
        assert len(whole_bodies(tmp_path / "out")) == bodies
        assert caught.value.__notes__[-1] == (
            f"the run is unfinished: {bodies} bodies were whole, "
            "and resume=True continues after that"
        )
    assert bodies > 20
    report = predial.prepare(FEW, tmp_path / "out", resume=True, **few())
    predial.prepare(FEW, tmp_path / "whole", **few())
    assert report.notes == [f"an unfinished run was resumed: {bodies} bodies were whole"]
    assert files_of(tmp_path / "out") == files_of(tmp_path / "whole")


def test_bodies_behind_a_lost_one_are_not_left_for_others(tmp_path: Path) -> None:
    interrupted(tmp_path)
    whole_bodies(tmp_path)[0].unlink()
    source = cut(FEW[:1000], stop)
    with pytest.raises(Cut):
        predial.prepare(source, tmp_path, resume=True, **few())
    assert files_of(tmp_path) == {}


def test_a_directory_that_may_no_longer_be_written_loses_nothing() -> None:
    with tempfile.TemporaryDirectory() as home:
        out = Path(home) / "out"
        Path(home).chmod(0o777)

        def forbid() -> None:
            wait_for_names(out, 6)
            (out / "bodies").chmod(0o555)

        def rows() -> Iterator[dict[str, object]]:
            yield from cut(FEW[:2100], forbid)
            yield from FEW[2100:]

        with without_root():
            with pytest.raises(PermissionError, match="bodies"):
                predial.prepare(rows(), out, **few())
            (out / "bodies").chmod(0o755)
            assert len(whole_bodies(out)) > 5
            assert not (out / "manifest.json").exists()
            report = predial.prepare(FEW, out, resume=True, **few())
            assert "resumed" in report.notes[0]
        predial.prepare(FEW, Path(home) / "whole", **few())
        assert files_of(out) == files_of(Path(home) / "whole")


def test_a_second_run_is_refused_while_the_first_is_at_work(tmp_path: Path) -> None:
    tried = []

    def try_it() -> None:
        for more in ({}, {"resume": True}, {"overwrite": True}):
            with pytest.raises(BlockingIOError) as caught:
                predial.prepare(FEW, tmp_path, **few(**more))
            tried.append(caught.value.filename)

    def rows() -> Iterator[dict[str, object]]:
        yield from cut(FEW[:2100], try_it)
        yield from FEW[2100:]

    predial.prepare(rows(), tmp_path, **few())
    assert tried == [str(tmp_path)] * 3
    with pytest.raises(FileExistsError):
        predial.prepare(FEW, tmp_path, **few())
    predial.prepare(FEW, tmp_path, overwrite=True, **few())
