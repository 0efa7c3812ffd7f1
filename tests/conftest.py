"""What holds for every test."""

import os
import shutil

import pytest
from hypothesis import HealthCheck, settings

# No test is timed: how fast a machine draws its examples says nothing about predial.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def java() -> None:
    """For tests that need a JVM: without one they are skipped, and fail in CI."""
    if shutil.which("java") is None:
        reason = "no java: Spark was not tried"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
