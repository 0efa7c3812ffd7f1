"""A clean batch: the jobs of the usual batch about which there is nothing to say.

The clocks that a zone and a phone keep decide over some warnings, so the batch may differ by a few
jobs from one release of tzdata to the next.
"""

from __future__ import annotations

from functools import cache

import predial
from make_batch import JOBS, make_batch


@cache
def make_clean(jobs: int = JOBS) -> bytes:
    """A JSON array of so many jobs, byte for byte as the usual batch has them."""
    # One job in seven has a finding.
    drawn = predial.judge(make_batch(jobs + jobs // 4))
    clean = [row.job for row in drawn if row.standing == "clean" and not row.diagnostics]
    if len(clean) < jobs:
        raise ValueError(f"only {len(clean)} of the jobs that were drawn are clean")
    return b"[" + b", ".join(job for job in clean[:jobs] if job is not None) + b"]"
