"""The part of the portal that is for programs, asked everything that its description allows, and more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

from tests.web import Guest, a_client, an_app
from tests.workspaces import Bureau, a_bureau


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    with a_bureau(tmp_path_factory.mktemp("issued"), "0001") as bureau:
        bureau.open_to_the_web()
        bureau.set("requests_per_minute = 600", "requests_per_minute = 0")
        bureau.run("issue", "--all")
        yield bureau


@pytest.fixture(scope="module")
def app(bureau: Bureau) -> Iterator[FastAPI]:
    with an_app(bureau) as app:
        yield app


@pytest.fixture(scope="module")
def described(app: FastAPI) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_asgi("/api/openapi.json", app)


def test_whatever_the_description_allows_is_answered_as_it_says(described: schemathesis.BaseSchema) -> None:
    operations = [result.ok() for result in described.get_all_operations() if isinstance(result, Ok)]
    assert [operation.path for operation in operations] == ["/api/health", "/api/links/state"]
    for operation in operations:
        _ask(operation, schemathesis.GenerationMode.POSITIVE)
    _ask(operations[1], schemathesis.GenerationMode.NEGATIVE)  # of nothing, nothing wrong can be asked


def _ask(operation: APIOperation[Any, Any, Any, Any], mode: schemathesis.GenerationMode) -> None:
    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def every(case: Case[Any]) -> None:
        case.call_and_validate()

    every()


@pytest.mark.parametrize("path", ["/", "/link", "/sign/x", "/sign/x/paper.pdf", "/l/x", "/language/xx", "/metrics"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
def test_no_page_fails_whatever_the_method(client: TestClient, path: str, method: str) -> None:
    answer = client.request(method, path, headers={"cookie": 'conventions=broken; language="><script>'})
    assert answer.status_code < 500


def test_a_program_asks_what_a_link_is_worth(bureau: Bureau) -> None:
    with an_app(bureau) as app, a_client(app, address="192.0.2.7") as client:  # whence nobody has guessed at links
        _ask_before_and_after(bureau, client)


def _ask_before_and_after(bureau: Bureau, client: TestClient) -> None:
    (number,) = bureau.numbers
    token = bureau.link_sent(number, "turn-student").rpartition("/")[2]
    ask = {"token": token}
    assert client.post("/api/links/state", json=ask).json() == {"state": "open", "purpose": "sign"}
    Guest.comes(bureau, client, number, "student").enters().signs()
    assert client.post("/api/links/state", json=ask).json() == {"state": "done", "purpose": "sign"}
    assert client.post("/api/links/state", json={"token": "x"}).json() == {"state": "unknown", "purpose": ""}
