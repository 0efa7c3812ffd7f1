"""The description of the endpoints: `/openapi.json`, and `/docs` for people.

The page is made here and loads nothing from elsewhere, so it works without a network.
"""

from __future__ import annotations

import json
from functools import cache
from html import escape
from typing import Any, Final

from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

import predial
from predial.sandbox import answers
from predial.sandbox.campaigns import STATUSES
from predial.sandbox.faults import ENDPOINTS as FAULT_ENDPOINTS
from predial.sandbox.faults import NAMES
from predial.sandbox.page import html_page
from predial.sandbox.routes import ENDPOINTS, Endpoint
from predial.sandbox.settings import EXAMPLE_TOKEN

__all__ = ["document", "routes"]

JOB_STATUSES: Final = (
    "planned", "inProcess", "onRetry", "canceled", "noAnswer", "nonexistentNumber", "notDone",
    "longCallWithResult", "longCallWithNoResult",
)  # fmt: skip

#: What each endpoint is for, by its method and the end of its path.
SUMMARIES: Final = {
    ("GET", "calls", "addPhone"): "Add one number",
    ("POST", "calls", "addPhones"): "Add many numbers: all of them, or none",
    ("GET", "crmCalls", "addPhone"): "Add one number, and no phone with the same payload twice",
    ("POST", "crmCalls", "addPhone"): "Add one number from a form",
    ("GET", "crmCalls", "test/addPhone"): "Try one number",
    ("POST", "calls", "callJob/cancel"): "Cancel jobs",
    ("POST", "calls", "callJob/getReport"): "Report on jobs",
    ("POST", "calls", "callAttempt/getReport"): "Report on calls",
    ("GET", "calls", "campaign"): "Describe the campaign",
    ("GET", "calls", "status"): "The status of the campaign",
    ("POST", "calls", "control/pause"): "Pause the campaign",
    ("POST", "calls", "control/resume"): "Resume the campaign",
    ("POST", "calls", "control/stop"): "End the campaign",
}


def routes() -> list[Route]:
    """`/openapi.json` and `/docs`."""

    async def as_json(request: HttpRequest) -> Response:
        return answers.of_json(document())

    async def as_page(request: HttpRequest) -> Response:
        return HTMLResponse(_page())

    return [
        Route("/openapi.json", as_json, methods=["GET"]),
        Route("/docs", as_page, methods=["GET"]),
    ]


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    for path, operations in _own_paths().items():
        paths[path] = operations
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Calls API, on this machine",
            "version": predial.__version__,
            "description": "What `predial sandbox` answers. Nothing is called.",
        },
        "paths": paths,
        "components": {"schemas": _schemas()},
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    name = endpoint.method, endpoint.form, endpoint.tail
    operation: dict[str, Any] = {
        "summary": SUMMARIES[name],
        "operationId": "_".join(name).replace("/", "_"),
        "tags": ["Calls API"],
        "parameters": [_token()],
        "responses": {
            "200": _json_response("What was asked for", _ANSWERS[endpoint.tail]),
            "400": _error("The request is refused; nothing was added"),
            "404": _error("There is no campaign with this token"),
        },
    }
    if endpoint.adds:
        operation["responses"]["409"] = _error("The idempotence key is that of another request")
        operation["parameters"] += _parameters(endpoint)
    if body := _BODIES.get(name):
        operation["requestBody"] = {"required": True, "content": body}
        if endpoint.adds:
            operation["responses"]["415"] = _error("The Content-Type is another one")
    return operation


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    place = "header" if endpoint.method == "POST" else "query"
    key = {
        "name": "Idempotence-Key",
        "in": place,
        "description": "Names the request for 24 hours: sent again, it adds nothing",
        "schema": {"type": "string", "minLength": 1},
    }
    if endpoint.method == "POST":
        return [key]
    return [
        {"name": "phone", "in": "query", "required": True, "schema": _ref("Phone")},
        {"name": "gmtZone", "in": "query", "schema": _ref("GmtZone")},
        {
            "name": "payload",
            "in": "query",
            "description": "Every other parameter is a key of payload",
            "style": "form",
            "explode": True,
            "schema": {"type": "object", "additionalProperties": True},
        },
        key,
    ]


def _token() -> dict[str, Any]:
    return {
        "name": "token",
        "in": "path",
        "required": True,
        "description": "The campaign's token",
        "schema": {"type": "string", "minLength": 1},
        "example": EXAMPLE_TOKEN,
    }


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _nullable(*types: str, **more: Any) -> dict[str, Any]:
    return {"type": [*types, "null"], **more}


def _json_response(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _error(description: str) -> dict[str, Any]:
    return _json_response(description, _ref("Error"))


_ID: Final = {"type": "string", "pattern": "^[1-9][0-9]*$", "examples": ["12345"]}
_STATUS: Final = {"type": "string", "enum": list(STATUSES)}

#: What each endpoint answers, by the end of its path.
_ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "addPhone": _ID,
    "addPhones": _array(_ID),
    "test/addPhone": _ID,
    "callJob/cancel": _array({"type": "integer"}),
    "callJob/getReport": _array(_ref("JobReport")),
    "callAttempt/getReport": _array(_ref("AttemptReport")),
    "campaign": _ref("Campaign"),
    "status": _STATUS,
    "control/pause": _STATUS,
    "control/resume": _STATUS,
    "control/stop": _STATUS,
}

_SELECTION: Final = {"application/json": {"schema": _ref("Selection")}}
_BODIES: Final[dict[tuple[str, str, str], dict[str, Any]]] = {
    ("POST", "calls", "addPhones"): {
        "application/json": {
            "schema": _array(_ref("CallJobParameters")),
            "example": [{"phone": 79110000000, "gmtZone": "+03:00", "payload": {"name": "Alex"}}],
        }
    },
    ("POST", "crmCalls", "addPhone"): {
        "application/x-www-form-urlencoded": {
            "schema": {
                "type": "object",
                "required": ["phone"],
                "properties": {"phone": _ref("Phone"), "gmtZone": _ref("GmtZone")},
                "additionalProperties": True,
            }
        }
    },
    ("POST", "calls", "callJob/cancel"): _SELECTION,
    ("POST", "calls", "callJob/getReport"): _SELECTION,
    ("POST", "calls", "callAttempt/getReport"): _SELECTION,
}


def _schemas() -> dict[str, Any]:
    time = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
    window = {
        "type": "object",
        "required": ["localTimeFrom", "localTimeTo"],
        "properties": {"localTimeFrom": time, "localTimeTo": time},
    }
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    windows = {"type": "array", "minItems": 1, "items": window}
    report = {
        "id": _ID,
        "phone": {"type": "string"},
        "jobStatus": {"type": "string", "enum": list(JOB_STATUSES)},
        "callResult": _nullable("string"),
        "startedAt": _nullable("integer", description="Milliseconds since 1970"),
        "finishedAt": _nullable("integer", description="Milliseconds since 1970"),
        "callDuration": _nullable("integer", description="Seconds"),
        "reportData": {"type": "object"},
    }
    count = {"type": "integer", "minimum": 0}
    return {
        "Phone": {
            "type": "string",
            "pattern": "^[1-9][0-9]{2,14}$",
            "description": "International digits, country code first",
            "examples": ["79110000000"],
        },
        "GmtZone": {
            "type": "string",
            "description": "A ZoneId of Java, such as +03:00 or Europe/Moscow",
            "examples": ["+03:00"],
        },
        "CallJobParameters": {
            "type": "object",
            "required": ["phone"],
            "properties": {
                "phone": {
                    "oneOf": [
                        _ref("Phone"),
                        {"type": "integer", "minimum": 100, "maximum": 999_999_999_999_999},
                    ]
                },
                "gmtZone": _nullable("string"),
                "payload": _nullable("object"),
                "startDateTime": _nullable("string", format="date-time"),
                "finishDateTime": _nullable("string", format="date-time"),
                "allowedDays": _nullable(
                    "array",
                    minItems=1,
                    uniqueItems=True,
                    items={"type": "string", "enum": days},
                ),
                "allowedTime": _nullable(
                    "object", properties=dict.fromkeys(["default", *days], windows)
                ),
                "localTimeFrom": _nullable("string", pattern=time["pattern"], deprecated=True),
                "localTimeTo": _nullable("string", pattern=time["pattern"], deprecated=True),
                "retryIntervalInMinutes": _nullable("integer", minimum=1, maximum=2880),
                "maxAttempts": _nullable("integer", minimum=1, maximum=50),
                "dialerPriority": _nullable("integer", minimum=1, maximum=5),
                "externalCheck": _nullable(
                    "object",
                    required=["externalCheckUrl"],
                    properties={
                        "externalCheckUrl": {"type": "string", "format": "uri"},
                        "externalCheckMaxRetries": {"type": "integer", "minimum": 0},
                    },
                ),
            },
        },
        "Selection": {
            "type": "object",
            "anyOf": [{"required": ["ids"]}, {"required": ["phones"]}],
            "properties": {
                "ids": _nullable("array", items={"type": ["integer", "string"]}),
                "phones": _nullable("array", items={"type": ["integer", "string"]}),
            },
        },
        "JobReport": {"type": "object", "required": list(report), "properties": report},
        "AttemptReport": {"type": "object", "required": list(report), "properties": report},
        "Campaign": {
            "type": "object",
            "required": [
                "id", "name", "projectName", "creationDate", "botId", "status", "shortReport",
                "startTime", "endTime", "maxSimultaneousCalls",
            ],
            "properties": {
                "id": {"type": "integer"},
                "name": {"type": "string"},
                "projectName": {"type": "string"},
                "creationDate": {"type": "integer", "description": "Milliseconds since 1970"},
                "botId": {"type": "string"},
                "status": _STATUS,
                "shortReport": {
                    "type": "object",
                    "required": [
                        "totalNumbers", "processedNumbers", "usedTalkingTime", "usedAsrSeconds",
                        "inProcessCalls", "retryCalls",
                    ],
                    "properties": {
                        "totalNumbers": count,
                        "processedNumbers": count,
                        "usedTalkingTime": {**count, "description": "Seconds"},
                        "usedAsrSeconds": count,
                        "inProcessCalls": count,
                        "retryCalls": count,
                    },
                },
                "startTime": _nullable("string"),
                "endTime": _nullable("string"),
                "maxSimultaneousCalls": {"type": "integer", "minimum": 1},
            },
        },
        "Error": {
            "type": "object",
            "required": ["type", "message", "args"],
            "properties": {
                "type": {"type": "string", "examples": ["phone.bad.format"]},
                "message": {"type": "string"},
                "args": {
                    "type": "object",
                    "properties": {"phonesDuplicates": _array({"type": "string"})},
                },
            },
        },
        **_own_schemas(),
    }  # fmt: skip


def _own_schemas() -> dict[str, Any]:
    rate = {"type": "number", "minimum": 0, "maximum": 1}
    detailed = {
        "type": "object",
        "anyOf": [{"required": ["rate"]}, {"required": ["requests"]}],
        "properties": {
            "rate": rate,
            "requests": _array({"type": "integer", "minimum": 1}),
            "on": _array({"type": "string", "enum": list(FAULT_ENDPOINTS)}),
            "seconds": _nullable("number", minimum=0, maximum=86_400),
            "retry_after": _nullable("integer", minimum=0, maximum=10**9),
        },
        "additionalProperties": False,
    }
    return {
        "Faults": {
            "type": "object",
            "properties": {name: {"anyOf": [rate, detailed]} for name in NAMES},
            "additionalProperties": False,
        }
    }


def _own_paths() -> dict[str, Any]:
    clock = {
        "type": "object",
        "required": ["now", "stopped"],
        "properties": {"now": {"type": "string"}, "stopped": {"type": "boolean"}},
    }
    faults = {
        "type": "object",
        "required": ["faults", "fired"],
        "properties": {
            "faults": _ref("Faults"),
            "fired": {"type": "object", "additionalProperties": {"type": "integer"}},
        },
    }
    settings = {
        "type": "object",
        "properties": {
            **{
                name: _nullable("string")
                for name in ("name", "projectName", "botId", "startTime", "endTime")
            },
            "status": _STATUS,
            "maxSimultaneousCalls": {"type": "integer", "minimum": 1, "maximum": 10_000},
            "policy": _nullable("object"),
        },
        "additionalProperties": False,
    }
    instant = {"type": "string", "examples": ["2026-03-01T12:00Z"]}
    duration = {"type": "string", "examples": ["25h"]}
    campaign = {"name": "campaign", "in": "query", "schema": {"type": "string"}}
    listed: dict[str, Any] = {"type": "object"}
    return {
        "/sandbox/clock": {
            "get": _own("The clock", clock),
            "post": _own(
                "Move the clock forward",
                clock,
                {
                    "oneOf": [
                        {
                            "type": "object",
                            "required": [name],
                            "properties": {name: schema},
                            "additionalProperties": False,
                        }
                        for name, schema in (("advance", duration), ("to", instant))
                    ]
                },
            ),
        },
        "/sandbox/faults": {
            "get": _own("The faults, and how often each was fired", faults),
            "put": _own("Set these faults and no others", faults, _ref("Faults")),
        },
        "/sandbox/queue": {
            "get": _own(
                "What is dialled when",
                {"type": "object", "properties": {"at": instant, "jobs": _array(listed)}},
                parameters=[
                    {"name": "at", "in": "query", "schema": instant},
                    _limit("How many jobs to list", "limit", 10_000),
                    campaign,
                ],
                unknown=True,
            )
        },
        "/sandbox/jobs": {
            "get": _own(
                "The jobs that were added",
                _array(listed),
                parameters=[
                    _limit("List jobs with larger IDs than this", "after", 2**63 - 1),
                    _limit("How many jobs to list", "limit", 10_000),
                    campaign,
                ],
                unknown=True,
            )
        },
        "/sandbox/dial": {
            "post": _own(
                "Play calls up to an instant, and move the clock there",
                {
                    "type": "object",
                    "required": ["calls", "now"],
                    "properties": {"calls": {"type": "integer"}, "now": instant},
                },
                {
                    "type": "object",
                    "properties": {"until": instant, "for": duration},
                    "maxProperties": 1,
                    "additionalProperties": False,
                },
                needed=False,
            )
        },
        "/sandbox/campaigns/{token}": {
            "get": _own("A campaign", _ref("Campaign"), parameters=[_token()], unknown=True),
            "put": _own(
                "Add a campaign, or change one",
                _ref("Campaign"),
                settings,
                parameters=[_token()],
                needed=False,
            ),
        },
    }


def _limit(description: str, name: str, most: int) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "description": description,
        "schema": {"type": "integer", "minimum": 0, "maximum": most},
    }


def _own(
    summary: str,
    answer: dict[str, Any],
    body: dict[str, Any] | None = None,
    *,
    parameters: list[dict[str, Any]] | None = None,
    needed: bool = True,
    unknown: bool = False,
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": summary,
        "tags": ["Sandbox"],
        "responses": {"200": _json_response("What was asked for", answer)},
    }
    if parameters:
        operation["parameters"] = parameters
    if body is not None:
        content = {"application/json": {"schema": body}}
        operation["requestBody"] = {"required": needed, "content": content}
    if parameters or body is not None:
        operation["responses"]["400"] = _error("The request can't be read")
    if unknown:
        operation["responses"]["404"] = _error("There is no campaign with this token")
    return operation


@cache
def _page() -> str:
    parts = []
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            parts.append(_described(method.upper(), path, operation))
    schemas = "".join(
        f"<details><summary>{escape(name)}</summary><pre>{_pretty(schema)}</pre></details>"
        for name, schema in document()["components"]["schemas"].items()
    )
    return html_page(
        "Calls API, on this machine",
        '<p>Machines read <a href="/openapi.json">/openapi.json</a>.</p>'
        + "".join(parts)
        + f"<h2>Schemas</h2>{schemas}",
    )


def _described(method: str, path: str, operation: dict[str, Any]) -> str:
    rows = "".join(
        f"<li><code>{escape(it['name'])}</code> in {it['in']}"
        f"{' (required)' if it.get('required') else ''}: {escape(it.get('description', ''))}</li>"
        for it in operation.get("parameters", ())
    )
    body = operation.get("requestBody")
    sent = f"<p>Body</p><pre>{_pretty(body['content'])}</pre>" if body else ""
    responses = "".join(
        f"<li><code>{status}</code> {escape(it['description'])}</li>"
        for status, it in operation["responses"].items()
    )
    return (
        f"<details><summary><b>{method}</b> <code>{escape(path)}</code><br>"
        f"{escape(operation['summary'])}</summary><ul>{rows}</ul>{sent}"
        f"<p>Answers</p><ul>{responses}</ul></details>"
    )


def _pretty(value: object) -> str:
    return escape(json.dumps(value, indent=2, ensure_ascii=False))
