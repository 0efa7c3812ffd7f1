"""The requests about a campaign, and what `PUT /sandbox/campaigns/{token}` takes."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from starlette.responses import Response

import predial
from predial.sandbox import answers
from predial.sandbox.adding import Request
from predial.sandbox.dialling import LINES
from predial.sandbox.judgement import Refusal
from predial.sandbox.state import State

__all__ = ["STATUSES", "TOKEN", "campaign", "control", "described", "read_settings", "status"]

STATUSES: Final = ("planned", "inProcess", "finished", "paused", "deleted")
#: A token is one segment of a path.
TOKEN: Final = re.compile(r"[A-Za-z0-9._~-]{1,200}")
#: What each control needs, and what it makes of the campaign.
CONTROLS: Final = {
    "pause": (("planned", "inProcess"), "paused"),
    "resume": (("paused",), "inProcess"),
    "stop": (("planned", "inProcess", "paused"), "finished"),
}
_TEXTS: Final = ("name", "projectName", "botId", "startTime", "endTime")
_PROCESSED: Final = ("planned", "inProcess", "onRetry")


async def campaign(state: State, request: Request) -> Response:
    """`GET` of the campaign itself."""
    return answers.of_json(await state.store.run(lambda: described(state, request.token)))


async def status(state: State, request: Request) -> Response:
    """`GET status`."""
    found = await state.store.run(lambda: state.store.campaign(request.token))
    assert found is not None  # looked up before the endpoint was asked
    return answers.of_json(found["status"])


async def control(state: State, request: Request) -> Response:
    """`POST control/…`."""
    name = request.endpoint.rpartition("/")[2]
    needed, becomes = CONTROLS[name]

    def work() -> Refusal | None:
        with state.store.transaction():
            found = state.store.campaign(request.token)
            assert found is not None
            if found["status"] not in needed:
                message = f"a campaign that is {found['status']} can't {name}"
                return Refusal("invalid.call.task.state", message)
            state.store.set_status(request.token, becomes)
        return None

    refusal = await state.store.run(work)
    return answers.refused(refusal) if refusal else answers.of_json(becomes)


def described(state: State, token: str) -> dict[str, Any]:
    """A campaign as the service describes it. To be called by the store."""
    found = state.store.campaign(token)
    assert found is not None
    settings = json.loads(found["settings"])
    counts = state.store.counts(token)
    total = sum(counts.values())
    seconds = state.store.talking_time(token) // 1000
    return {
        "id": found["id"],
        "name": settings.get("name") or f"Campaign {found['id']}",
        "projectName": settings.get("projectName") or "sandbox",
        "creationDate": found["created"],
        "botId": settings.get("botId") or f"sandbox-{found['id']}",
        "status": found["status"],
        "shortReport": {
            "totalNumbers": total,
            "processedNumbers": total - sum(counts.get(it, 0) for it in _PROCESSED),
            "usedTalkingTime": seconds,
            "usedAsrSeconds": seconds // 2,
            "inProcessCalls": counts.get("inProcess", 0),
            "retryCalls": counts.get("onRetry", 0),
        },
        "startTime": settings.get("startTime"),
        "endTime": settings.get("endTime"),
        "maxSimultaneousCalls": settings.get("maxSimultaneousCalls") or LINES,
    }


def read_settings(given: dict[str, Any]) -> dict[str, Any]:
    """The settings of a campaign. Raises ValueError for others."""
    known = {*_TEXTS, "status", "maxSimultaneousCalls", "policy"}
    for name, value in given.items():
        if name not in known:
            raise ValueError(f"a campaign has no {name!r}; it has {', '.join(sorted(known))}")
        if name in _TEXTS and not isinstance(value, (str, type(None))):
            raise ValueError(f"{name} must be a string or null")
    if "status" in given and given["status"] not in STATUSES:
        raise ValueError(f"status must be one of {', '.join(STATUSES)}")
    lines = given.get("maxSimultaneousCalls", LINES)
    if isinstance(lines, bool) or not isinstance(lines, int) or not 1 <= lines <= 10_000:
        raise ValueError("maxSimultaneousCalls must be a whole number from 1 to 10000")
    policy = given.get("policy")
    if policy is not None:
        if not isinstance(policy, dict):
            raise ValueError("policy must be an object")
        predial.next_call({"gmtZone": "Z"}, campaign=policy)  # the core refuses what is wrong
    return dict(given)
