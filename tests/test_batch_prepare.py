"""The files that `prepare` writes into its directory, and those that it does not touch."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import predial
from test_batch_sources import files_of

ROWS: list[dict[str, Any]] = [
    {"phone": "79123456789"},
    {"phone": ""},
    {"phone": "+12015550123"},
    {"phone": 33612345678},
]


def manifest_of(out: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((out / "manifest.json").read_bytes())
    return manifest


class TestBodies:
    def test_the_seed_goes_out_byte_for_byte(self, tmp_path: Path) -> None:
        job = b'{\n"phone": 79110000000,\n"gmtZone": "+03:00",\n"payload": {\n"name": "Alex"\n}\n}'
        report = predial.prepare(b"[\n" + job + b"\n]", tmp_path)
        assert Path(report.bodies[0]).read_bytes() == b"[" + job + b"]"

    def test_only_the_fields_at_fault_are_rewritten(self, tmp_path: Path) -> None:
        source = (
            b'{ "payload":{"a" : 1.50,"phone":"+1"} ,"phone":\t"+7 912 345-67-89",'
            b'"x":1E400, "gmtZone" : 3 }'
        )
        report = predial.prepare(source, tmp_path)
        assert Path(report.bodies[0]).read_bytes() == (
            b'[{ "payload":{"a" : 1.50,"phone":"+1"} ,"phone":\t"79123456789",'
            b'"x":1E400, "gmtZone" : "+03:00" }]'
        )

    def test_they_are_numbered_in_order_and_told_in_report_and_manifest(
        self, tmp_path: Path
    ) -> None:
        report = predial.prepare(ROWS, tmp_path, max_jobs=2)
        names = ["bodies/000001.json", "bodies/000002.json"]
        assert [body.path for body in report.bodies] == [tmp_path / name for name in names]
        assert [os.fspath(body) for body in report.bodies] == [
            str(tmp_path / name) for name in names
        ]
        assert [json.loads(Path(body).read_bytes()) for body in report.bodies] == [
            [{"phone": "79123456789"}, {"phone": "12015550123"}],
            [{"phone": 33612345678}],
        ]
        assert [body.rows for body in report.bodies] == [(0, 2), (3,)]
        listed = manifest_of(tmp_path)["bodies"]
        assert [body["file"] for body in listed] == names
        for body, said in zip(report.bodies, listed, strict=True):
            content = Path(body).read_bytes()
            assert body.jobs == said["jobs"] == len(json.loads(content))
            assert body.bytes == said["bytes"] == len(content)
            assert body.sha256 == said["sha256"] == hashlib.sha256(content).hexdigest()
            assert body.idempotence_key == said["idempotence_key"]

    def test_a_body_is_the_path_of_its_file_whatever_its_name(self, tmp_path: Path) -> None:
        out = tmp_path / os.fsdecode(b"not utf-8 \xff")
        (body,) = predial.prepare(ROWS, out).bodies
        assert Path(body) == body.path == out / "bodies" / "000001.json"
        assert len(Path(body).read_bytes()) == body.bytes

    def test_no_sendable_job_no_body(self, tmp_path: Path) -> None:
        report = predial.prepare([{"phone": ""}], tmp_path)
        assert report.bodies == []
        assert list((tmp_path / "bodies").iterdir()) == []

    def test_rows_of_one_phone_go_to_later_bodies(self, tmp_path: Path) -> None:
        jobs = [{"phone": "79123456789", "payload": {"n": n}} for n in range(3)]
        jobs.insert(2, {"phone": "12015550123"})
        report = predial.prepare(jobs, tmp_path, duplicates="job")
        assert [body.rows for body in report.bodies] == [(0, 2), (1,), (3,)]

    def test_those_who_wait_come_first_in_the_next_body(self, tmp_path: Path) -> None:
        phones = ["79123456789", "79123456789", "12015550123", "33612345678", "447400123456"]
        jobs = [{"phone": phone, "payload": {"n": n}} for n, phone in enumerate(phones)]
        report = predial.prepare(jobs, tmp_path, duplicates="job", max_jobs=2)
        assert [body.rows for body in report.bodies] == [(0, 2), (1, 3), (4,)]


class TestLimits:
    JOB = b'{"phone":"79123456789"}'

    @pytest.mark.parametrize(
        ("max_bytes", "fits"),
        [(25, True), (24, False), ("25", True), ("24b", False), ("1KB", True), ("1 KiB", True)],
    )
    def test_a_job_that_fits_no_body_is_rejected(
        self, max_bytes: int | str, fits: bool, tmp_path: Path
    ) -> None:
        report = predial.prepare(self.JOB, tmp_path, max_bytes=max_bytes)
        assert report.clean == fits
        assert report.counts == ({} if fits else {"job-too-large": 1})

    def test_a_job_too_large_owns_no_phone(self, tmp_path: Path) -> None:
        jobs: list[dict[str, Any]] = [
            {"phone": "79123456789", "payload": {"s": "x" * 50}},
            {"phone": "79123456789"},
        ]
        report = predial.prepare(jobs, tmp_path, max_bytes=40)
        assert (report.counts, report.clean) == ({"job-too-large": 1}, 1)

    def test_what_counts_is_the_job_once_rewritten(self, tmp_path: Path) -> None:
        job = b'{"phone":"+7 (912) 345-67-89"}'
        assert predial.prepare(job, tmp_path, max_bytes=25).repaired == 1

    def test_mb_is_a_million_bytes(self, tmp_path: Path) -> None:
        predial.prepare(self.JOB, tmp_path, max_bytes="5MB")
        assert manifest_of(tmp_path)["options"]["max_bytes"] == 5_000_000

    @pytest.mark.parametrize(
        "options",
        [
            {"max_jobs": 0},
            {"max_jobs": -1},
            {"max_bytes": 0},
            {"max_bytes": -5},
            {"max_bytes": "5 apples"},
            {"max_bytes": "MB"},
            {"max_bytes": ""},
            {"max_bytes": "-1"},
            {"max_bytes": 2**65},
            {"max_jobs": 2**70},
        ],
    )
    def test_limits_that_are_none_are_value_errors(
        self, options: dict[str, Any], tmp_path: Path
    ) -> None:
        with pytest.raises(ValueError, match=next(iter(options))):
            predial.prepare(self.JOB, tmp_path / "out", **options)
        assert not (tmp_path / "out").exists()


class TestManifest:
    def test_it_holds_options_and_counts(self, tmp_path: Path) -> None:
        report = predial.prepare(
            ROWS, tmp_path, run="spring", max_jobs=3, canonical=True, duplicates="job"
        )
        manifest = manifest_of(tmp_path)
        options = manifest["options"]
        assert options["run"] == "spring"
        assert (options["max_jobs"], options["max_bytes"]) == (3, None)
        assert (options["repair"], options["canonical"]) == (True, True)
        assert options["duplicates"] == "job"
        counts = manifest["counts"]
        assert counts.pop("rules") == report.counts
        assert counts.pop("alone") == report.alone
        assert sum(counts.pop("severities").values()) == sum(report.counts.values())
        assert counts == {
            name: getattr(report, name)
            for name in ("total", "clean", "repaired", "rejected", "warned")
        }

    def test_duplicates_allowed_are_said_there(self, tmp_path: Path) -> None:
        predial.prepare(ROWS, tmp_path, duplicates="allow")
        assert manifest_of(tmp_path)["options"]["duplicates"] == "allow"

    def test_the_same_input_and_options_give_the_same_bytes(self, tmp_path: Path) -> None:
        source = json.dumps(ROWS).encode()
        path = tmp_path / "jobs.json"
        path.write_bytes(source)
        first, second = tmp_path / "a", tmp_path / "elsewhere" / "b"
        predial.prepare(source, first, run="spring", max_jobs=1)
        predial.prepare(path, second, run="spring", max_jobs=1)
        assert files_of(first) == files_of(second)
        again = predial.prepare(source, second, run="spring", max_jobs=1, overwrite=True)
        assert files_of(first) == files_of(second)
        assert again.total == 4

    def test_keys_follow_from_run_content_and_place(self, tmp_path: Path) -> None:
        def keys(rows: list[dict[str, Any]], out: str, **options: Any) -> list[str]:
            report = predial.prepare(rows, tmp_path / out, max_jobs=1, **options)
            return [body.idempotence_key for body in report.bodies]

        spring = keys(ROWS, "1", run="spring")
        assert all(uuid.UUID(key).version == 5 for key in spring)
        assert len(set(spring)) == len(spring) == 3
        assert keys(ROWS, "2", run="spring") == spring
        assert not set(keys(ROWS, "3", run="summer")) & set(spring)
        assert keys(ROWS[:3], "4", run="spring") == spring[:2]
        assert keys(ROWS[2:], "5", run="spring")[0] not in spring, "another place"

    def test_equal_bodies_have_keys_of_their_own(self, tmp_path: Path) -> None:
        report = predial.prepare(
            [{"phone": "79123456789"}] * 2, tmp_path, max_jobs=1, run="spring", duplicates="allow"
        )
        one, other = report.bodies
        assert one.sha256 == other.sha256
        assert one.idempotence_key != other.idempotence_key

    def test_keys_are_what_the_document_says(self, tmp_path: Path) -> None:
        """With another key for a body that was already sent, its people would be called twice."""
        predial.prepare(ROWS, tmp_path, max_jobs=1, run="spring")
        namespace = uuid.UUID("6f1c2f1e-5e0b-4f5d-9c57-0a6b7d1e4c30")
        bodies = manifest_of(tmp_path)["bodies"]
        assert len(bodies) > 1
        for index, body in enumerate(bodies, 1):
            sha256 = hashlib.sha256((tmp_path / body["file"]).read_bytes()).hexdigest()
            key = uuid.uuid5(namespace, f"spring/{sha256}/{index}")
            assert (body["sha256"], body["idempotence_key"]) == (sha256, str(key))

    def test_a_run_without_a_name_gets_a_fresh_one(self, tmp_path: Path) -> None:
        runs = set()
        keys = set()
        for name in "ab":
            report = predial.prepare(ROWS, tmp_path / name)
            runs.add(manifest_of(tmp_path / name)["options"]["run"])
            keys.add(report.bodies[0].idempotence_key)
        assert len(runs) == len(keys) == 2
        run = manifest_of(tmp_path / "a")["options"]["run"]
        named = predial.prepare(ROWS, tmp_path / "c", run=run)
        assert named.bodies[0].idempotence_key in keys
        assert files_of(tmp_path / "c") == files_of(tmp_path / "a")


class TestDirectory:
    def test_only_predials_own_files_are_left(self, tmp_path: Path) -> None:
        predial.prepare(ROWS, tmp_path / "new" / "out")
        assert set(files_of(tmp_path / "new" / "out")) == {
            "manifest.json",
            "rejects.ndjson",
            "bodies/000001.json",
        }

    def test_a_prepared_directory_is_refused_and_untouched(self, tmp_path: Path) -> None:
        predial.prepare(ROWS, tmp_path)
        before = files_of(tmp_path)
        with pytest.raises(FileExistsError, match="overwrite") as caught:
            predial.prepare([{"phone": "12015550123"}], tmp_path)
        assert "manifest.json" in str(caught.value.filename)
        assert files_of(tmp_path) == before

    def test_a_manifest_alone_is_enough_to_refuse(self, tmp_path: Path) -> None:
        (tmp_path / "manifest.json").write_bytes(b"no manifest of ours")
        with pytest.raises(FileExistsError):
            predial.prepare(ROWS, tmp_path)
        assert files_of(tmp_path) == {"manifest.json": b"no manifest of ours"}

    def test_overwrite_removes_its_own_files_alone(self, tmp_path: Path) -> None:
        predial.prepare(ROWS, tmp_path, max_jobs=1)
        own = {
            "notes.txt": b"mine",
            "rejects.ndjson.bak": b"mine",
            "bodies/readme.json": b"mine",
            "bodies/000001.json.gz": b"mine",
            "bodies/1.json": b"mine",
            "bodies/20300101.json": b"mine",
            "bodies/deeper/000001.json": b"mine",
            "deeper/manifest.json": b"mine",
        }
        (tmp_path / "bodies" / "deeper").mkdir()
        (tmp_path / "deeper").mkdir()
        for name, content in own.items():
            (tmp_path / name).write_bytes(content)
        report = predial.prepare([{"phone": "12015550123"}], tmp_path, overwrite=True)
        files = files_of(tmp_path)
        assert {name: files.pop(name) for name in own} == own
        assert set(files) == {"manifest.json", "rejects.ndjson", "bodies/000001.json"}
        assert report.notes == []

    def test_overwrite_of_an_empty_directory_is_no_matter(self, tmp_path: Path) -> None:
        assert predial.prepare(ROWS, tmp_path / "out", overwrite=True).total == 4

    def test_left_overs_are_replaced_and_told(self, tmp_path: Path) -> None:
        left = ["bodies/000001.json", "bodies/000002.json", "bodies/000003.json.part"]
        left += ["rejects.ndjson.part", "manifest.json.part"]
        (tmp_path / "bodies").mkdir()
        for name in left:
            (tmp_path / name).write_bytes(b"left over")
        (tmp_path / "bodies" / "mine.txt").write_bytes(b"mine")
        report = predial.prepare(ROWS, tmp_path, run="spring")
        predial.prepare(ROWS, tmp_path / "elsewhere", run="spring")
        elsewhere = files_of(tmp_path / "elsewhere")
        assert (tmp_path / "manifest.json").read_bytes() == elsewhere["manifest.json"]
        shutil.rmtree(tmp_path / "elsewhere")
        assert any("5" in note and "unfinished" in note for note in report.notes)
        files = files_of(tmp_path)
        assert files.pop("bodies/mine.txt") == b"mine"
        assert set(files) == {"manifest.json", "rejects.ndjson", "bodies/000001.json"}
        assert b"left over" not in b"".join(files.values())

    @pytest.mark.parametrize("source", [b"[" + b'{"phone": 79123456789},' * 2000, b"[}", b"[1] 2"])
    def test_a_broken_source_leaves_nothing(self, source: bytes, tmp_path: Path) -> None:
        out = tmp_path / "out"
        with pytest.raises(predial.SourceError) as caught:
            predial.prepare(source, out, max_jobs=100, duplicates="allow")
        assert caught.value.report.bodies == []
        assert not out.exists()
        out.mkdir()
        (out / "mine.txt").write_bytes(b"mine")
        with pytest.raises(predial.SourceError):
            predial.prepare(source, out, max_jobs=100, duplicates="allow")
        assert [path.name for path in out.rglob("*")] == ["mine.txt"]

    def test_a_source_that_broke_may_be_prepared_anew(self, tmp_path: Path) -> None:
        with pytest.raises(predial.SourceError):
            predial.prepare(b"[1", tmp_path)
        report = predial.prepare(ROWS, tmp_path)
        assert (report.total, report.notes) == (4, [])

    def test_a_file_in_its_place_is_an_os_error(self, tmp_path: Path) -> None:
        out = tmp_path / "out"
        out.write_bytes(b"mine")
        for overwrite in (False, True):
            with pytest.raises(NotADirectoryError, match="out") as caught:
                predial.prepare(ROWS, out, overwrite=overwrite)
            assert caught.value.errno == errno.ENOTDIR
        assert out.read_bytes() == b"mine"

    def test_a_file_in_the_place_of_bodies_is_an_os_error(self, tmp_path: Path) -> None:
        (tmp_path / "bodies").write_bytes(b"mine")
        with pytest.raises(NotADirectoryError, match="bodies"):
            predial.prepare(ROWS, tmp_path)
        assert files_of(tmp_path) == {"bodies": b"mine"}

    def test_an_unwritable_directory_is_an_os_error(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            out = Path(directory)
            out.chmod(0o555)
            try:
                with without_root(), pytest.raises(PermissionError):
                    predial.prepare(ROWS, out)
                with without_root(), pytest.raises(PermissionError):
                    predial.prepare(ROWS, out / "deeper" / "out")
            finally:
                out.chmod(0o755)
            assert list(out.iterdir()) == []

    @pytest.mark.parametrize("name", ["x" * 300, "nul\0"])
    def test_a_name_that_no_directory_has_is_an_error(self, name: str, tmp_path: Path) -> None:
        with pytest.raises((OSError, ValueError)):
            predial.prepare(ROWS, tmp_path / name)
        assert list(tmp_path.iterdir()) == []

    def test_its_own_rejects_are_no_source_for_it(self, tmp_path: Path) -> None:
        """Otherwise a run that fails would remove the corrected rows."""
        predial.prepare(ROWS, tmp_path)
        before = files_of(tmp_path)
        rejects = tmp_path / "rejects.ndjson"
        for source in (rejects, str(rejects), tmp_path / "bodies" / "000001.json"):
            with pytest.raises((ValueError, OSError)):
                predial.prepare(source, tmp_path, overwrite=True)
        with rejects.open("rb") as file, pytest.raises((ValueError, OSError)):
            predial.prepare(file, tmp_path, overwrite=True)
        assert files_of(tmp_path) == before

    def test_nothing_is_written_into_by_check(self, tmp_path: Path, monkeypatch: Any) -> None:
        monkeypatch.chdir(tmp_path)
        assert predial.check(ROWS).bodies == []
        assert list(tmp_path.iterdir()) == []


@contextlib.contextmanager
def without_root() -> Iterator[None]:
    """Root may write anywhere, so the test becomes the user nobody."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
