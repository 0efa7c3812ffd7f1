"""The endpoints of the service: methods, paths, and who answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from starlette.responses import Response

from predial.sandbox import adding, campaigns, jobs
from predial.sandbox.adding import Request
from predial.sandbox.state import State

__all__ = ["ENDPOINTS", "Endpoint"]

Handler: TypeAlias = Callable[[State, Request], Awaitable[Response]]


@dataclass(frozen=True)
class Endpoint:
    """One method of one path."""

    method: str
    form: str
    """`calls` or `crmCalls`."""
    tail: str
    """What the path ends with; `campaign` for the campaign itself."""
    handler: Handler
    adds: bool = False
    """Whether it adds jobs, and so takes an idempotence key."""

    @property
    def path(self) -> str:
        """The path with `{token}` in it."""
        campaign = f"/api/{self.form}/campaign/{{token}}"
        return campaign if self.tail == "campaign" else f"{campaign}/{self.tail}"


ENDPOINTS: Final = (
    Endpoint("GET", "calls", "addPhone", adding.add_one, adds=True),
    Endpoint("POST", "calls", "addPhones", adding.add_many, adds=True),
    Endpoint("GET", "crmCalls", "addPhone", adding.add_one_crm, adds=True),
    Endpoint("POST", "crmCalls", "addPhone", adding.add_form, adds=True),
    Endpoint("GET", "crmCalls", "test/addPhone", adding.add_test, adds=True),
    Endpoint("POST", "calls", "callJob/cancel", jobs.cancel),
    Endpoint("POST", "calls", "callJob/getReport", jobs.job_report),
    Endpoint("POST", "calls", "callAttempt/getReport", jobs.attempt_report),
    Endpoint("GET", "calls", "campaign", campaigns.campaign),
    Endpoint("GET", "calls", "status", campaigns.status),
    Endpoint("POST", "calls", "control/pause", campaigns.control),
    Endpoint("POST", "calls", "control/resume", campaigns.control),
    Endpoint("POST", "calls", "control/stop", campaigns.control),
)
