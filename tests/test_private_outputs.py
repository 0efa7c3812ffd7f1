"""The files of a run are for their owner: who may read them, and what they must not contain."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import predial

JOB = b'{"phone": "79123456789"}\n'
REJECT = b'{"phone": "MSK"}\n'
SECRET = "s3cret"

posix = pytest.mark.skipif(os.name != "posix", reason="modes and links are those of POSIX")


def mode(path: Path) -> int:
    return path.lstat().st_mode & 0o777


def modes_of(paths: Iterable[Path], root: Path) -> dict[str, int]:
    """The modes of those that are still there: a run that is under way renames its files."""
    found = {}
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            found[str(path.relative_to(root))] = mode(path)
    return found


@posix
class TestModes:
    @pytest.fixture(autouse=True)
    def with_an_open_umask(self) -> Any:
        before = os.umask(0)
        yield
        os.umask(before)

    def modes(self, root: Path) -> dict[str, int]:
        return modes_of(root.rglob("*"), root)

    def test_files_and_directories(self, tmp_path: Path) -> None:
        table = b"phone,a\n79123456789,b\nMSK,c\n"
        predial.prepare(table, tmp_path / "a" / "b" / "out")
        assert self.modes(tmp_path) == {
            "a": 0o700,
            "a/b": 0o700,
            "a/b/out": 0o700,
            "a/b/out/bodies": 0o700,
            "a/b/out/bodies/000001.json": 0o600,
            "a/b/out/manifest.json": 0o600,
            "a/b/out/rejects.csv": 0o600,
            "a/b/out/rejects.ndjson": 0o600,
        }

    def test_a_directory_that_is_there_stays_as_it_is(self, tmp_path: Path) -> None:
        (tmp_path / "out").mkdir(mode=0o755)
        predial.prepare(JOB, tmp_path / "out")
        assert mode(tmp_path / "out") == 0o755
        assert mode(tmp_path / "out" / "bodies") == 0o700

    def test_while_it_is_under_way(self, tmp_path: Path) -> None:
        out = tmp_path / "out"
        seen = {}

        class Source(io.RawIOBase):
            given = 0

            def read(self, size: int = -1, /) -> bytes:
                seen.update(TestModes.modes(TestModes(), tmp_path))
                self.given += 1
                if self.given > 30:
                    raise KeyboardInterrupt
                rows = range(self.given * 1000, self.given * 1000 + 1000)
                return b"".join(b'{"phone": "7912%07d"}\n' % row for row in rows) + REJECT

        with pytest.raises(KeyboardInterrupt):
            predial.prepare(Source(), out, max_jobs=500)
        assert {"out/journal.ndjson", "out/rejects.ndjson.part"} <= seen.keys()
        assert {path: found for path, found in seen.items() if found not in (0o600, 0o700)} == {}
        predial.prepare(JOB, out)
        assert all(found in (0o600, 0o700) for found in self.modes(tmp_path).values())


@posix
class TestLinks:
    @pytest.mark.parametrize(
        "name", ["bodies", "rejects.ndjson", "rejects.csv", "manifest.json", "journal.ndjson"]
    )
    @pytest.mark.parametrize("to_nothing", [True, False])
    def test_a_link_among_its_own_names_is_refused(
        self, name: str, to_nothing: bool, tmp_path: Path
    ) -> None:
        elsewhere = tmp_path / "elsewhere"
        if not to_nothing:
            elsewhere.mkdir()
            (elsewhere / "000001.json").write_text("mine")
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / name).symlink_to(elsewhere)
        choices: list[dict[str, Any]] = [{}, {"overwrite": True}, {"resume": True}]
        for options in choices:
            with pytest.raises(OSError, match="symbolic link") as caught:
                predial.prepare(JOB, tmp_path / "out", **options)
            assert caught.value.filename == str(tmp_path / "out" / name)
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [name]
        if not to_nothing:
            assert (elsewhere / "000001.json").read_text() == "mine"

    @pytest.mark.parametrize("name", ["rejects.ndjson.part", "manifest.json.part"])
    def test_a_link_in_the_place_of_a_part_is_removed_itself(
        self, name: str, tmp_path: Path
    ) -> None:
        (tmp_path / "mine").write_text("mine")
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / name).symlink_to(tmp_path / "mine")
        predial.prepare(JOB, tmp_path / "out")
        assert (tmp_path / "mine").read_text() == "mine"

    def test_the_directory_itself_may_be_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "there").mkdir()
        (tmp_path / "out").symlink_to(tmp_path / "there")
        assert predial.prepare(JOB, tmp_path / "out").clean == 1

    def test_the_command_says_which(self, tmp_path: Path) -> None:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "bodies").symlink_to(tmp_path)
        (tmp_path / "jobs").write_bytes(JOB)
        command = [sys.executable, "-m", "predial", "prepare", "jobs", "out"]
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert run.returncode == 2
        assert "bodies" in run.stderr
        assert "symbolic link" in run.stderr


class TestSources:
    """The source must not be one of the files that the run removes or writes."""

    @pytest.fixture
    def out(self, tmp_path: Path) -> Path:
        predial.prepare(JOB + REJECT, tmp_path / "out")
        return tmp_path / "out"

    NAMES = ("rejects.ndjson", "bodies/000001.json", "manifest.json")

    def refuses(self, source: Any, out: Path) -> None:
        before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
        with pytest.raises(ValueError, match="the source is a file of the directory"):
            predial.prepare(source, out, overwrite=True)
        assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before

    @pytest.mark.parametrize("name", NAMES)
    def test_a_path(self, name: str, out: Path) -> None:
        self.refuses(out / name, out)

    @pytest.mark.parametrize("name", NAMES)
    def test_an_opened_file(self, name: str, out: Path) -> None:
        with open(out / name, "rb") as file:
            self.refuses(file, out)
        descriptor = os.open(out / name, os.O_RDONLY)
        with open(descriptor, "rb", buffering=0) as file:
            self.refuses(file, out)

    @posix
    @pytest.mark.parametrize("name", NAMES)
    def test_a_hard_link_and_a_symbolic_one(self, name: str, out: Path, tmp_path: Path) -> None:
        os.link(out / name, tmp_path / "hard")
        (tmp_path / "soft").symlink_to(out / name)
        self.refuses(tmp_path / "hard", out)
        self.refuses(tmp_path / "soft", out)
        with open(tmp_path / "hard", "rb") as file:
            self.refuses(file, out)

    @posix
    def test_standard_input(self, out: Path) -> None:
        command = [sys.executable, "-m", "predial", "prepare", "-", str(out), "--overwrite"]
        with open(out / "rejects.ndjson", "rb") as file:
            run = subprocess.run(command, stdin=file, capture_output=True, text=True)
        assert run.returncode == 2
        assert "the source is a file of the directory" in run.stderr
        assert (out / "rejects.ndjson").exists()

    @posix
    def test_the_part_of_an_unfinished_run(self, out: Path) -> None:
        (out / "rejects.ndjson.part").write_bytes(REJECT)
        self.refuses(out / "rejects.ndjson.part", out)

    def test_any_other_file_is_a_source(self, out: Path, tmp_path: Path) -> None:
        (out / "mine").write_bytes(JOB)
        assert predial.prepare(out / "mine", out, overwrite=True).clean == 1
        with open(out / "mine", "rb") as file:
            assert predial.prepare(file, out, overwrite=True).clean == 1


class TestSecrets:
    """Only a digest of the part of an external check after the host is kept or shown."""

    @staticmethod
    def check(path: str, **more: Any) -> dict[str, Any]:
        return {"externalCheckUrl": f"https://user.example:8443/{path}?key={SECRET}", **more}

    def run(self, out: Path, check: dict[str, Any], where: str, **options: Any) -> Any:
        given: dict[str, Any] = {where: {"externalCheck": check}}
        return predial.prepare(JOB * 3, out, **given, **options)

    @pytest.mark.parametrize("where", ["set", "campaign"])
    def test_the_manifest(self, where: str, tmp_path: Path) -> None:
        self.run(tmp_path / "1", self.check(SECRET, externalCheckMaxRetries=2), where)
        self.run(tmp_path / "2", self.check("other", externalCheckMaxRetries=2), where)
        kept = []
        for out in ("1", "2"):
            text = (tmp_path / out / "manifest.json").read_text()
            assert SECRET not in text
            assert "8443" not in text
            check = json.loads(text)["options"][where]["externalCheck"]
            assert check["externalCheckUrl"] == "https://user.example/…"
            assert check["externalCheckMaxRetries"] == 2
            kept.append(check["sha256"])
        assert kept[0] != kept[1]

    @pytest.mark.slow
    @pytest.mark.parametrize("where", ["set", "campaign"])
    def test_a_run_that_is_resumed(self, where: str, tmp_path: Path) -> None:
        out = tmp_path / "out"
        rows = b"".join(b'{"phone": "7912%07d"}\n' % row for row in range(50_000))

        def stop(*_: int) -> None:
            if (out / "bodies/000003.json").exists():
                raise KeyboardInterrupt

        given: dict[str, Any] = {where: {"externalCheck": self.check(SECRET)}}
        with pytest.raises(KeyboardInterrupt):
            predial.prepare(io.BytesIO(rows), out, max_jobs=10, progress=stop, **given)
        journal = (out / "journal.ndjson").read_text()
        assert SECRET not in journal
        assert "user.example/…" in journal
        other: dict[str, Any] = {where: {"externalCheck": self.check("other" + SECRET)}}
        with pytest.raises(ValueError, match=where) as caught:
            predial.prepare(io.BytesIO(rows), out, max_jobs=10, resume=True, **other)
        assert SECRET not in str(caught.value)
        assert "sha256" in str(caught.value)
        report = predial.prepare(io.BytesIO(rows), out, max_jobs=10, resume=True, **given)
        assert report.clean == 50_000

    def test_what_is_malformed_is_not_told(self, tmp_path: Path) -> None:
        for check in (
            {"externalCheckUrl": f"http://x.example/{SECRET}"},
            {f"{SECRET}/x": SECRET},
            SECRET,
        ):
            for where in ("set", "campaign"):
                with pytest.raises(ValueError, match=where) as caught:
                    self.run(tmp_path / "out", check, where)  # type: ignore[arg-type]
                assert SECRET not in str(caught.value)


@posix
@pytest.mark.parametrize("output_format", ["json", "ndjson"])
def test_what_steers_a_terminal_is_escaped_there_alone(output_format: str, tmp_path: Path) -> None:
    harmful = "\x9b2J\u202etxt\u2066\u200f\x7f\U000e0041"
    (tmp_path / "jobs").write_text(json.dumps({"phone": f"+7 {harmful} Анна"}, ensure_ascii=False))
    command = [sys.executable, "-m", "predial", "check", "jobs", "--output-format", output_format]
    piped = subprocess.run(command, cwd=tmp_path, capture_output=True).stdout
    terminal, other = pty.openpty()
    with open(terminal, "rb", buffering=0) as shown:
        child = subprocess.Popen(command, cwd=tmp_path, stdout=other, stderr=subprocess.DEVNULL)
        os.close(other)
        written = b""
        try:
            while some := shown.read(1 << 16):
                written += some
        except OSError:  # the terminal is gone with the process
            pass
        child.wait()
    text = written.decode().replace("\r\n", "\n")
    assert all(c.isprintable() or c == "\n" for c in text)
    assert "Анна" in text
    assert harmful.encode() in piped
    if output_format == "json":
        assert json.loads(text) == json.loads(piped)
    else:
        lines = piped.decode().split("\n")[:-1]
        assert [json.loads(line) for line in text.splitlines()] == list(map(json.loads, lines))
