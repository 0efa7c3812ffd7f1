"""Settings for every test, and fixtures that several files share."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

import browser

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: For processes of Java that live for seconds: to compile less takes half of the time.
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"

#: It needs the shim loaded before it, so it is not a module for pytest to import.
collect_ignore = ["faults/runs.py"]

# No test is timed: how fast a machine draws its examples says nothing about predial.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# For the edit loop: `make test-quick`.
settings.register_profile(
    "quick", max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "untimed")
settings.load_profile(PROFILE)
if PROFILE == "quick":  # files of slow tests are not even imported: pyspark takes seconds
    slow = re.compile(r"^pytestmark = .{0,200}?pytest\.mark\.slow", re.MULTILINE | re.DOTALL)
    tests = Path(__file__).parent.glob("test_*.py")
    collect_ignore += [file.name for file in tests if slow.search(file.read_text("utf-8"))]


# Playwright keeps an event loop and a child process, which tests in other files must not see.
@pytest.fixture(scope="module")
def tab() -> Iterator[browser.Page]:
    """A tab of a headless Chromium; without one the tests that need it are skipped."""
    program = browser.find()
    if program is None:
        pytest.skip("no chromium: pages were not tried in a browser")
    with browser.page(program) as tab:
        yield tab


@pytest.fixture(scope="session")
def java() -> None:
    """For tests that need a JVM: without one they are skipped, and fail in CI."""
    if shutil.which("java") is None:
        reason = "no java: Spark was not tried"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def spark(java: None) -> Iterator[SparkSession]:
    """Spark's session, which all tests share: a process of Java takes seconds to start. Its two
    executors are processes, and its every socket is on this machine.
    """
    from pyspark.sql import SparkSession

    os.environ |= {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    settings: dict[str, Any] = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.executor.memory": "512m",
        "spark.driver.extraJavaOptions": SHORT_LIVED,
        "spark.executor.extraJavaOptions": SHORT_LIVED,
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "1000",
        "spark.sql.shuffle.partitions": "4",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master("local-cluster[2,1,1024]").appName("predial")
    session = builder.config(map=settings).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
