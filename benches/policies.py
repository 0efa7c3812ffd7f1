"""Call policies: the same jobs with a full policy and without one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any, Final

import predial
from make_batch import JOBS, SEED, make_batch
from timing import Contender, Section

#: How many policies a list has: those of the campaigns that its jobs are for.
POLICIES: Final = 20


def window(start: str, end: str) -> dict[str, str]:
    """An interval of local time."""
    return {"localTimeFrom": start, "localTimeTo": end}


def policy(random: Random) -> dict[str, Any]:
    """Every field of a policy except the two deprecated ones."""
    return {
        "startDateTime": f"2026-0{random.randint(1, 9)}-{random.randint(10, 28)}T00:00:00Z",
        "finishDateTime": f"2089-0{random.randint(1, 9)}-{random.randint(10, 28)}T00:00:00+03:00",
        "allowedDays": ["mon", "tue", "wed", "thu", "fri", "sat"],
        "allowedTime": {
            "default": [window("10:00", "13:00"), window("14:00", f"{random.randint(18, 20)}:00")],
            "sat": [window("12:00", "16:00")],
        },
        "retryIntervalInMinutes": random.randint(30, 90),
        "maxAttempts": random.randint(1, 5),
        "dialerPriority": random.randint(1, 5),
        "externalCheck": {
            "externalCheckUrl": "https://example.com/check",
            "externalCheckMaxRetries": 3,
        },
    }


def with_policies(jobs: list[dict[str, Any]], policies: list[dict[str, Any]]) -> bytes:
    """The jobs, each with one of the policies."""
    random = Random(SEED)
    return json.dumps([job | random.choice(policies) for job in jobs], ensure_ascii=False).encode()


def sections() -> Iterator[Section]:
    """A batch without policies, and the same jobs with them."""
    random = Random(SEED)
    bare = make_batch()
    jobs = json.loads(bare)
    few = with_policies(jobs, [policy(random) for _ in range(POLICIES)])
    for i, job in enumerate(jobs):
        # Half a minute apart, so that no two policies are equal.
        minute, second = divmod(i, 2)
        hour, minute = divmod(minute, 60)
        day, hour = divmod(hour, 24)
        start = f"2026-01-{1 + day % 28:02}T{hour:02}:{minute:02}:{second * 30:02}.{i:06}Z"
        job |= policy(random) | {"startDateTime": start}
    own = json.dumps(jobs, ensure_ascii=False).encode()
    campaign = policy(random)
    yield Section(
        f"A batch of {JOBS} jobs, {len(bare) / 1e6:.1f} MB without policies, "
        f"{len(few) / 1e6:.1f} MB with a full policy each",
        "job",
        JOBS,
        (
            Contender("predial.check, no policy", lambda: predial.check(bare)),
            Contender(f"a full policy, of {POLICIES}", lambda: predial.check(few)),
            Contender("a full policy of its own", lambda: predial.check(own)),
            Contender("no policy, a campaign's", lambda: predial.check(bare, campaign=campaign)),
        ),
    )
