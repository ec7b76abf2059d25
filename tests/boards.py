"""The secretariat at its board, in a browser that does not run scripts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from conventions.portal import create_app
from tests.web import a_client, an_app, form_token
from tests.workspaces import Bureau

__all__ = ["PHRASE", "SOMETIME", "a_read_app", "a_staffed_app", "done", "post", "signed_in"]

PHRASE: Final = "otter lantern quince harbour"
SOMETIME: Final = datetime(2026, 3, 30, 7, 30, tzinfo=UTC)


@contextmanager
def a_staffed_app(bureau: Bureau) -> Iterator[FastAPI]:
    """Whose board lou of the secretariat may use, and kim may read."""
    with an_app(bureau) as app:
        app.state.desk.accounts.add("lou", "secretariat", PHRASE, SOMETIME)
        app.state.desk.accounts.add("kim", "reader", PHRASE, SOMETIME)
        yield app


@contextmanager
def a_read_app(root: Path) -> Iterator[FastAPI]:
    """The same for lou and a campaign, every dossier of which has been read; it is always the same morning."""
    app = create_app(root, clock=lambda: SOMETIME)
    desk = app.state.desk
    desk.accounts.add("lou", "secretariat", PHRASE, SOMETIME)
    while desk.overview().unread:
        pass
    yield app
    app.state.door.office.registry.close()


@contextmanager
def signed_in(app: FastAPI, name: str = "lou") -> Iterator[TestClient]:
    """Somebody of the secretariat, without a wait for the pass-phrase to be proved."""
    with a_client(app) as client:
        token = form_token(client.get("/board/sign-in").text)
        answer = client.post("/board/sign-in", data={"form_token": token, "name": name, "passphrase": PHRASE})
        assert answer.status_code == 303
        yield client


def post(client: TestClient, path: str, **fields: str | list[str]) -> Response:
    token = form_token(client.get("/board").text)
    answer: Response = client.post(path, data={"form_token": token, **fields})
    return answer


def done(client: TestClient, begun: Response) -> str:
    """The page of a job, once it is done."""
    assert begun.status_code == 303, begun.text
    page: str = client.get(begun.headers["location"]).text
    while 'data-running="yes"' in page:
        page = client.get(begun.headers["location"]).text
    return page
