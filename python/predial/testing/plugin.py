"""The plugin of pytest: the fixture `predial_sandbox`. Only a test that asks imports a server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from predial.testing import Sandbox

__all__ = ["predial_sandbox"]


@pytest.fixture
def predial_sandbox() -> Iterator[Sandbox]:
    """A Calls API on this machine, empty at the start of each test: `predial.testing.sandbox()`."""
    from predial.testing import sandbox

    with sandbox() as box:
        yield box
