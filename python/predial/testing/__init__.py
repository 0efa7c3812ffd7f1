"""For the tests of programs that make call jobs, and of those that send them.

Hypothesis strategies (extra `testing`) draw jobs: `zones`, `phones`, `jobs`, `batches`. `sandbox`
(extra `sandbox`) is the Calls API on this machine; the fixture `predial_sandbox` of pytest is the
same.

    from hypothesis import given
    from predial.testing import batches

    @given(batches())
    def test_the_loader_sends_every_clean_job(jobs): ...

    def test_the_loader_adds_its_jobs(predial_sandbox): ...

Each of them is imported when it is used.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from predial.testing._sandbox import Sandbox, sandbox
    from predial.testing.strategies import batches, jobs, phones, zones

__all__ = ["Sandbox", "batches", "jobs", "phones", "sandbox", "zones"]


def __getattr__(name: str) -> object:
    if name in ("Sandbox", "sandbox"):
        from predial.testing import _sandbox

        return getattr(_sandbox, name)
    if name in ("batches", "jobs", "phones", "zones"):
        from predial.testing import strategies

        return getattr(strategies, name)
    raise AttributeError(f"module 'predial.testing' has no attribute {name!r}")
