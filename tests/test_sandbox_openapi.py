"""The description of the endpoints: it agrees with the documents, and the sandbox with it."""

from __future__ import annotations

import copy
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

import predial
from predial.sandbox.faults import ENDPOINTS as FAULT_ENDPOINTS
from predial.sandbox.openapi import document
from predial.sandbox.routes import ENDPOINTS
from predial.testing import Sandbox, sandbox
from sandbox_client import ask

TABLE = Path(__file__).parent / "data" / "calls_api.json"
#: How many requests are tried for each endpoint.
CASES = int(os.environ.get("PREDIAL_SANDBOX_CASES", "15"))
TOKEN = "8231.7056.1b131df1"


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with sandbox(campaigns=[TOKEN]) as box:
        yield box


def _of_one_campaign() -> dict[str, Any]:
    """The document, with the token of a campaign that there is: others are 404 and nothing else.

    Whatever else a URL has is payload, so no value of it is wrong.
    """
    found = copy.deepcopy(document())
    for operations in found["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                if parameter["name"] == "token":
                    parameter["schema"] = {"type": "string", "enum": [TOKEN]}
                if parameter["name"] == "payload":
                    parameter["schema"] = {}
    return found


schema = schemathesis.openapi.from_dict(_of_one_campaign())


@pytest.mark.slow
@schema.parametrize()
@settings(
    max_examples=CASES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_the_sandbox_is_as_it_is_described(box: Sandbox, case: schemathesis.Case[Any]) -> None:
    if case.path_parameters.get("token") != TOKEN:
        case.path_parameters["token"] = TOKEN
    # What is accepted is decided by numbering plans and time zones, which no schema can say.
    case.call_and_validate(base_url=box.host, excluded_checks=[positive_data_acceptance])


def test_the_document_is_served(box: Sandbox) -> None:
    assert ask(box, "GET", "/openapi.json").json == document()


def _documented() -> dict[str, Any]:
    """What the vendor's public pages say, as a table."""
    found: dict[str, Any] = json.loads(TABLE.read_text("utf-8"))
    return found


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        found: dict[str, Any] = document()["components"]["schemas"][name]
        return found
    return schema


def test_the_endpoints_are_those_of_the_documents() -> None:
    table = _documented()["endpoints"]
    said = {(method, path) for path, methods in table.items() for method in methods}
    described = {
        (method.upper(), path)
        for path, operations in document()["paths"].items()
        if path.startswith("/api/")
        for method in operations
    }
    assert described == said
    assert {(it.method, it.path) for it in ENDPOINTS} == said
    assert {it.tail for it in ENDPOINTS} == set(FAULT_ENDPOINTS)


def test_the_answers_are_those_of_the_documents() -> None:
    for path, methods in _documented()["endpoints"].items():
        for method, answer in methods.items():
            operation = document()["paths"][path][method.lower()]
            content = operation["responses"]["200"]["content"]["application/json"]["schema"]
            assert _kind(content) == answer, path


def _kind(schema: dict[str, Any]) -> str:
    schema = _resolved(schema)
    if schema["type"] == "array":
        return f"array of {_kind(schema['items'])}"
    if schema["type"] == "object":
        return "object"
    kind: str = schema["type"]
    return kind


@pytest.mark.parametrize("name", ["JobReport", "AttemptReport", "Campaign", "CallJobParameters"])
def test_the_fields_are_those_of_the_documents(name: str) -> None:
    said = _documented()["schemas"][name]
    # `id` and `phone` of a report are the sandbox's own.
    own = {"id", "phone"} if name.endswith("Report") else set()
    assert document()["components"]["schemas"][name]["properties"].keys() == {*said, *own}
    if name == "Campaign":
        report = document()["components"]["schemas"][name]["properties"]["shortReport"]
        assert list(report["properties"]) == _documented()["schemas"]["shortReport"]


def test_the_words_are_those_of_the_documents() -> None:
    words = _documented()["words"]
    schemas = document()["components"]["schemas"]
    assert schemas["JobReport"]["properties"]["jobStatus"]["enum"] == words["jobStatus"]
    assert schemas["Campaign"]["properties"]["status"]["enum"] == words["status"]
    types = {rule.service_type for rule in predial.rules()} - {None}
    assert types <= set(words["errors"])


def test_the_bounds_are_those_of_the_core() -> None:
    fields = document()["components"]["schemas"]["CallJobParameters"]["properties"]
    phone = {"phone": "79110000000"}
    for name in ("retryIntervalInMinutes", "maxAttempts", "dialerPriority"):
        least, most = fields[name]["minimum"], fields[name]["maximum"]
        for value, is_right in ((least - 1, 0), (least, 1), (most, 1), (most + 1, 0)):
            assert predial.check([{**phone, name: value}], repair=False).clean == is_right


def test_the_page_of_the_endpoints_names_them_all(box: Sandbox) -> None:
    page = ask(box, "GET", "/docs").body.decode()
    for path in document()["paths"]:
        assert path in page
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", page)
